/**
 * Keeps binary data off a terminal, where it would be a flood of `\\xNN`.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { charsetOf, isText as isTextType } from "../http/charset.ts";
import { NotShowable } from "./target_contract.ts";

/** Bytes that are looked at, as many as other programs look at to tell text from other files. */
const SNIFF_BYTES = 1024;

/** Control characters that no text has, of which a few are taken for damage. */
const STRAY_CONTROLS = 3;

/** The share of them in random bytes is a tenth, in text none. */
const CONTROL_SHARE = 1 / 20;

/** Media types of which many begin without control characters. */
const NO_TEXT = /^(?:(?:image|audio|video|font)\/(?!.*\+xml)|application\/pdf)/i;

/** Looks at the first bytes of a body. */
export class TerminalGuard {
  readonly #contentType: string | undefined;
  #head: Uint8Array = new Uint8Array();

  /** `contentType` as the server says it; that a body is text makes a NUL no more than damage. */
  constructor(contentType: string | undefined) {
    this.#contentType = contentType;
  }

  /** Throws {@linkcode NotShowable} when the body, of which these are the next bytes, is no text. */
  check(bytes: Uint8Array): void {
    if (this.#head.length >= SNIFF_BYTES) return;
    this.#head = concat([this.#head, bytes.subarray(0, SNIFF_BYTES - this.#head.length)]);
    // Half of the bytes of a text in UTF-16 may be NUL.
    if (charsetOf(this.#contentType, this.#head.subarray(0, 3))?.startsWith("utf-16")) return;
    if (NO_TEXT.test(this.#contentType ?? "")) throw new NotShowable("it is not text");
    const isText = this.#contentType !== undefined && isTextType(this.#contentType);
    const controls = this.#head.filter(isControl).length;
    const many = controls > STRAY_CONTROLS && controls > this.#head.length * CONTROL_SHARE;
    if (many || (!isText && this.#head.includes(0))) throw new NotShowable("it is not text");
  }
}

/** Whether a byte is a control character but those from backspace to carriage return, and escape. */
function isControl(byte: number): boolean {
  return byte === 0x7f || (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b);
}
