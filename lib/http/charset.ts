/**
 * Finds the charset of a text received over HTTP. It comes from the same places as in browsers (HTML standard, "encoding
 * sniffing algorithm"): byte order mark, Content-Type, then a declaration in the text itself.
 *
 * @module
 */

import { resolveEncoding } from "../text/encodings.ts";
import { parametersOf } from "./disposition.ts";
import { latin1 } from "../bytes.ts";

/** Bytes at the beginning of a text that are searched for its charset: the number in the HTML standard. */
export const PRESCAN_BYTES = 1024;

/**
 * Finds the charset of a text that begins with `head`.
 *
 * @param grows whether there will be more bytes to search: then only a charset that they cannot change is found
 * @returns undefined if the text names no supported one
 */
export function charsetOf(contentType: string | undefined, head: Uint8Array, grows = false): string | undefined {
  return byMark(head) ?? known(parametersOf(contentType ?? "").get("charset")) ??
    byDeclaration(contentType, head, grows);
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
export function declares(contentType: string | undefined): boolean {
  return contentType === undefined || /^(?:|text\/html|[^/]+\/(?:.*\+)?xml)$/.test(typeOf(contentType));
}

/** Byte order marks, by which a text may begin. */
const MARKS = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]];

/** Whether the next bytes decide if a text begins with a mark. */
export function mayBeMark(head: Uint8Array): boolean {
  return MARKS.some((mark) => head.length < mark.length && head.every((byte, i) => byte === mark[i]));
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

function byDeclaration(contentType: string | undefined, head: Uint8Array, grows: boolean): string | undefined {
  if (!declares(contentType)) return undefined;
  const text = latin1(head.subarray(0, PRESCAN_BYTES));
  const isXml = typeOf(contentType).endsWith("xml");
  const places = isXml ? [xmlLabels(text), metaLabels(text)] : [metaLabels(text), xmlLabels(text)];
  // What stands in the first place decides over the second one, and may still come; but an XML declaration comes first.
  const isOpen = grows && !(isXml && !mayBeXmlDeclaration(text));
  const labels = (isOpen ? places.slice(0, 1) : places).flatMap((found) => [...found]);
  const charset = labels.map(({ from, to }) => known(text.slice(from, to))).find((name) => name !== undefined);
  // A declaration that was read as ASCII cannot be UTF-16, so UTF-16 there means UTF-8.
  return charset?.startsWith("utf-16") ? "utf-8" : charset;
}

function mayBeXmlDeclaration(text: string): boolean {
  return "<?xml".startsWith(text.slice(0, 5));
}

/**
 * The labels by which a text declares its charset: that of the first `<meta>` that has one, and that of an XML declaration.
 *
 * @returns the position of each, the last one first
 */
export function declaredLabels(text: string): Span[] {
  const [declaration] = xmlLabels(text);
  const [meta] = metaLabels(text);
  return [meta, declaration].filter((label) => label !== undefined);
}

/** Whether a label is one of UTF-8. */
export function isUtf8(label: string): boolean {
  return known(label) === "utf-8";
}

/** Where a `<meta>` or an XML declaration begins that is cut by the end of a text; its length if none is. */
export function unfinishedAt(text: string): number {
  if (/^<(?:\?[^>]*)?$/.test(text)) return 0;
  const begun = /<(?:m(?:e(?:ta?)?)?)?$/i.exec(text)?.index ?? text.length;
  return [...tagsIn(text)].find(({ name, end }) => name === "meta" && end >= text.length)?.at ?? begun;
}

/** The position of a label in a text. */
export interface Span {
  /** The first character. */
  readonly from: number;
  /** The one behind the last. */
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
  for (const { name, attributes, end } of tagsIn(text)) {
    // A tag that is cut by the end of the text may contain a cut label.
    if (end >= text.length) return;
    const label = name === "meta" ? labelOf(attributes, text) : undefined;
    if (label) yield label;
  }
}

/** Finds the tags outside comments; the last one may be cut by the end of the text. */
function* tagsIn(text: string): Generator<Tag & { readonly at: number }> {
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const tag = readTag(text, at);
    if (tag) yield { ...tag, at };
    at = tag ? tag.end : skipOther(text, at);
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
