/**
 * What a case sees in the text that a client sends.
 *
 * @module
 */

/**
 * The place of the second byte of a character beyond ASCII that two bytes follow, at least; undefined where there is none. In
 * UTF-8, GBK, Big5 and the like the first byte beyond ASCII begins a character.
 */
export function placeInCharacter(text: Uint8Array): number | undefined {
  const first = text.findIndex((byte) => byte >= 0x80);
  return first >= 0 && first + 3 <= text.length ? first + 1 : undefined;
}

/** The encoding to answer in: what was asked for; GBK where the client evidently speaks it instead of UTF-8. */
export function encodingOf(message: Uint8Array, asked: string): string {
  return asked === "utf-8" && !decodes(message, "utf-8") && decodes(message, "gbk") ? "gbk" : asked;
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
