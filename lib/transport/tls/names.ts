/**
 * Names of servers: as they are looked up, for whom a certificate is, and for whom it must be.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { quote } from "../../printable.ts";
import { isIP } from "../ip.ts";

/** The most characters of a host name (RFC 1035 section 2.3.4, without the length bytes). */
const NAME_LIMIT = 253;

/**
 * A name as it is looked up (RFC 5891).
 *
 * @param name as people write it
 * @returns `xn--fiq228c.example` for `中文.example`, and what has only ASCII as it is; empty for what cannot be a name
 */
export function toAscii(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  try {
    return /[\s\p{Cc}/?#@:%\\]/u.test(name) ? "" : new URL(`http://${name}`).hostname;
  } catch {
    return "";
  }
}

/**
 * Reads a name that a certificate is to be for.
 *
 * @param text an IP address or a host name; its first label may be `*`
 * @returns the name as certificates hold it
 * @throws {SockeyeError} `usage`, naming the text and what is wrong with it
 */
export function parseCertificateName(text: string): string {
  if (isIP(text) && !text.includes("%")) return text;
  const name = toAscii(text);
  const problem = problemOf(name);
  if (problem) throw new SockeyeError("usage", `Bad name ${quote(text)}: ${problem}`);
  return name;
}

/**
 * Reads the name that a server's certificate must be for.
 *
 * @param text an IP address or a host name
 * @returns the name as it is asked for
 * @throws {Error} what was expected
 */
export function asServerName(text: string): string {
  if (isIP(text) && !text.includes("%")) return text;
  const name = toAscii(text);
  if (name.includes("*") || problemOf(name)) {
    throw new Error("expected a host name such as localhost, or an IP address");
  }
  return name;
}

function problemOf(name: string): string | undefined {
  if (name.length > NAME_LIMIT) return `a name has at most ${NAME_LIMIT} characters`;
  const [first = "", ...rest] = name.split(".");
  const labels = first === "*" && rest.length > 0 ? rest : [first, ...rest];
  if (labels.some((label) => label.includes("*"))) return "a * stands for the whole first label, as in *.example.com";
  if (/^\d+$/.test(labels.at(-1) ?? "")) return "it is not an IP address";
  const good = labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}$/i.test(label));
  return good ? undefined : "expected a host name such as localhost, or an IP address";
}
