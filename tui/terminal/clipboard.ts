/**
 * The sequence that asks a terminal to put text on the clipboard (OSC 52). Works over SSH, since the
 * terminal does it; some terminals ignore it, so what is copied is always shown in full too.
 */
export const copySequence = (text: string): string =>
  `\u{1B}]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u{7}`;
