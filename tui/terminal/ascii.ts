/**
 * Screens for terminals whose locale has no Unicode (LC_ALL=C): each sign that is drawn becomes one of
 * ASCII that takes as many cells, so that every column stays where it is.
 */
import stringWidth from 'string-width';
import { graphemes } from '../state/cells.ts';
import type { TerminalOutput } from './streams.ts';

/** Pairs: what stands in for what. */
const pairs =
  '─- ━= │| ╭+ ╮+ ╰+ ╯+ └+ ●* ▲! ✖x ○o ▌> …~ ↑^ ↓v ←< →> ↵> ■# □. ·. •* ‹< ›> ×x ∞* ░: ▁_ ▂_ ▃_ ▄# ▅# ▆# ▇# █# ▀# “" ”" ‘\' ’\' –- —-';

const signs: ReadonlyMap<string, string> = new Map(
  pairs.split(' ').map((pair) => [pair.charAt(0), pair.charAt(1)]),
);

/** The same text in ASCII; what has no sign of its own there is a question mark a cell. */
export const toAscii = (text: string): string =>
  text.replaceAll(/\P{ASCII}+/gu, (run) =>
    graphemes(run)
      .map((grapheme) => signs.get(grapheme) ?? '?'.repeat(stringWidth(grapheme)))
      .join(''),
  );

/** The output with all that is written to it in ASCII. Escape sequences are so already. */
export const asciiOutput = (output: TerminalOutput): TerminalOutput =>
  new Proxy(output, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'write') return value.bind(target) as unknown;
      return (chunk: unknown, ...rest: readonly unknown[]): unknown =>
        Reflect.apply(value, target, [typeof chunk === 'string' ? toAscii(chunk) : chunk, ...rest]);
    },
  });
