/** Products that can be tried: for how long, what a trial leaves out, and the way in. */
import type { TrialEntry } from '../../../shared/api/trials.ts';
import { ok } from '../../../shared/result.ts';
import { openTrial, startTrial } from '../../client/actions/licenses/trials.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { paragraph } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useContact } from '../../hooks/use-app.ts';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import type { ScreenKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal, type Portal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import type { Said } from '../../state/words/license-words.ts';
import { daysLeft, urgency } from '../../client/relative-time.ts';

/** Where one's own trial stands. */
const standing = ({ trial }: TrialEntry, now: number): Said => {
  if (!trial) return { text: 'not tried yet', tone: 'dim' };
  if (trial.purchased) return { text: 'bought', tone: 'good' };
  if (trial.status !== 'active' || trial.expiresAt === null) {
    return { text: trial.status, tone: trial.status === 'active' ? 'good' : 'bad' };
  }
  const at = Date.parse(trial.expiresAt);
  return { text: `${daysLeft(at, now)} days left`, tone: urgency(at, now) };
};

const columnsAt = (now: number): readonly Column<TrialEntry>[] => [
  { title: 'Product', width: { share: 2 }, cell: ({ productName }) => productName },
  { title: 'For', width: 8, align: 'end', from: 50, cell: ({ days }) => `${days} days` },
  { title: 'Yours', width: 14, cell: (row) => standing(row, now) },
  {
    title: 'How',
    width: 10,
    from: 60,
    cell: ({ online }) => ({ text: online ? 'online' : 'download', tone: 'dim' }),
  },
];

/** The section. */
export const TrialsScreen = () => {
  const portal = usePortal();
  const { columns, rows: height } = useContentSize();
  const filter = useFilter();
  const now = useNow();
  const { contact } = useContact();
  const rows = useRows({
    key: 'trials',
    revision: portal.revision,
    load: async () => {
      const all = await portal.client.trials();
      return all.ok ? ok({ items: all.value.items, nextCursor: null }) : all;
    },
    words: ({ product, productName }) => `${product} ${productName}`,
    filter: filter.text,
  });
  return (
    <ListScreen
      rows={rows}
      columns={columnsAt(now)}
      filter={filter}
      head={headLines(rows.rowAt(0), columns, height)}
      empty={{
        title: 'No product can be tried here.',
        hint: `Ask ${contact} for a trial.`,
      }}
      keys={(row) => keysOf(portal, row)}
    />
  );
};

/** What every trial leaves out; the same for all products. */
const headLines = (first: TrialEntry | undefined, columns: number, height: number) =>
  first
    ? paragraph(
        `A trial is limited: ${first.restrictions.join(', ').toLowerCase()}.${height < 10 ? '' : ' What you activate stays when you buy.'}`,
        columns,
        'dim',
      )
    : [];

const keysOf = ({ act, goTo }: Portal, row: TrialEntry | undefined): ScreenKeys => {
  if (!row) return {};
  const values = { product: row.product };
  const started = row.trial ? `You have tried ${row.productName}: one trial a product.` : undefined;
  return {
    add: {
      run: () => act(startTrial, values),
      does: 'Start a trial of the marked product',
      hint: 'start',
      why: started,
    },
    download: {
      run: () => goTo('Downloads', row.productName),
      does: 'See what there is to download of the marked product',
      hint: 'downloads',
      why: row.trial ? undefined : 'Start the trial first: then its downloads are yours.',
    },
    open: row.trial
      ? {
          run: () => act(openTrial, values),
          does: 'Be taken to your trial, signed in',
          why: row.online ? undefined : 'It runs on your own machines: see Downloads.',
        }
      : undefined,
  };
};
