/**
 * Finds the charset of a text received over HTTP, and converts the text to UTF-8. The charset comes from the same
 * places as in browsers (HTML standard, "encoding sniffing algorithm"): byte order mark, Content-Type, then a
 * declaration in the text itself.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { resolveEncoding } from "../text/encodings.ts";
import { parametersOf } from "./disposition.ts";

/** Bytes at the beginning of a text that are searched for its charset: the number in the HTML standard. */
export const PRESCAN_BYTES = 1024;

/** The beginning of a body and its media type. */
export interface TextHead {
  /** The value of Content-Type. */
  readonly contentType: string | undefined;
  /** The first {@linkcode PRESCAN_BYTES} bytes of the body, or all of a shorter one; further bytes are ignored. */
  readonly head: Uint8Array;
}

/**
 * Finds the charset of a text.
 *
 * @example
 * ```ts ignore
 * charsetOf({ contentType: "text/html", head: encode('<meta charset="gb2312">') }); // "gbk"
 * ```
 *
 * @param text the beginning of the text and its media type
 * @returns a name that {@linkcode ToUtf8} accepts, or undefined if no supported charset is named
 */
export function charsetOf({ contentType, head }: TextHead): string | undefined {
  return byMark(head) ?? known(parametersOf(contentType ?? "").get("charset")) ?? byDeclaration(contentType, head);
}

/**
 * Tests whether a body is text, which can be converted to another charset.
 *
 * @returns true for `text/…`, HTML, XML, JSON and JavaScript
 */
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

const MARKS: readonly (readonly [mark: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

function byMark(head: Uint8Array): string | undefined {
  return MARKS.find(([mark]) => mark.every((byte, at) => head[at] === byte))?.[1];
}

/**
 * Returns sockeye's name for a charset. Like browsers it includes iso-2022-jp, which has state between characters: here
 * a text is always read from its beginning.
 */
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
  const metas = [...metaLabels(text)];
  const declarations = [...xmlLabels(text)];
  const inOrder = typeOf(contentType).endsWith("xml") ? [...declarations, ...metas] : [...metas, ...declarations];
  for (const { from, to } of inOrder) {
    const charset = readable(text.slice(from, to));
    if (charset !== undefined) return charset;
  }
  return undefined;
}

/** Resolves a declared label. A declaration that was read as ASCII cannot be UTF-16, so UTF-16 there means UTF-8. */
function readable(label: string): string | undefined {
  const charset = known(label);
  return charset?.startsWith("utf-16") ? "utf-8" : charset;
}

/** Maps each byte to the character of the same number. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The position of a label in a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function span(match: RegExpExecArray, groups: readonly number[], offset: number = 0): Span | undefined {
  const indices = groups.map((group) => match.indices?.[group]).find((found) => found !== undefined);
  return indices && indices[1] > indices[0] ? { from: offset + indices[0], to: offset + indices[1] } : undefined;
}

/** Finds the label in an XML declaration, which must be at the very beginning. */
function* xmlLabels(text: string): Generator<Span> {
  const found = /^<\?xml(?=\s)[^>]*?\sencoding\s*=\s*(?:"([^">]*)"|'([^'>]*)')/d.exec(text);
  const label = found && span(found, [1, 2]);
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

/**
 * Returns where to go on after a `<` that begins no tag: after the comment or declaration it begins, or after itself.
 */
function skipOther(text: string, at: number): number {
  const [end, from] = text.startsWith("<!--", at) ? ["-->", at + 2] : [">", at + 1];
  if (end === ">" && !/[!/?]/.test(text[at + 1] ?? "")) return from;
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}

/** A tag. */
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
    const value = span(found, [2, 3, 4]);
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
  return found ? span(found, [1, 2, 3], attributes.get("content")?.from) : undefined;
}

const NOTHING = new Uint8Array();

/**
 * Converts a text that arrives in chunks to UTF-8, and changes its XML declaration and its first `<meta>` to match.
 *
 * @example
 * ```ts ignore
 * const converter = new ToUtf8("gbk");
 * for await (const bytes of body) await file.write(converter.push(bytes));
 * await file.write(converter.end());
 * ```
 */
export class ToUtf8 {
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();
  /** The first bytes, held until they are complete; undefined after that. */
  #head: Uint8Array | undefined = NOTHING;

  /**
   * Begins a text.
   *
   * @param charset the text's charset: a name that {@linkcode charsetOf} returns, or any label of `TextDecoder`
   * @throws {RangeError} for an unknown charset
   */
  constructor(charset: string) {
    this.#decoder = new TextDecoder(charset);
  }

  /**
   * Converts a chunk.
   *
   * @param bytes the next bytes; the caller may reuse their buffer after the call
   * @returns the chunk in UTF-8, with U+FFFD for invalid bytes and without a byte order mark. The first
   * {@linkcode PRESCAN_BYTES} bytes are held back and returned together
   */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#convert(bytes);
    const missing = PRESCAN_BYTES - this.#head.length;
    this.#head = concat([this.#head, bytes.subarray(0, missing)]);
    if (bytes.length < missing) return NOTHING;
    return concat([this.#begin(this.#head), this.#convert(bytes.subarray(missing))]);
  }

  /**
   * Ends the text.
   *
   * @returns the bytes that were held back
   */
  end(): Uint8Array {
    const first = this.#head ? this.#begin(this.#head) : NOTHING;
    return concat([first, this.#encoder.encode(this.#decoder.decode())]);
  }

  #begin(head: Uint8Array): Uint8Array {
    this.#head = undefined;
    return this.#encoder.encode(renamed(this.#decoder.decode(head, { stream: true })));
  }

  #convert(bytes: Uint8Array): Uint8Array {
    return this.#encoder.encode(this.#decoder.decode(bytes, { stream: true }));
  }
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
