/**
 * Knows TLS by its first bytes, for ports that do not speak it.
 *
 * @module
 */

/** Why a client is turned away that speaks TLS to such a port. */
export const SPEAKS_TLS = "it speaks TLS, this port does not";

/** Whether a stream begins like TLS: with a handshake record of any version (RFC 8446 section 5.1). */
export function beginsLikeTls(bytes: Uint8Array): boolean {
  return bytes[0] === 0x16 && bytes[1] === 0x03;
}
