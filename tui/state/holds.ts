/** What leaving would lose: whoever closes a page or quits asks first, in these words. */

/** The question before it is lost. */
export interface HoldWords {
  readonly title: string;
  readonly text: string;
  /** The answer that keeps it. */
  readonly stay: string;
}

/** The worst to lose comes first. */
export const holdWords = {
  /** A password code or license key that is shown only now. */
  secret: {
    title: 'Quit and lose what is shown?',
    text: 'It is shown only now, and is kept nowhere else.',
    stay: 'Keep it on the screen',
  },
  /** A request whose answer is not here yet. */
  sent: {
    title: 'Quit before the answer is here?',
    text: 'It was sent, so it may be done already. The answer says whether it is.',
    stay: 'Wait for the answer',
  },
  /** What was typed and not sent. */
  typed: {
    title: 'Quit and lose what you typed?',
    text: 'It is kept nowhere else.',
    stay: 'Keep editing',
  },
} as const satisfies Readonly<Record<string, HoldWords>>;

export type HoldKind = keyof typeof holdWords;

/** One thing that would be lost; two of a kind are two. */
export interface Hold {
  readonly kind: HoldKind;
}

/** The question that leaving now asks; undefined where nothing would be lost. */
export const worstHold = (holds: readonly Hold[]): HoldWords | undefined => {
  const worst = Object.keys(holdWords).find((kind) => holds.some((hold) => hold.kind === kind));
  return worst === undefined ? undefined : holdWords[worst as HoldKind];
};
