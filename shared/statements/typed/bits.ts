/**
 * Values packed bit by bit, for codes that people type. A writer and a reader of the same order; each
 * `write` has its `read`. The result is digits of five bits, as Crockford's base32 shows them.
 */
import { fromUtf8, utf8 } from '../../bytes.ts';

/** A code ended too early, or has a value that no writer makes. Caught where a code is read. */
export class BitsError extends Error {}

/**
 * Characters by how often names, e-mail addresses and product ids have them: 8 that take 4 bits, 16
 * that take 6, 32 that take 8. A capital takes 4 more, any other character 12 bits a UTF-8 byte.
 */
const tiers = ['eaorinst', 'lcmd.@puhgbfk -0', 'wyvjxqz123456789_/:+(),&#=*%~$;!'] as const;

const locate = (character: string): { tier: number; index: number } | undefined => {
  const tier = tiers.findIndex((characters) => characters.includes(character));
  return tier < 0 ? undefined : { tier, index: (tiers[tier] ?? '').indexOf(character) };
};

export class BitWriter {
  private readonly bits: number[] = [];

  /** An unsigned number in so many bits. */
  number(value: number, width: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** width) {
      throw new RangeError(`${value} doesn't fit ${width} bits.`);
    }
    for (let bit = width - 1; bit >= 0; bit -= 1) {
      this.bits.push(Math.floor(value / 2 ** bit) % 2);
    }
    return this;
  }

  flag(value: boolean): this {
    return this.number(value ? 1 : 0, 1);
  }

  /** An unsigned number of any size: groups of `width` bits, the lowest first, each with a bit that says whether more follows. */
  varint(value: number, width = 4): this {
    const rest = Math.floor(value / 2 ** width);
    this.flag(rest > 0).number(value % 2 ** width, width);
    return rest > 0 ? this.varint(rest, width) : this;
  }

  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.number(byte, 8);
    return this;
  }

  /** Text of any length: whether its words start with capitals, then its number of symbols first. */
  text(text: string): this {
    const lower = text.toLowerCase();
    const isTitle = lower !== text && toTitle(lower) === text;
    const symbols = Array.from(isTitle ? lower : text).flatMap(toSymbols);
    this.flag(isTitle).varint(symbols.length);
    for (const symbol of symbols) symbol(this);
    return this;
  }

  /** Digits of five bits; the last is filled up with zeros. */
  toDigits(): number[] {
    const digits: number[] = [];
    for (let at = 0; at < this.bits.length; at += 5) {
      const five = [0, 1, 2, 3, 4].map((offset) => this.bits[at + offset] ?? 0);
      digits.push(five.reduce((value, bit) => value * 2 + bit, 0));
    }
    return digits;
  }
}

/** The first letter of each word as a capital, for names of people and licenses. */
const toTitle = (lower: string): string =>
  lower.replaceAll(/(?:^| )[a-z]/g, (start) => start.toUpperCase());

type Symbol = (writer: BitWriter) => void;

const prefix: readonly Symbol[] = [
  (writer) => writer.number(0b0, 1),
  (writer) => writer.number(0b10, 2),
  (writer) => writer.number(0b110, 3),
];

const plainSymbol = (character: string): Symbol | undefined => {
  const place = locate(character);
  return (
    place &&
    ((writer) => {
      prefix[place.tier]?.(writer);
      writer.number(place.index, place.tier + 3);
    })
  );
};

const toSymbols = (character: string): Symbol[] => {
  const plain = plainSymbol(character);
  if (plain) return [plain];
  if (/[A-Z]/.test(character)) {
    const lower = plainSymbol(character.toLowerCase());
    if (lower) {
      return [
        (writer) => {
          writer.number(0b1110, 4);
          lower(writer);
        },
      ];
    }
  }
  return Array.from(utf8(character), (byte): Symbol => (writer) => {
    writer.number(0b1111, 4).number(byte, 8);
  });
};

export class BitReader {
  private at = 0;
  private readonly digits: readonly number[];

  constructor(digits: readonly number[]) {
    this.digits = digits;
  }

  number(width: number): number {
    let value = 0;
    for (let bit = 0; bit < width; bit += 1) {
      const digit = this.digits[Math.floor(this.at / 5)];
      if (digit === undefined) throw new BitsError('It ends too early.');
      value = value * 2 + ((digit >> (4 - (this.at % 5))) & 1);
      this.at += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.number(1) === 1;
  }

  varint(width = 4): number {
    let value = 0;
    for (let shift = 0; ; shift += width) {
      const more = this.flag();
      value += this.number(width) * 2 ** shift;
      if (!Number.isSafeInteger(value)) throw new BitsError('It has a number that is too large.');
      if (!more) return value;
    }
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.number(8));
  }

  text(): string {
    const isTitle = this.flag();
    const bytes: number[] = [];
    for (let left = this.varint(); left > 0; left -= 1) bytes.push(...this.symbol());
    const text = fromUtf8(Uint8Array.from(bytes));
    if (text === undefined) throw new BitsError('It has text that is not valid.');
    return isTitle ? toTitle(text) : text;
  }

  private symbol(): Uint8Array | [number] {
    if (!this.flag()) return this.character(0);
    if (!this.flag()) return this.character(1);
    if (!this.flag()) return this.character(2);
    if (this.flag()) return [this.number(8)];
    const tier = !this.flag() ? 0 : !this.flag() ? 1 : this.flag() ? -1 : 2;
    const [code] = this.character(tier);
    return utf8(String.fromCharCode(code ?? 0).toUpperCase());
  }

  private character(tier: number): Uint8Array {
    const character = tiers[tier]?.[this.number(tier + 3)];
    if (character === undefined) throw new BitsError('It has a character that no code has.');
    return utf8(character);
  }

  /** Ends the reading: what is left must be the zeros that fill the last digit. */
  end(): void {
    const left = this.digits.length * 5 - this.at;
    if (left >= 5 || this.number(left) !== 0) throw new BitsError('There is more after its end.');
  }
}
