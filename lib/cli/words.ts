/**
 * Splits a command line into options and operands as POSIX and GNU have it: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-qv` for `-q -v`, and `--` before operands alone. The platform's own splitter comes with all of Node's modules,
 * which takes a third as long again as to start.
 *
 * @module
 */

/** One option or operand. */
export type Token =
  | { readonly kind: "operand"; readonly text: string }
  | {
    readonly kind: "option";
    /** The long name; as it was written where no option is called so. */
    readonly name: string;
    /** As the person wrote it, `-e` or `--encoding`. */
    readonly flag: string;
    /** Undefined when there is none. */
    readonly value: string | undefined;
    /** Whether it stands in the same word. */
    readonly inline: boolean;
  };

/** What must be known of an option. */
export interface Shape {
  /** The letter that stands for it. */
  readonly short?: string | undefined;
  /** What its value is called; undefined for one that takes none. */
  readonly value?: string | undefined;
}

/**
 * Splits words.
 *
 * @param words the command line
 * @param table the options by their long names
 * @returns what they are, in their order; an unknown option has no value but one that stands behind `=`
 */
export function splitWords(words: readonly string[], table: Readonly<Record<string, Shape>>): Token[] {
  const tokens: Token[] = [];
  const left = words[Symbol.iterator]();
  const next = (): string | undefined => left.next().value;
  for (let word; (word = next()) !== undefined;) {
    if (word === "--") {
      for (const text of left) tokens.push({ kind: "operand", text });
    } else if (word.startsWith("--")) tokens.push(splitLong(word, table, next));
    else if (word.startsWith("-") && word.length > 1) tokens.push(...splitShort(word, table, next));
    else tokens.push({ kind: "operand", text: word });
  }
  return tokens;
}

function splitLong(word: string, table: Readonly<Record<string, Shape>>, next: () => string | undefined): Token {
  // A name has at least one character.
  const at = word.indexOf("=", 3);
  const flag = at < 0 ? word : word.slice(0, at);
  const name = flag.slice(2);
  if (at >= 0) return { kind: "option", name, flag, value: word.slice(at + 1), inline: true };
  return { kind: "option", name, flag, value: takesValue(table, name) ? next() : undefined, inline: false };
}

/** The first letter that takes a value takes the rest of the word, or the next one. */
function* splitShort(
  word: string,
  table: Readonly<Record<string, Shape>>,
  next: () => string | undefined,
): Generator<Token> {
  const letters = [...word.slice(1)];
  for (const [at, letter] of letters.entries()) {
    const name = Object.keys(table).find((long) => table[long]?.short === letter) ?? letter;
    const takes = takesValue(table, name);
    const rest = letters.slice(at + 1).join("");
    const inline = takes && rest !== "";
    yield { kind: "option", name, flag: `-${letter}`, value: inline ? rest : takes ? next() : undefined, inline };
    if (inline) return;
  }
}

function takesValue(table: Readonly<Record<string, Shape>>, name: string): boolean {
  return Object.hasOwn(table, name) && table[name]?.value !== undefined;
}
