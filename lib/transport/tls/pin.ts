/**
 * Fingerprints as people type them; apart from what makes certificates, because the command line reader needs no more.
 *
 * @module
 */

/**
 * Reads a fingerprint to pin.
 *
 * @param text 64 hex digits, with colons between the pairs or without, bare or after `sha256:` or `sha256 Fingerprint=`,
 * which is what `openssl x509 -fingerprint -sha256` prints
 * @returns the digits in lower case
 * @throws {Error} what was expected
 */
export function asPin(text: string): string {
  const [, digits] = /^(?:sha256:|sha256 fingerprint=)?([0-9a-f]{2}(?::?[0-9a-f]{2}){31})$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error("expected sha256: and the 64 hex digits of a certificate's fingerprint");
  return digits.replaceAll(":", "").toLowerCase();
}
