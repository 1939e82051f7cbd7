/** Whom people turn to, as the operator set it: said in refusals, and given with them. */
import type { Support } from '../../shared/api/server.ts';

/** A support whose links nobody changes. */
export type SupportSettings = Pick<Support, 'contact'> & {
  readonly links: readonly Readonly<Support['links'][number]>[];
};

const linkText = ({ title, url }: Support['links'][number]): string => `${title} (${url})`;

/** `a@vendor.example`, or `the operator of this server` where nobody is named. */
export const contactName = ({ contact }: SupportSettings): string =>
  contact ?? 'the operator of this server';

/** One sentence: `Contact a@vendor.example, or see Renewal (https://vendor.example/renew).` */
export const contactSentence = (support: SupportSettings, begin = 'Contact'): string => {
  const see = support.links.map(linkText).join(', ');
  return `${begin} ${contactName(support)}${see === '' ? '' : `, or see ${see}`}.`;
};

/** The member `support` of a refusal. */
export const supportMember = ({
  contact,
  links,
}: SupportSettings): { readonly support: Support } => ({
  support: { contact, links: [...links] },
});
