/**
 * IP addresses between their text and their bytes.
 *
 * @module
 */

/** One end of a conversation. */
export interface Endpoint {
  /** The IP address as text, `127.0.0.1` or `::1`, without brackets and zone. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** The bytes of an IP address, 4 or 16 of them; a zone (`%eth0`) is left out. Undefined for anything else. */
export function addressBytes(text: string): Uint8Array | undefined {
  const [bare = ""] = text.split("%", 1);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bare)) {
    const bytes = bare.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : undefined;
  }
  if (!bare.includes(":") || !URL.canParse(`http://[${bare}]`)) return undefined;
  const [head = "", tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** What an IPv4 address begins with that is written as one of IPv6. */
export const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** The text of an address of 4 or 16 bytes; one of IPv6 in its short form (RFC 5952). */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (MAPPED.every((byte, i) => bytes[i] === byte)) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8 | bytes[2 * i + 1]!).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** An end as `127.0.0.1:9000` or `[::1]:9000`. */
export function endpointText({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
