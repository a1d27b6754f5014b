/**
 * The charset of a text that came by HTTP, and the text made into UTF-8. The charset is looked for where browsers look
 * (HTML standard, "encoding sniffing algorithm"): byte order mark, Content-Type, then what the text says about itself.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { resolveEncoding } from "../text/encodings.ts";
import { parametersOf } from "./disposition.ts";

/** Bytes at the beginning of a text that may name its charset: as many as the HTML standard has browsers look at. */
export const PRESCAN_BYTES = 1024;

/** What is known of a body when its beginning is there. */
export interface TextHead {
  /** The value of Content-Type. */
  readonly contentType: string | undefined;
  /** The first {@linkcode PRESCAN_BYTES} bytes of the body, or all of a shorter one; more are not looked at. */
  readonly head: Uint8Array;
}

/**
 * Finds the charset.
 *
 * @param text what is known
 * @returns a name that {@linkcode ToUtf8} takes, or undefined when no known charset is named
 */
export function charsetOf({ contentType, head }: TextHead): string | undefined {
  return byMark(head) ?? known(parametersOf(contentType ?? "").get("charset")) ?? byDeclaration(contentType, head);
}

/**
 * Whether a body is text, which a change of the charset does not break.
 *
 * @param contentType the value of Content-Type
 * @returns true for `text/…`, HTML, XML, JSON and JavaScript
 */
export function isText(contentType: string | undefined): boolean {
  return /^(?:text\/.*|[^/]+\/(?:.*\+)?(?:xml|json)|application\/(?:x-)?(?:java|ecma)script)$/.test(
    typeOf(contentType),
  );
}

/** A media type in lower case, without parameters. */
function typeOf(contentType: string = ""): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

/** XML and HTML name their charset themselves; so may a body of which nobody says what it is. */
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

/** Sockeye's name for a charset. Browsers know one with a state between characters, too: whole texts can be read in it. */
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

/** What could be read as ASCII so far cannot be UTF-16, whatever it says. */
function readable(label: string): string | undefined {
  const charset = known(label);
  return charset?.startsWith("utf-16") ? "utf-8" : charset;
}

/** One character for each byte. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Where a label is in a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function span(match: RegExpExecArray, groups: readonly number[], offset: number = 0): Span | undefined {
  const indices = groups.map((group) => match.indices?.[group]).find((found) => found !== undefined);
  return indices && indices[1] > indices[0] ? { from: offset + indices[0], to: offset + indices[1] } : undefined;
}

/** The label in an XML declaration, which is the very first thing. */
function* xmlLabels(text: string): Generator<Span> {
  const found = /^<\?xml(?=\s)[^>]*?\sencoding\s*=\s*(?:"([^">]*)"|'([^'>]*)')/d.exec(text);
  const label = found && span(found, [1, 2]);
  if (label) yield label;
}

/** The labels in `<meta charset>` and `<meta http-equiv="Content-Type">`, found as browsers do before they parse. */
function* metaLabels(text: string): Generator<Span> {
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const tag = readTag(text, at);
    if (tag === undefined) {
      at = skipOther(text, at);
      continue;
    }
    // A tag that is cut by the end may have a cut label in it.
    if (tag.end >= text.length) return;
    const label = tag.name === "meta" ? labelOf(tag.attributes, text) : undefined;
    if (label) yield label;
    at = tag.end;
  }
}

/** Where to go on after a `<` that begins no tag: after the comment or declaration that it begins, or after itself. */
function skipOther(text: string, at: number): number {
  const [end, from] = text.startsWith("<!--", at) ? ["-->", at + 2] : [">", at + 1];
  if (end === ">" && !/[!/?]/.test(text[at + 1] ?? "")) return from;
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}

/** A tag, by the names of its attributes the places of their values. */
interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, Span>;
  /** The place of its `>`. */
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

/** Makes UTF-8 of a text that comes in pieces, and has its XML declaration and its first `<meta>` say so. */
export class ToUtf8 {
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();
  #head: Uint8Array | undefined = NOTHING;

  /**
   * Begins a text.
   *
   * @param charset what it is in: a name that {@linkcode charsetOf} gives, or any label that `TextDecoder` knows
   * @throws {RangeError} for an unknown one
   */
  constructor(charset: string) {
    this.#decoder = new TextDecoder(charset);
  }

  /**
   * Takes a piece.
   *
   * @param bytes the next ones, not kept
   * @returns what they are in UTF-8, U+FFFD for what is not valid; without a byte order mark. The first
   * {@linkcode PRESCAN_BYTES} bytes come together
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
   * @returns what was held back
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

/** A text with `utf-8` for the charset that it names. */
function renamed(text: string): string {
  const [declaration] = xmlLabels(text);
  const [meta] = metaLabels(text);
  // The meta first: the declaration is before it, and must be where it was found.
  return [meta, declaration].filter((label) => label !== undefined).reduce(rename, text);
}

function rename(text: string, { from, to }: Span): string {
  return known(text.slice(from, to)) === "utf-8" ? text : `${text.slice(0, from)}utf-8${text.slice(to)}`;
}
