/**
 * The name under which a body is saved when the command line gives none. It is made of text from the server, so it must
 * be harmless on every system: one file of the current folder, neither hidden nor taken for an option.
 *
 * @module
 */

import { guess, namesIn, percentDecode } from "./disposition.ts";

/**
 * Finds a safe name: that of Content-Disposition, else the last segment of the path, else the site's own name and
 * `.html` (`http://www.baidu.com/` -> `baidu.html`).
 */
export function fileNameFor(url: URL, disposition: string = ""): string {
  for (const name of [...namesIn(disposition), lastSegment(url), siteName(url)]) {
    const safe = safeFileName(name);
    if (safe !== undefined) return safe;
  }
  return "index.html";
}

function lastSegment({ pathname }: URL): string {
  const segment = pathname.slice(pathname.lastIndexOf("/") + 1);
  return guess(percentDecode(segment), segment);
}

/** Second levels of countries under which names are registered as under a top level (`com.cn`, `co.uk`). */
export const SECOND_LEVELS: ReadonlySet<string> = new Set(["com", "co", "net", "org", "gov", "edu", "ac"]);

function siteName({ hostname }: URL): string {
  const own = hostname.startsWith("[") ? hostname.match(/[^:[\]]+/g)?.join("-") : siteLabels(hostname).join(".");
  return own ? `${own}.html` : "";
}

function siteLabels(hostname: string): string[] {
  const labels = hostname.replace(/^www\./, "").split(".").filter((label) => label !== "");
  const isIPv4 = /^[\d.]+$/.test(hostname);
  return labels.slice(0, isIPv4 ? labels.length : labels.length - topLevels(labels));
}

/** Counts the labels at the end that do not belong to the site's own name. */
function topLevels(labels: readonly string[]): number {
  const [second = "", top = ""] = labels.slice(-2);
  if (labels.length > 2 && top.length === 2 && SECOND_LEVELS.has(second)) return 2;
  return labels.length > 1 ? 1 : 0;
}

/** The most bytes of a name. Most systems allow 255; `.part` and `.part.json` must fit too. */
const NAME_LIMIT = 200;

/** The most bytes of an extension that survives when a name is cut. */
const EXTENSION_LIMIT = 20;

/**
 * Characters that a terminal would obey or that change the order of text, as in `escape.ts`, here with tab and line
 * feed. Marks that belong to words stay, such as the joiners of Persian and of emoji.
 */
const INVISIBLE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Names that Windows takes for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/**
 * Makes a name harmless: one component of a path, of at most 200 bytes, that does not begin with `.` or `-`.
 *
 * @returns undefined when nothing is left of the name
 */
export function safeFileName(name: string): string | undefined {
  const visible = name.slice(1 + Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\"))).replace(INVISIBLE, "");
  const plain = trimEnd(visible.replace(/[<>:"|?*]/g, "_").replace(/^[\s.]+/, "").replace(/^-+/, "_"));
  const safe = trimEnd(cut(DEVICE.test(plain) ? `_${plain}` : plain));
  // A later run must not take a name from a server for its own unfinished download.
  return safe === "" ? undefined : safe.replace(/\.part(?:\.json)?$/i, "$&_");
}

/** Windows drops dots and spaces at the end, so they must not make a difference. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s.]/.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Shortens the part before the extension, by whole characters. */
function cut(name: string): string {
  const extension = /(?:\.tar)?\.[^.\s]+$/i.exec(name)?.[0] ?? "";
  const kept = byteLength(extension) > EXTENSION_LIMIT ? "" : extension;
  return prefix(name.slice(0, name.length - kept.length), NAME_LIMIT - byteLength(kept)) + kept;
}

/** The beginning of a text that has at most `limit` bytes, whole characters only. */
function prefix(text: string, limit: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(limit)).read);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
