/**
 * What the help of a command has in Chinese, by the names that its English texts have in the tables of commands.
 *
 * @module
 */

/** Texts by name. */
export type Texts = Readonly<Record<string, string>>;

/** A word of a command, such as a mode. */
export interface WordTexts {
  /** One line about it. */
  readonly summary: string;
  /** What its options do, by their long names. */
  readonly options?: Texts;
  /** What is typed while it runs: titles and what is done, by the English title and what is typed. */
  readonly typed?: Texts;
}

/** A command. */
export interface CommandTexts extends WordTexts {
  /** A few lines about the operands. */
  readonly about: string;
  /** What its words are. */
  readonly title?: string;
  /** Its words, by name. */
  readonly words?: Readonly<Record<string, WordTexts>>;
  /** What the examples do, by the command line. */
  readonly examples: Texts;
}
