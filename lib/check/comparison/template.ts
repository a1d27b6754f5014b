/**
 * A text with gaps: literals must come, a gap takes what is like its examples.
 *
 * @module
 */

/** How much longer than the longest example a gap may be filled: numbers grow. */
const SLACK = 8;

/** Characters of a gap in which the beginning of what must follow is looked for. */
const SOUGHT_MAX = 1_000;

/** Kinds of characters: a gap takes those of its examples, and words. */
type Kind = "word" | "end" | "blank" | "control" | "sign";

/** What fills a gap. */
interface Gap {
  readonly min: number;
  readonly max: number;
  readonly kinds: ReadonlySet<Kind>;
}

/** Literals with gaps between them. */
export class Template {
  /** One more than there are gaps; the first and the last may be empty. */
  readonly literals: readonly string[];
  /** Characters in the gaps of the first text. */
  readonly open: number;
  /** Characters of the shortest text that fits. */
  readonly min: number;
  readonly #gaps: readonly Gap[];

  /** `examples` are what filled each gap. */
  constructor(literals: readonly string[], examples: readonly (readonly string[])[]) {
    this.literals = literals;
    this.#gaps = examples.map((fills) => {
      const lengths = fills.map(({ length }) => length);
      const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
      const kinds = new Set<Kind>(["word", ...fills.flatMap((fill) => [...fill].map(kindOf))]);
      return { min: Math.min(least, 1), max: 2 * most + SLACK, kinds };
    });
    this.open = examples.reduce((sum, [first = ""]) => sum + Math.max(first.length, 1), 0);
    this.min = [...literals.map(({ length }) => length), ...this.#gaps.map(({ min }) => min)].reduce(
      (a, b) => a + b,
      0,
    );
  }

  /** The first character that does not fit, the length where some are missing; undefined where all fit. */
  differsAt(text: string): number | undefined {
    let furthest = 0;
    /** Pairs of a literal and a place from which the rest does not fit. */
    const failed = new Set<string>();
    const reach = (at: number) => void (furthest = Math.max(furthest, at));
    const fits = (index: number, at: number): boolean => {
      const literal = this.literals[index]!;
      const common = commonStart(text, at, literal);
      reach(at + common);
      if (common < literal.length) return false;
      const gap = this.#gaps[index];
      const end = at + literal.length;
      if (!gap) return end === text.length;
      const key = `${index} ${end}`;
      if (failed.has(key)) return false;
      const next = this.literals[index + 1]!;
      const last = this.#room(gap, text, end);
      reach(last);
      for (let start = end + gap.min; start <= last; start++) {
        if (next === "") start = last; // Only the last literal may be empty behind a gap.
        else if ((start = text.indexOf(next, start)) < 0 || start > last) break;
        if (fits(index + 1, start)) return true;
      }
      // The next literal may have begun: its first wrong character is what is wrong.
      for (let start = end + gap.min; start <= Math.min(last, end + SOUGHT_MAX); start++) {
        reach(start + commonStart(text, start, next));
      }
      failed.add(key);
      return false;
    };
    return fits(0, 0) ? undefined : Math.min(furthest, text.length);
  }

  /** The place behind all characters that a gap can take. */
  #room({ max, kinds }: Gap, text: string, from: number): number {
    const most = Math.min(text.length, from + max);
    let at = from;
    while (at < most && kinds.has(kindOf(text[at]!))) at++;
    return at;
  }
}

/** The kind of a byte as Latin-1; all beyond ASCII may be a part of a word. */
function kindOf(character: string): Kind {
  if (/[\w\x80-\xff]/.test(character)) return "word";
  if (character === "\n" || character === "\r") return "end";
  if (character === " " || character === "\t") return "blank";
  return character < " " || character === "\x7f" ? "control" : "sign";
}

function commonStart(text: string, at: number, literal: string): number {
  if (text.startsWith(literal, at)) return literal.length;
  let length = 0;
  while (length < literal.length && text[at + length] === literal[length]) length++;
  return length;
}
