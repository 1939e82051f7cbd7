/** What one's licenses let one download: the latest for each platform first, for this machine or another. */
import { useState } from 'react';
import type { Release } from '../../../shared/api/releases.ts';
import { publishRelease, withdrawRelease } from '../../client/actions/releases/publish-releases.ts';
import {
  downloadRelease,
  linkRelease,
  releaseFacts,
} from '../../client/actions/releases/releases.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, Lines, paragraph, type Fact } from '../../components/lines.tsx';
import { ListScreen } from '../../components/lists/list-screen.tsx';
import { backKeys, Page, pageTitleRows } from '../../components/layout/page.tsx';
import type { Column } from '../../components/lists/table.tsx';
import { useApp } from '../../hooks/use-app.ts';
import { useFilter } from '../../hooks/lists/use-filter.ts';
import type { ScreenKeys } from '../../hooks/use-keys.ts';
import { useNow } from '../../hooks/use-now.ts';
import { usePortal } from '../../hooks/use-portal.ts';
import { useRows } from '../../hooks/lists/use-rows.ts';
import { date } from '../../client/relative-time.ts';
import { showValue } from '../../state/words/shown.ts';
import { sizeText } from '../../client/transfer.ts';

const columns: readonly Column<Release>[] = [
  { title: 'File', width: { share: 3 }, cut: 'middle', cell: ({ fileName }) => fileName },
  {
    title: 'Version',
    width: 12,
    cell: ({ version, latest }) => ({ text: version, tone: latest ? 'good' : 'dim' }),
  },
  { title: 'Platform', width: 13, from: 50, cell: ({ platform }) => platform },
  {
    title: 'Size',
    width: 8,
    align: 'end',
    from: 60,
    cell: ({ size }) => ({ text: sizeText(size), tone: 'dim' }),
  },
  {
    title: 'Product',
    width: { share: 2 },
    from: 90,
    cell: ({ productName }) => ({ text: productName, tone: 'dim' }),
  },
  {
    title: 'Published',
    width: 12,
    align: 'end',
    from: 76,
    cell: ({ status, publishedAt }) =>
      status === 'published'
        ? { text: date(Date.parse(publishedAt)), tone: 'dim' }
        : { text: 'no file yet', tone: 'soon' },
  },
];

const newestFirst = (a: Release, b: Release): number =>
  Number(b.latest) - Number(a.latest) || b.publishedAt.localeCompare(a.publishedAt);

/** The section; operators also publish here. */
export const DownloadsScreen = () => {
  const { client, revision, account } = usePortal();
  const filter = useFilter();
  const now = useNow();
  const [opened, setOpened] = useState<Release>();
  const keysOf = useReleaseKeys(setOpened);
  const rows = useRows({
    key: 'releases',
    revision,
    load: (query) => client.releases(query),
    words: (row) => `${row.fileName} ${row.version} ${row.platform} ${row.productName} ${row.kind}`,
    filter: filter.text,
    sort: newestFirst,
  });
  return (
    <>
      <ListScreen
        rows={rows}
        columns={columns}
        filter={filter}
        idOf={({ id }) => id}
        empty={
          account.role === 'operator'
            ? {
                title: 'Nothing is published yet.',
                hint: 'Press a to publish a file of a product.',
              }
            : {
                title: 'There is nothing to download yet.',
                hint: 'What the operator publishes for your products appears here.',
              }
        }
        details={(row) => ({ title: row.fileName, facts: factsOf(row, now) })}
        keys={keysOf}
      />
      {opened ? <ReleasePage release={opened} onClose={() => setOpened(undefined)} /> : null}
    </>
  );
};

const useReleaseKeys = (
  open: (release: Release) => void,
): ((row: Release | undefined) => ScreenKeys) => {
  const { act, account } = usePortal();
  const { files } = useApp();
  const operator = account.role === 'operator';
  const elsewhere = files ? undefined : 'Files can be saved only where licet runs on your machine.';
  return (row) => ({
    open: row ? { run: () => open(row), does: 'Show all of it', hint: 'details' } : undefined,
    download: row
      ? {
          run: () => act(downloadRelease, { ...wanted(row) }),
          why: elsewhere ?? noFile(row),
        }
      : undefined,
    code2d: row
      ? {
          run: () => act(linkRelease, { ...wanted(row) }),
          does: 'Fetch it elsewhere: an address and a QR code',
          hint: 'elsewhere',
          why: noFile(row),
        }
      : undefined,
    add: operator
      ? { run: () => act(publishRelease), does: 'Publish a file', hint: 'publish', why: elsewhere }
      : undefined,
    remove:
      operator && row
        ? {
            run: () => act(withdrawRelease, { release: row.id }),
            does: 'Withdraw the marked release',
            hint: 'withdraw',
          }
        : undefined,
  });
};

/** The release itself, so that only where to is asked. */
const wanted = ({ id, platform, version, kind }: Release) => ({
  release: id,
  platform,
  version,
  kind,
});

const noFile = ({ status }: Release): string | undefined =>
  status === 'published' ? undefined : 'Its file has not arrived yet.';

const factsOf = (release: Release, now: number): readonly Fact[] => {
  const facts = releaseFacts({ ...release, notes: '' });
  const known = facts.kind === 'facts' ? facts.rows : [];
  return known.map(([label, value]) => ({ label, value: showValue(value, now) }));
};

const ReleasePage = ({ release, onClose }: { release: Release; onClose: () => void }) => {
  const { columns, rows } = useContentSize();
  const lines = [
    ...factLines(factsOf(release, useNow()), columns),
    ...(release.notes === ''
      ? []
      : ['', ...release.notes.split('\n')].flatMap((line) => paragraph(line, columns))),
  ];
  return (
    <Page title={release.fileName} keys={backKeys(onClose)}>
      <Lines lines={lines} height={rows - pageTitleRows(rows, false)} />
    </Page>
  );
};
