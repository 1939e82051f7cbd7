/** `licet --plain`: the same actions as the screens, asked and answered line by line. */
import { showLicense } from '../../client/actions/licenses/licenses.ts';
import { forgotPassword, setPassword, signOut } from '../../client/actions/accounts/session.ts';
import { allActions } from '../../client/actions/all.ts';
import { allPages } from '../../client/actions/find.ts';
import { whyNot, type Action, type Asker, type Values } from '../../client/actions/action.ts';
import type { Account } from '../../../shared/api/accounts.ts';
import type { License } from '../../../shared/api/licenses.ts';
import type { Client } from '../../client/api/client.ts';
import { fieldsAsked } from '../../state/action-stage.ts';
import { failureWords } from '../../state/words/failure-words.ts';
import { askFields } from './ask-fields.ts';
import type { Dialogue } from './dialogue.ts';
import { doneLines } from './say-done.ts';

export interface PlainOptions {
  readonly dialogue: Dialogue;
  readonly connect: (token?: string) => Promise<Client>;
  /** Remembers a certificate that the person has compared. */
  readonly trust: (fingerprint: string) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Choice<T> {
  readonly name: string;
  readonly value: T;
}

/** Offers numbered choices until one is taken, by number or by the beginning of its name; null at the end of input. */
const choose = async <T>(
  dialogue: Dialogue,
  title: string,
  choices: readonly Choice<T>[],
): Promise<T | null> => {
  for (;;) {
    dialogue.say(title);
    choices.forEach(({ name }, index) => dialogue.say(`${index + 1}. ${name}`));
    const typed = await dialogue.ask('Number or name: ');
    if (typed === null) return null;
    const wanted = typed.trim().toLowerCase();
    const fitting = choices.filter(({ name }) => name.toLowerCase().startsWith(wanted));
    const exact = fitting.filter(({ name }) => name.toLowerCase() === wanted);
    const one = exact.length === 1 ? exact : fitting;
    const found =
      choices[Number(wanted) - 1] ?? (wanted !== '' && one.length === 1 ? one[0] : undefined);
    if (found) return found.value;
    dialogue.say(
      fitting.length > 1 && wanted !== ''
        ? `Several begin so: ${fitting.map(({ name }) => name).join(', ')}.`
        : `There is no “${typed.trim()}” here.`,
    );
  }
};

/** Says what will happen and asks; the first answer leaves everything as it is. Undefined: nothing is done. */
const confirm = async (
  dialogue: Dialogue,
  action: Action,
  client: Client,
  values: Values,
): Promise<Values | undefined> => {
  if (!action.danger) return values;
  const preview = await action.danger.preview(client, values);
  if (!preview.ok) {
    dialogue.say(failureWords(preview.error));
    return undefined;
  }
  for (const sentence of preview.value.sentences) dialogue.say(sentence);
  const answer = await choose<Values | 'stay'>(dialogue, `${action.title}?`, [
    { name: 'Leave everything as it is', value: 'stay' },
    ...preview.value.gentler.map(({ title, values }) => ({ name: title, value: values })),
    { name: action.danger.confirm, value: values },
  ]);
  if (answer !== null && answer !== 'stay') return answer;
  dialogue.say('Nothing was changed.');
  return undefined;
};

/** Asks for what the action needs, runs it, says what it gave. */
const runAction = async (
  { dialogue, now }: PlainOptions,
  action: Action,
  client: Client,
  known: Values,
): Promise<void> => {
  dialogue.say(action.description);
  const values = await askFields(dialogue, fieldsAsked(action, known), known);
  const sure = values && (await confirm(dialogue, action, client, values));
  if (!sure) return;
  const answer = await action.run(client, sure);
  if (answer.ok) for (const line of doneLines(answer.value, now())) dialogue.say(line);
  else dialogue.say(failureWords(answer.error));
};

/** E-mail and password until they are right; undefined when one gives up with an empty e-mail. */
const signIn = async ({
  dialogue,
  connect,
}: PlainOptions): Promise<{ client: Client; account: Account } | undefined> => {
  for (;;) {
    const email = (await dialogue.ask('E-mail (empty to go back): '))?.trim();
    if (!email) return undefined;
    const password = await dialogue.askSecret('Password: ');
    if (password === null) return undefined;
    const client = await connect();
    let answer = await client.signIn({ email, password });
    if (!answer.ok && answer.error.kind === 'problem' && answer.error.problem['totpRequired']) {
      const totp = await dialogue.ask('One-time password (six digits): ');
      answer = await client.signIn({ email, password, totp: (totp ?? '').replaceAll(' ', '') });
    }
    if (answer.ok) {
      const { token, account } = answer.value;
      dialogue.say(`Signed in as ${account.name}.`);
      return { client: await connect(token), account };
    }
    dialogue.say(failureWords(answer.error));
  }
};

/** Meets a server that is not known yet: false when the person does not know its fingerprint. */
const meet = async ({ dialogue, connect, trust }: PlainOptions): Promise<boolean> => {
  const about = await (await connect()).about();
  if (about.ok) {
    dialogue.say(`This is ${about.value.name}, in plain mode.`);
    if (about.value.demo) dialogue.say(about.value.demo.text);
    return true;
  }
  dialogue.say(failureWords(about.error));
  if (about.error.kind !== 'untrusted' || about.error.expected !== null) return false;
  const answer = await dialogue.ask('Is it the fingerprint on your card? Type yes or no: ');
  if (answer?.trim().toLowerCase() !== 'yes') return false;
  await trust(about.error.fingerprint);
  return true;
};

const licensesOf = async (client: Client): Promise<readonly License[]> => {
  const all = await allPages((query) => client.licenses(query), 500);
  return all.ok ? all.value : [];
};

/** What one may do, the license first and the way out last. */
const menuOf = (account: Account, licenses: readonly License[]): readonly Choice<Action>[] => {
  const relation = licenses.find((license) => license.relation === 'owner') ?? licenses[0];
  const asker: Asker = { role: account.role, relation: relation?.relation ?? null };
  const may = allActions.filter((one) => one.who !== 'anyone' && whyNot(one, asker) === undefined);
  const others = may.filter((one) => one !== showLicense && one !== signOut);
  const first = account.role === 'operator' ? showLicense.title : 'My License';
  return [
    { name: first, value: showLicense },
    ...others.map((value) => ({ name: value.title, value })),
    { name: signOut.title, value: signOut },
  ];
};

/** The license that an action is for, chosen where there are several; null when there are no more answers. */
const chooseLicense = async (
  dialogue: Dialogue,
  { fields }: Action,
  licenses: readonly License[],
): Promise<Values | null> => {
  const field = fields.find(({ refers }) => refers === 'license');
  const [only] = licenses;
  if (!field || !only) return {};
  if (licenses.length === 1) return { [field.name]: only.id };
  const chosen = await choose(
    dialogue,
    'Which package?',
    licenses.map(({ name, id }) => ({ name, value: id })),
  );
  return chosen === null ? null : { [field.name]: chosen };
};

/** Signed in: actions until one signs out or the input ends. */
const serve = async (options: PlainOptions, client: Client, account: Account): Promise<void> => {
  const { dialogue } = options;
  const operator = account.role === 'operator';
  for (;;) {
    // An operator has all of them: too many to number, so that one is named.
    const licenses = operator ? [] : await licensesOf(client);
    const action = await choose(dialogue, 'What do you want to do?', menuOf(account, licenses));
    const known = action && (await chooseLicense(dialogue, action, licenses));
    if (!known || action === signOut) {
      await client.signOut();
      if (known) dialogue.say('Signed out.');
      return;
    }
    await runAction(options, action, client, known);
  }
};

/** Runs the plain mode to its exit code: 0 when it was left, 5 when the server is not there or not the right one. */
export const runPlain = async (options: PlainOptions): Promise<number> => {
  const { dialogue, connect } = options;
  if (!(await meet(options))) return 5;
  for (;;) {
    const way = await choose(dialogue, 'You are not signed in.', [
      { name: 'Sign in', value: 'sign-in' as const },
      { name: 'I have a code', value: 'code' as const },
      { name: 'Forgot password', value: 'forgot' as const },
      { name: 'Quit', value: 'quit' as const },
    ]);
    if (way === null || way === 'quit') return 0;
    if (way === 'code') await runAction(options, setPassword, await connect(), {});
    if (way === 'forgot') await runAction(options, forgotPassword, await connect(), {});
    const signedIn = way === 'sign-in' ? await signIn(options) : undefined;
    if (signedIn) await serve(options, signedIn.client, signedIn.account);
  }
};
