/** The machines on a license: who holds a seat, releasing one, resetting all. */
import type {
  License,
  Relation,
  ResetDone,
  TouchedMachine,
} from '../../../../shared/api/licenses.ts';
import { mapOk, ok } from '../../../../shared/result.ts';
import type { Client } from '../../api/client.ts';
import type { Answer } from '../../api/failure.ts';
import { action, type Preview } from '../action.ts';
import { counted, counterText, time, type Block } from '../done.ts';
import { licenseField, Named, optional, text, toggle, wholeNumber } from '../fields.ts';
import { allPages, findActivation, foundLicense } from '../find.ts';

export const managing: readonly Relation[] = ['operator', 'owner', 'manager'];
const day = 86_400_000;
/** A machine unseen for so long is probably gone: the gentler act releases only those. */
const goneDays = 7;

export const listActivations = action({
  id: 'activations.list',
  title: 'List activations',
  description: 'Show which machines hold a seat, by whom, since when and when last seen.',
  who: 'signed-in',
  reads: true,
  fields: {
    license: foundLicense(),
    filter: optional(
      text(Named, { label: 'Filter', hint: 'Part of a hostname, e-mail or version.' }),
    ),
    withoutSeat: toggle({ label: 'Without a seat', hint: 'Show machines that hold none now.' }),
  },
  run: async (client, { license, filter, withoutSeat }) => {
    const all = await allPages((query) =>
      client.activations(license.id, {
        ...query,
        seat: withoutSeat ? 'without' : 'held',
        ...(filter === undefined ? {} : { filter }),
      }),
    );
    if (!all.ok) return all;
    const used = counterText(license.counter, license.maxActivations);
    return ok({
      message: `${license.name}: ${used} activations used.`,
      data: {
        license: license.id,
        counter: license.counter,
        maxActivations: license.maxActivations,
        items: all.value,
      },
      blocks: [
        {
          kind: 'table',
          columns: ['Machine', 'Kind', 'Activated by', 'Since', 'Last seen', 'Version', 'Id'],
          rows: all.value.map((one) => [
            one.hostname,
            one.kind,
            one.activatedBy,
            time(one.seatSince ?? one.activatedAt),
            time(one.lastSeenAt),
            one.version,
            one.id,
          ]),
          empty:
            'No machine holds a seat. A product activates itself with your e-mail and password.',
        },
      ],
    });
  },
});

const machineTable = (machines: readonly TouchedMachine[]): Block => ({
  kind: 'table',
  columns: ['Machine', 'Running', 'Last seen', 'Id'],
  rows: machines.map((one) => [one.hostname, one.running, time(one.lastSeenAt), one.id]),
  empty: 'No machine was touched.',
});

export const releaseActivation = action({
  id: 'activations.release',
  title: 'Release an activation',
  description: 'Give back the seat of one machine.',
  who: managing,
  fields: {
    activation: text(Named, {
      label: 'Machine',
      hint: 'Its hostname or id.',
      refers: 'activation',
    }),
    license: licenseField(),
  },
  danger: {
    confirm: 'Release it',
    preview: async (client, { license, activation }) => {
      const found = await findActivation(client, activation, license);
      if (!found.ok) return found;
      const machine = found.value;
      const outcome = await client.previewRelease(machine.licenseId, machine.id);
      if (!outcome.ok) return outcome;
      return ok({
        sentences: [
          `${machine.hostname} gives up its seat of ${machine.licenseName}.`,
          `The counter of ${machine.licenseName} will show ${outcome.value.counter}.`,
          outcome.value.released.some(({ running }) => running)
            ? 'It runs on, and takes a seat again at its next check-in if one is free then.'
            : 'It does not run on a lease now.',
        ],
        gentler: [],
        data: outcome.value,
      });
    },
  },
  run: async (client, { license, activation }) => {
    const found = await findActivation(client, activation, license);
    if (!found.ok) return found;
    const { licenseId, licenseName, id, hostname } = found.value;
    return mapOk(await client.releaseActivation(licenseId, id), () => ({
      message: `${hostname} is released: its seat of ${licenseName} is free.`,
      data: { released: found.value },
      blocks: [],
    }));
  },
});

const unseenDays = (machine: TouchedMachine): number =>
  machine.lastSeenAt === null
    ? Infinity
    : Math.floor((Date.now() - Date.parse(machine.lastSeenAt)) / day);

/** What a reset of a license will do, live and unseen machines apart. */
const resetSentences = (name: string, outcome: ResetDone): readonly string[] => {
  const running = outcome.released.filter((machine) => machine.running);
  const unseen = outcome.released.filter((machine) => !machine.running);
  const longest = Math.max(0, ...unseen.map(unseenDays).filter(Number.isFinite));
  return [
    outcome.released.length === 0
      ? `No machine of ${name} will be released: nothing will change.`
      : `${counted(outcome.released.length, 'machine')} of ${name} ${outcome.released.length === 1 ? 'gives its seat' : 'give their seats'} back; the counter will show ${outcome.counter}.`,
    ...(running.length > 0
      ? [
          `${running.length} running: they take a seat again at their next check-in. If a new machine came first, the last of them is refused.`,
        ]
      : []),
    ...(unseen.length > 0
      ? [`${unseen.length} without a lease, unseen for up to ${counted(longest, 'day')}.`]
      : []),
    ...(outcome.offline > 0
      ? [`${counted(outcome.offline, 'seat')} held by offline keys will stay.`]
      : []),
  ];
};

const previewReset = async (
  client: Client,
  values: { readonly license: License; readonly unseenDays?: number | undefined },
): Promise<Answer<Preview>> => {
  const outcome = await client.resetActivations(values.license.id, {
    dryRun: true,
    ...(values.unseenDays === undefined ? {} : { unseenDays: values.unseenDays }),
  });
  if (!outcome.ok) return outcome;
  const gone = outcome.value.released.filter((machine) => unseenDays(machine) >= goneDays).length;
  const offerGentler =
    values.unseenDays === undefined && gone > 0 && gone < outcome.value.released.length;
  return ok({
    sentences: resetSentences(values.license.name, outcome.value),
    gentler: offerGentler
      ? [
          {
            title: `Release only the ${gone} unseen for ${goneDays} days`,
            values: { license: values.license.id, unseenDays: String(goneDays) },
          },
        ]
      : [],
    data: outcome.value,
  });
};

export const resetActivations = action({
  id: 'activations.reset',
  title: 'Reset activations',
  description:
    'Give every online seat back; running machines take one again at their next check-in.',
  who: managing,
  fields: {
    license: foundLicense(),
    unseenDays: {
      ...optional(
        text(wholeNumber(0, 3650), {
          label: 'Unseen days',
          hint: 'Only machines that were not seen for so many days.',
        }),
      ),
      offered: true,
    },
  },
  danger: { confirm: 'Reset activations', preview: previewReset },
  run: async (client, values) => {
    const answer = await client.resetActivations(
      values.license.id,
      values.unseenDays === undefined ? {} : { unseenDays: values.unseenDays },
    );
    if (!answer.ok) return answer;
    const { released } = answer.value;
    return ok({
      message: `${values.license.name}: ${counted(released.length, 'machine')} released.`,
      data: answer.value,
      blocks: [machineTable(released)],
    });
  },
});
