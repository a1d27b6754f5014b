/**
 * Finds the charset of a text received over HTTP, and converts the text to UTF-8. The charset comes from the same
 * places as in browsers (HTML standard, "encoding sniffing algorithm"): byte order mark, Content-Type, then a
 * declaration in the text itself.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { TextStream } from "../text/decode.ts";
import { resolveEncoding } from "../text/encodings.ts";
import { parametersOf } from "./disposition.ts";
import { latin1 } from "./head.ts";

/** Bytes at the beginning of a text that are searched for its charset: the number in the HTML standard. */
export const PRESCAN_BYTES = 1024;

/** Finds the charset of a text that begins with `head`; undefined if it names no supported one. */
export function charsetOf(contentType: string | undefined, head: Uint8Array): string | undefined {
  return byMark(head) ?? known(parametersOf(contentType ?? "").get("charset")) ?? byDeclaration(contentType, head);
}

/** Whether a body is text, which can be converted to another charset: `text/…`, HTML, XML, JSON or JavaScript. */
export function isText(contentType: string | undefined): boolean {
  return /^(?:text\/.*|[^/]+\/(?:.*\+)?(?:xml|json)|application\/(?:x-)?(?:java|ecma)script)$/.test(
    typeOf(contentType),
  );
}

/** Returns a media type in lower case, without parameters. */
function typeOf(contentType: string = ""): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

/** Tests whether a body may declare its charset: XML, HTML, and bodies without a Content-Type. */
function declares(contentType: string | undefined): boolean {
  return contentType === undefined || /^(?:|text\/html|[^/]+\/(?:.*\+)?xml)$/.test(typeOf(contentType));
}

function byMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** Resolves a label, also of iso-2022-jp, whose state between characters is no trouble where a text begins. */
function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return resolveEncoding(label);
  } catch {
    return label.trim().toLowerCase() === "iso-2022-jp" ? "iso-2022-jp" : undefined;
  }
}

function byDeclaration(contentType: string | undefined, head: Uint8Array): string | undefined {
  if (!declares(contentType)) return undefined;
  const text = latin1(head.subarray(0, PRESCAN_BYTES));
  const places = [xmlLabels(text), metaLabels(text)];
  if (!typeOf(contentType).endsWith("xml")) places.reverse();
  const labels = places.flatMap((found) => [...found]);
  const charset = labels.map(({ from, to }) => known(text.slice(from, to))).find((name) => name !== undefined);
  // A declaration that was read as ASCII cannot be UTF-16, so UTF-16 there means UTF-8.
  return charset?.startsWith("utf-16") ? "utf-8" : charset;
}

/** The position of a label in a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the first group from `group` on matched, unless it is empty. */
function span({ indices: groups = [] }: RegExpExecArray, group: number, offset = 0): Span | undefined {
  const indices = groups.slice(group).find((found) => found !== undefined);
  return indices && indices[1] > indices[0] ? { from: offset + indices[0], to: offset + indices[1] } : undefined;
}

/** Finds the label in an XML declaration, which must be at the very beginning. */
function* xmlLabels(text: string): Generator<Span> {
  const found = /^<\?xml(?=\s)[^>]*?\sencoding\s*=\s*(?:"([^">]*)"|'([^'>]*)')/d.exec(text);
  const label = found && span(found, 1);
  if (label) yield label;
}

/** Finds the labels in `<meta charset>` and `<meta http-equiv="Content-Type">`, as browsers do before they parse. */
function* metaLabels(text: string): Generator<Span> {
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const tag = readTag(text, at);
    if (tag === undefined) {
      at = skipOther(text, at);
      continue;
    }
    // A tag that is cut by the end of the text may contain a cut label.
    if (tag.end >= text.length) return;
    const label = tag.name === "meta" ? labelOf(tag.attributes, text) : undefined;
    if (label) yield label;
    at = tag.end;
  }
}

/** Returns where to go on after a `<` that begins no tag: after the comment or declaration, or after itself. */
function skipOther(text: string, at: number): number {
  const [end, from] = text.startsWith("<!--", at) ? ["-->", at + 2] : [">", at + 1];
  if (end === ">" && !/[!/?]/.test(text[at + 1] ?? "")) return from;
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}

interface Tag {
  readonly name: string;
  /** Positions of the attributes' values, by name. */
  readonly attributes: ReadonlyMap<string, Span>;
  /** Position of its `>`. */
  readonly end: number;
}

const TAG = /<(\/?[a-z][^\t\n\f\r />]*)/iy;
const ATTRIBUTE =
  /[\t\n\f\r /]*([^\t\n\f\r />][^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >"'][^\t\n\f\r >]*))?)?/dy;

function readTag(text: string, at: number): Tag | undefined {
  TAG.lastIndex = at;
  const name = TAG.exec(text)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const attributes = new Map<string, Span>();
  let end = TAG.lastIndex;
  while (true) {
    ATTRIBUTE.lastIndex = end;
    const found = ATTRIBUTE.exec(text);
    if (!found) break;
    end = ATTRIBUTE.lastIndex;
    const key = found[1]!.toLowerCase();
    const value = span(found, 2);
    if (value && !attributes.has(key)) attributes.set(key, value);
  }
  const close = text.indexOf(">", end);
  return { name, attributes, end: close < 0 ? text.length : close };
}

const CONTENT_CHARSET = /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r ;"'][^\t\n\f\r ;]*))/di;

function labelOf(attributes: ReadonlyMap<string, Span>, text: string): Span | undefined {
  const read = (key: string): string => text.slice(attributes.get(key)?.from, attributes.get(key)?.to ?? 0);
  const charset = attributes.get("charset");
  if (charset || read("http-equiv").toLowerCase() !== "content-type") return charset;
  const found = CONTENT_CHARSET.exec(read("content"));
  return found ? span(found, 1, attributes.get("content")?.from) : undefined;
}

const NOTHING = new Uint8Array();

/** Byte order marks, by which a text may begin. */
const MARKS = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]];

/** Whether the next bytes decide if a text begins with a mark. */
function mayBeMark(head: Uint8Array): boolean {
  return MARKS.some((mark) => head.length < mark.length && head.every((byte, i) => byte === mark[i]));
}

/**
 * Converts a text that arrives in chunks to UTF-8, and changes its XML declaration and its first `<meta>` to match.
 * What is not text, or names no charset, passes unchanged.
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
  /** Whether the text may name its charset, and that matters. */
  readonly #prescans: boolean;
  readonly #encoder = new TextEncoder();
  /** The first bytes, held until they are complete; undefined after that. */
  #head: Uint8Array | undefined = NOTHING;
  /** Set with the complete head, unless the bytes are to stay as they are. Without bytes it ends the text. */
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
    const named = charset ?? known(parametersOf(contentType ?? "").get("charset"));
    this.#prescans = declares(contentType) && !(shown && named !== undefined);
    if (contentType !== undefined && !isText(contentType)) this.#head = undefined;
  }

  /**
   * Converts the next bytes to UTF-8 without a byte order mark. Where the text itself may name its charset, the first
   * {@linkcode PRESCAN_BYTES} are held back and returned together. The result may be a view of the bytes.
   *
   * @throws {RangeError} for an unknown charset
   */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#convert(bytes);
    this.#head = concat([this.#head, bytes]);
    const isComplete = this.#prescans ? this.#head.length >= PRESCAN_BYTES : !mayBeMark(this.#head);
    return isComplete ? this.#begin(this.#head) : NOTHING;
  }

  /** Ends the text, and returns the bytes that were held back. */
  end(): Uint8Array {
    const first = this.#head ? this.#begin(this.#head) : NOTHING;
    return concat([first, this.#encode(this.#decode?.() ?? "")]);
  }

  #begin(bytes: Uint8Array): Uint8Array {
    this.#head = undefined;
    const head = bytes.subarray(0, PRESCAN_BYTES);
    const charset = this.#charset ?? charsetOf(this.#contentType, head);
    if (charset === undefined) return bytes;
    this.#decode = this.#shown ? shownDecoder(charset) : plainDecoder(charset);
    const text = this.#decode(head);
    const first = this.#encode(declares(this.#contentType) && !this.#shown ? renamed(text) : text);
    return concat([first, this.#convert(bytes.subarray(PRESCAN_BYTES))]);
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

/** Replaces the charset that a text declares with `utf-8`. */
function renamed(text: string): string {
  const [declaration] = xmlLabels(text);
  const [meta] = metaLabels(text);
  // The meta comes first: replacing the declaration, which is before it, would move the meta.
  return [meta, declaration].filter((label) => label !== undefined).reduce(rename, text);
}

function rename(text: string, { from, to }: Span): string {
  return known(text.slice(from, to)) === "utf-8" ? text : `${text.slice(0, from)}utf-8${text.slice(to)}`;
}
