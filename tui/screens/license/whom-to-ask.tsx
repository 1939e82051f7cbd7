/** What an owner can't change alone: what it means, and whom to ask. */
import type { License } from '../../../shared/api/licenses.ts';
import { useContentSize } from '../../components/layout/frame.tsx';
import { factLines, heading, Lines, paragraph } from '../../components/lines.tsx';
import { backKeys, Page, pageTitleRows } from '../../components/layout/page.tsx';
import { useApp } from '../../hooks/use-app.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useCopy } from '../../components/verbatim.tsx';
import { expiryWords, statusWords, type Said } from '../../state/words/license-words.ts';
import { date } from '../../client/relative-time.ts';

export interface WhomToAskProps {
  readonly said: Said & { readonly license: License };
  readonly onClose: () => void;
}

/** What follows for the machines. */
const consequence = ({ status, expiresAt, graceEndsAt }: License): string => {
  if (status === 'suspended') return 'Machines stop when their lease ends, until it is resumed.';
  if (status === 'revoked') return 'Machines stop when their lease ends; this is for good.';
  if (status === 'expired') return 'Machines are refused until it is renewed. Nothing is lost.';
  if (graceEndsAt !== null && graceEndsAt !== expiresAt) {
    return `Machines run until ${date(Date.parse(graceEndsAt))}, grace included; then they are refused until it is renewed.`;
  }
  return 'From then on machines are refused until it is renewed.';
};

export const WhomToAsk = ({ said, onClose }: WhomToAskProps) => {
  const { support } = useApp();
  const { columns, rows } = useContentSize();
  const now = useNow();
  const copy = useCopy();
  const { license } = said;
  const contact = support?.contact ?? null;
  const expiry = expiryWords(license, now);
  const status = statusWords(license);
  const lines = [
    ...paragraph(consequence(license), columns),
    ...heading('License'),
    ...factLines(
      [
        { label: 'Status', value: status.text, tone: status.tone },
        { label: 'Expiration', value: expiry.text, tone: expiry.tone },
        { label: 'Id', value: license.id },
      ],
      columns,
    ),
    ...heading('Whom to ask'),
    ...(contact === null && (support?.links.length ?? 0) === 0
      ? paragraph('The operator of this server, with the license id above.', columns)
      : factLines(
          [
            ...(contact === null ? [] : [{ label: 'Contact', value: contact }]),
            ...(support?.links ?? []).map(({ title, url }) => ({ label: title, value: url })),
          ],
          columns,
        )),
  ];
  return (
    <Page
      title={said.text}
      keys={{
        copy: { run: () => copy(license.id), does: 'Copy the id of the license' },
        ...backKeys(onClose),
      }}
    >
      <Lines lines={lines} height={rows - pageTitleRows(rows, false)} />
    </Page>
  );
};
