/**
 * Cookies as a text file, in the form that Netscape had and curl, wget and browsers' tools read and write: seven columns
 * with tabs between them, a cookie a line.
 *
 * @module
 */

import type { Cookie } from "./cookies.ts";

const HEADER = "# Netscape HTTP Cookie File\n# Written by sockeye; curl and wget read it too.\n\n";

/** A mark of curl's before the domain of a cookie that scripts must not see. */
const HTTP_ONLY = "#HttpOnly_";

/** What a file has. */
export interface CookieFile {
  /** Its cookies, those that have ended included. */
  readonly cookies: readonly Cookie[];
  /** How many lines are neither a cookie, a comment nor empty. */
  readonly odd: number;
}

/** Reads a file. */
export function readCookieFile(text: string): CookieFile {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim() !== "");
  const told = lines.filter((line) => !line.startsWith("#") || line.startsWith(HTTP_ONLY));
  const cookies = told.map(readLine).filter((cookie) => cookie !== undefined);
  return { cookies, odd: told.length - cookies.length };
}

function readLine(line: string): Cookie | undefined {
  const httpOnly = line.startsWith(HTTP_ONLY);
  const columns = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split("\t");
  const [domain = "", tail = "", path = "", secure = "", expires = "", name = "", value = ""] = columns;
  const isRow = columns.length >= 6 && columns.length <= 7 && path.startsWith("/") && /^-?\d+(?:\.\d+)?$/.test(expires);
  const words = /^(?:true|false)$/i;
  if (!isRow || !words.test(tail) || !words.test(secure) || !/^\.?[^.\s]/.test(domain) || name === "") return undefined;
  // deno-lint-ignore no-control-regex -- a line end in a value would begin another field of a request
  if (/[\x00-\x1f\x7f]/.test(domain + path + name + value)) return undefined;
  return {
    name,
    value,
    domain: domain.replace(/^\./, "").toLowerCase(),
    hostOnly: !/^true$/i.test(tail),
    path,
    secure: /^true$/i.test(secure),
    httpOnly,
    expires: Number(expires) > 0 ? Number(expires) * 1000 : undefined,
  };
}

/** Writes a file; a cookie that ends with the session has the time 0. */
export function writeCookieFile(cookies: readonly Cookie[]): Uint8Array {
  const lines = cookies.map(({ name, value, domain, hostOnly, path, secure, httpOnly, expires }) => {
    const host = `${httpOnly ? HTTP_ONLY : ""}${hostOnly ? "" : "."}${domain}`;
    const time = expires === undefined ? 0 : Math.max(1, Math.floor(expires / 1000));
    return [host, word(!hostOnly), path, word(secure), time, name, value].join("\t") + "\n";
  });
  return new TextEncoder().encode(HEADER + lines.join(""));
}

function word(is: boolean): string {
  return is ? "TRUE" : "FALSE";
}
