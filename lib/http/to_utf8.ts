/**
 * Converts a text received over HTTP to UTF-8 while it arrives.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { TextStream } from "../text/decode.ts";
import { charsetOf, declaredLabels, declares, isText, isUtf8, mayBeMark } from "./charset.ts";
import { PRESCAN_BYTES, type Span, unfinishedAt } from "./charset.ts";
import { latin1 } from "../bytes.ts";

const NOTHING = new Uint8Array();

/** By this byte iso-2022-jp begins characters beyond ASCII. */
const ESCAPE = 0x1b;

/** How many bytes there are before the first one that is not the same character in every charset. */
function asciiLength(bytes: Uint8Array): number {
  const doubtful = bytes.findIndex((byte) => byte >= 0x80 || byte === ESCAPE);
  return doubtful < 0 ? bytes.length : doubtful;
}

/**
 * Converts a text that arrives in chunks to UTF-8, and changes its XML declaration and its first `<meta>` to match.
 * Data that is not text, or text without a charset, passes unchanged.
 *
 * The first {@linkcode PRESCAN_BYTES} are searched for the charset. Held back are only bytes that depend on it, until
 * it is known, and a tag that may have to be changed, until it is complete.
 *
 * @example
 * ```ts ignore
 * const converter = new ToUtf8("text/html; charset=gbk");
 * for await (const bytes of body) await file.write(converter.push(bytes));
 * await file.write(converter.end());
 * ```
 */
export class ToUtf8 {
  /** Whether bytes were invalid in the charset and became U+FFFD. */
  damaged = false;
  readonly #contentType: string | undefined;
  readonly #charset: string | undefined;
  readonly #shown: boolean;
  /** Whether the declaration of the text is changed. */
  readonly #renames: boolean;
  readonly #encoder = new TextEncoder();
  /** The first bytes, as long as they are searched; undefined after that. */
  #head: Uint8Array | undefined = NOTHING;
  /** Their text, once the charset is known. */
  #text = "";
  /** How much of them was returned: characters, and as many bytes before the charset is known. */
  #given = 0;
  /** Set when the charset is known. Without bytes it ends the text. */
  #decode: ((bytes?: Uint8Array) => string) | undefined;

  /**
   * Begins a text.
   *
   * @param charset any label of `TextDecoder`; default: the one that {@linkcode charsetOf} finds
   * @param shown whether the text is for a terminal: what it declares stays, and an invalid byte becomes `\xNN`
   */
  constructor(contentType: string | undefined, charset?: string, shown = false) {
    this.#contentType = contentType;
    this.#charset = charset;
    this.#shown = shown;
    this.#renames = declares(contentType) && !shown;
    if (contentType !== undefined && !isText(contentType)) this.#head = undefined;
  }

  /** Whether bytes are held back, and for more than the end of a character. */
  get holds(): boolean {
    return this.#head !== undefined && this.#given < (this.#decode ? this.#text : this.#head).length;
  }

  /**
   * Converts the next bytes to UTF-8 without a byte order mark. The result may be a view of the bytes.
   *
   * @throws {RangeError} for an unknown charset
   */
  push(bytes: Uint8Array): Uint8Array {
    if (!this.#head) return this.#convert(bytes);
    const room = PRESCAN_BYTES - this.#head.length;
    const first = this.#search(bytes.subarray(0, room), bytes.length >= room);
    return bytes.length > room ? concat([first, this.#convert(bytes.subarray(room))]) : first;
  }

  /** Returns the bytes held back, for a reader that must not wait: a charset that is named later applies from there on. */
  release(): Uint8Array {
    if (!this.#head) return NOTHING;
    const charset = this.#decode ? undefined : charsetOf(this.#contentType, this.#head);
    if (charset !== undefined) this.#begin(charset, this.#head);
    return this.#decode ? this.#give(this.#text.length) : this.#giveBytes(this.#head, this.#head.length);
  }

  /** Ends the text, and returns the bytes that were held back. */
  end(): Uint8Array {
    const first = this.#head ? this.#search(NOTHING, true) : NOTHING;
    return concat([first, this.#encode(this.#decode?.() ?? "")]);
  }

  /** Takes more of the first bytes, and returns those that need not be held back. */
  #search(bytes: Uint8Array, isLast: boolean): Uint8Array {
    const head = concat([this.#head ?? NOTHING, bytes]);
    this.#head = head;
    if (!isLast && mayBeMark(head)) return NOTHING;
    if (this.#decode) {
      this.#text += this.#decode(bytes);
      return this.#giveText(isLast);
    }
    const grows = !isLast && declares(this.#contentType);
    const charset = this.#charset ?? charsetOf(this.#contentType, head, grows);
    if (charset !== undefined) {
      this.#begin(charset, head);
      return this.#giveText(isLast);
    }
    if (grows) return this.#giveBytes(head, this.#safeBytes(head));
    this.#head = undefined;
    return head.subarray(this.#given);
  }

  #begin(charset: string, head: Uint8Array): void {
    this.#decode = this.#shown ? shownDecoder(charset) : plainDecoder(charset);
    // Earlier output is ASCII, or was released unconverted.
    this.#text = latin1(head.subarray(0, this.#given)) + this.#decode(head.subarray(this.#given));
  }

  /** How many of the first bytes are the same whatever the charset is. */
  #safeBytes(head: Uint8Array): number {
    if (!this.#renames) return asciiLength(head);
    const text = latin1(head);
    return Math.min(asciiLength(head), unfinishedAt(text), ...declaredLabels(text).map(({ from }) => from));
  }

  #giveBytes(head: Uint8Array, end: number): Uint8Array {
    const given = head.slice(this.#given, end);
    this.#given = Math.max(this.#given, end);
    return given;
  }

  /** Returns the text of the first bytes but for a tag that is not complete, and ends the search when nothing is left to do. */
  #giveText(isLast: boolean): Uint8Array {
    const isOver = isLast || !this.#renames;
    const bytes = this.#give(isOver ? this.#text.length : Math.max(this.#given, unfinishedAt(this.#text)));
    if (isOver) [this.#head, this.#text] = [undefined, ""];
    return bytes;
  }

  #give(end: number): Uint8Array {
    const [from, text] = [this.#given, this.#text.slice(0, end)];
    const labels = this.#renames
      ? declaredLabels(this.#text).filter((label) => label.from >= from && label.to <= end)
      : [];
    this.#given = end;
    return this.#encode(labels.reduce(renamed, text).slice(from));
  }

  #convert(bytes: Uint8Array): Uint8Array {
    return this.#decode ? this.#encode(this.#decode(bytes)) : bytes;
  }

  #encode(text: string): Uint8Array {
    this.damaged ||= !this.#shown && text.includes("\ufffd");
    return this.#encoder.encode(text);
  }
}

function plainDecoder(charset: string): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder(charset);
  return (bytes) => decoder.decode(bytes, { stream: bytes !== undefined });
}

/** Makes a decoder that loses no byte; the one charset with a state between characters is not for it. */
function shownDecoder(charset: string): (bytes?: Uint8Array) => string {
  if (charset === "iso-2022-jp") return plainDecoder(charset);
  const stream = new TextStream(charset);
  let isFirst = true;
  return (bytes) => {
    const { text } = bytes ? stream.push(bytes) : stream.end();
    const shown = isFirst ? text.replace(/^\ufeff/, "") : text;
    isFirst &&= text === "";
    return shown;
  };
}

/** Replaces a label by that of UTF-8; the labels behind it must have been replaced before. */
function renamed(text: string, { from, to }: Span): string {
  return isUtf8(text.slice(from, to)) ? text : `${text.slice(0, from)}utf-8${text.slice(to)}`;
}
