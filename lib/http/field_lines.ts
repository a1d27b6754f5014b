/**
 * Reads the field lines of an answer as clients do that use a connection once: lines that break the grammar without
 * affecting where the body ends are skipped and reported. Parsers that treat them differently still read the same body.
 * Lines that could frame the body are never skipped.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { latin1 } from "../bytes.ts";
import { badAnswer, Fields, refuseControls, TOKEN, trim } from "./head.ts";
import { RESPONSE_FIELD_LIMIT } from "./limits.ts";

/** The letters of the two fields that say where a body ends; whatever else stands between them. */
const FRAMES = /contentlength|transferencoding/;

/** Collects the fields of one head or trailer. */
export class FieldReader {
  /** The fields so far. */
  readonly fields: Fields = new Fields(RESPONSE_FIELD_LIMIT);
  /** Whether the last line was skipped, and its continuations with it. */
  #skipping = false;
  #skipped = 0;
  #firstSkipped = "";
  #blanks = 0;

  /**
   * Takes one line without its end.
   *
   * @throws {SockeyeError} `protocol` for NUL and CR, and for a line that may be meant to frame the body and does not
   */
  take(line: Uint8Array): void {
    const text = latin1(line);
    refuseControls(text);
    if (text.startsWith(" ") || text.startsWith("\t")) return this.#continue(text);
    const colon = text.indexOf(":");
    const name = trim(text.slice(0, Math.max(0, colon)));
    if (!TOKEN.test(name)) return this.#skip(text, colon < 0 ? text : name);
    if (name.length < colon) this.#blanks++;
    this.#skipping = false;
    this.fields.add(name, trim(text.slice(colon + 1)));
  }

  /** What was taken that breaks the grammar. */
  remarks(): string[] {
    const remarks: string[] = [];
    if (this.#blanks > 0) remarks.push("The header has blanks before a colon");
    if (this.#skipped > 0) {
      const more = this.#skipped > 1 ? ` and ${this.#skipped - 1} more` : "";
      remarks.push(`Skipped what is no header line: ${quote(this.#firstSkipped)}${more}`);
    }
    return remarks;
  }

  /** A continuation (obs-fold) goes where its line went; one before the first line is skipped (RFC 9112 section 2.2). */
  #continue(text: string): void {
    if (!this.#skipping && this.fields.fold(trim(text))) return;
    this.#skip(text, text);
  }

  #skip(text: string, telling: string): void {
    if (FRAMES.test(telling.toLowerCase().replace(/[^a-z]/g, ""))) {
      throw badAnswer(`a header line that may frame the body, and is none: ${quote(text)}`);
    }
    this.#skipping = true;
    if (this.#skipped++ === 0) this.#firstSkipped = text;
  }
}
