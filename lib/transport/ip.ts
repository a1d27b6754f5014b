/**
 * Hosts by their spelling: which texts are IP addresses, and host names in ASCII. The answers for addresses are those
 * of `node:net`, which takes longer to load than all the rest of a server.
 *
 * @module
 */

/** Four numbers from 0 to 255 without leading zeros. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** The characters of an address, and a zone (RFC 4007 section 11). Names of interfaces may have `_`, which `node:net` does not take. */
const IPV6 = /^([0-9a-f:.]*:[0-9a-f:.]*)(?:%[0-9a-z_\-.:]+)?$/i;

/** Whether a text is an IPv4 address. */
export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** Whether a text is an IPv6 address: `::1`, `::ffff:1.2.3.4` or, with a zone, `fe80::1%eth0`. */
export function isIPv6(text: string): boolean {
  const [, bare] = IPV6.exec(text) ?? [];
  return bare !== undefined && URL.canParse(`http://[${bare}]`);
}

/** The version of an IP address; 0 for anything else. */
export function isIP(text: string): 0 | 4 | 6 {
  return isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0;
}

/** The 4 or 16 bytes of an IP address, without its zone; undefined for anything else. */
export function bytesOfIP(text: string): number[] | undefined {
  const bare = text.split("%", 1)[0]!;
  if (isIPv4(bare)) return bare.split(".").map(Number);
  if (!isIPv6(bare)) return undefined;
  // URL writes the last four bytes in hex as well.
  const [head = "", tail = ""] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "").map((group) => parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail)];
  const zeros: number[] = Array(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

/**
 * Turns a host name into the form that is looked up (RFC 5891): `xn--fiq228c.example` for `中文.example`, a name in ASCII
 * as it is, an empty text if it cannot be a name.
 */
export function toAscii(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  try {
    return /[\s\p{Cc}/?#@:%\\]/u.test(name) ? "" : new URL(`http://${name}`).hostname;
  } catch {
    return "";
  }
}
