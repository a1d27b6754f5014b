/**
 * What a certificate is recognized by: names of servers, and fingerprints as people type them.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { quote } from "../../printable.ts";
import { isIP, toAscii } from "../ip.ts";

/** The most characters of a host name (RFC 1035 section 2.3.4, without the length bytes). */
const NAME_LIMIT = 253;

const EXPECTED = "expected a host name such as localhost, or an IP address";

/**
 * Reads a name that a certificate is to be made for: an IP address, or a host name, whose first label may be `*`.
 *
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
 * Reads the name that a server's certificate must be for, an IP address or a host name.
 *
 * @throws {Error} with the expected form as its message
 */
export function asServerName(text: string): string {
  if (isIP(text) && !text.includes("%")) return text;
  const name = toAscii(text);
  if (name.includes("*") || problemOf(name)) throw new Error(EXPECTED);
  return name;
}

/**
 * Reads a fingerprint to pin, into lower case: 64 hex digits, with colons between the pairs or without, bare or after `sha256:`
 * or `sha256 Fingerprint=`, which is what `openssl x509 -fingerprint -sha256` prints.
 *
 * @throws {Error} with the expected form as its message
 */
export function asPin(text: string): string {
  const [, digits] = /^(?:sha256:|sha256 fingerprint=)?([0-9a-f]{2}(?::?[0-9a-f]{2}){31})$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error("expected sha256: and the 64 hex digits of a certificate's fingerprint");
  return digits.replaceAll(":", "").toLowerCase();
}

/**
 * Reads a list of protocols to agree on, `h2,http/1.1` (ALPN, RFC 7301 section 3.1): 1 to 255 bytes each.
 *
 * @throws {Error} with the expected form as its message
 */
export function asProtocols(text: string): readonly string[] {
  const names = text.split(",");
  if (names.every((name) => /^[!-~]{1,255}$/.test(name))) return names;
  throw new Error("expected names with commas between them, such as h2,http/1.1");
}

function problemOf(name: string): string | undefined {
  if (name.length > NAME_LIMIT) return `a name has at most ${NAME_LIMIT} characters`;
  const [first = "", ...rest] = name.split(".");
  const labels = first === "*" && rest.length > 0 ? rest : [first, ...rest];
  if (labels.some((label) => label.includes("*"))) return "a * stands for the whole first label, as in *.example.com";
  if (/^\d+$/.test(labels.at(-1) ?? "")) return "it is not an IP address";
  const good = labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}$/i.test(label));
  return good ? undefined : EXPECTED;
}

/**
 * The name that a relay asks its target for: the one that its client asks for (SNI), unless that means this machine
 * because the client used the relay's own address.
 */
export function passedOnName(asked: string | undefined): string | undefined {
  return asked === undefined || /(^|\.)localhost$/i.test(asked) ? undefined : asked;
}
