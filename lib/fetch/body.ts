/**
 * What happens to a body between the socket and the disk: content coding undone, text turned into UTF-8, size and rate
 * limited, digest taken. Each step hands on to the next and waits for it, so that memory stays flat.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { charsetOf, isText, PRESCAN_BYTES, ToUtf8 } from "../http/charset.ts";
import { type BodyDecoder, decoderFor } from "../http/coding.ts";
import { Pace } from "./pace.ts";
import type { Target } from "./target_contract.ts";

/** What to do with a body. */
export interface BodyRules {
  /** Content codings to undo, in the order of the header; empty to leave the body as it is. */
  readonly codings: readonly string[];
  /** Turn text into UTF-8; the charset is in this Content-Type, or in the body. */
  readonly toUtf8?: { readonly contentType: string | undefined; readonly charset?: string | undefined } | undefined;
  /** Bytes that may be saved. */
  readonly maxSize: number;
  /** Bytes a second. */
  readonly rate?: number | undefined;
  /** Ends the waiting that keeps to the rate. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the digest of what is saved. */
  readonly hash?: Hash | undefined;
}

/** A body on its way. */
export class Body {
  /** Bytes that came, content coding and all. */
  received = 0;
  readonly #target: Target;
  readonly #rules: BodyRules;
  readonly #pace: Pace | undefined;
  readonly #decoder: BodyDecoder | undefined;
  readonly #text: TextStep | undefined;
  #saved = 0;

  /**
   * Puts the steps together.
   *
   * @param target where it goes; it stays the caller's
   * @param rules what is done with it
   */
  constructor(target: Target, rules: BodyRules) {
    this.#target = target;
    this.#rules = rules;
    this.#saved = target.size;
    this.#pace = rules.rate === undefined ? undefined : new Pace(rules.rate);
    this.#text = rules.toUtf8 && new TextStep(rules.toUtf8.contentType, rules.toUtf8.charset);
    this.#decoder = decoderFor(rules.codings, (bytes) => this.#decoded(bytes));
  }

  /** Whether what is saved is what was sent, byte for byte. */
  get verbatim(): boolean {
    return !this.#decoder && !this.#text;
  }

  /** Whether bytes of a text were not valid in its charset and became U+FFFD. */
  get damaged(): boolean {
    return this.#text?.damaged ?? false;
  }

  /**
   * Takes the next bytes.
   *
   * @param bytes as they came
   * @throws {SockeyeError} `protocol` for bad coded data, `file`
   */
  async write(bytes: Uint8Array): Promise<void> {
    this.received += bytes.length;
    if (this.#decoder) await this.#decoder.push(bytes);
    else await this.#decoded(bytes);
    await this.#pace?.wait(bytes.length, this.#rules.signal);
  }

  /** The body is complete: what steps hold back is written. */
  async end(): Promise<void> {
    await this.#decoder?.end();
    if (this.#text) await this.#save(this.#text.end());
  }

  /** The body will not be continued. */
  abort(): void {
    this.#decoder?.abort();
  }

  /**
   * Counts bytes that an earlier run saved.
   *
   * @param bytes in order, from the beginning
   */
  include(bytes: Uint8Array): void {
    this.#rules.hash?.update(bytes);
  }

  /** The digest of what was saved, in hex; undefined when none is taken. */
  digest(): string | undefined {
    return this.#rules.hash?.digest("hex");
  }

  async #decoded(bytes: Uint8Array): Promise<void> {
    await this.#save(this.#text ? this.#text.push(bytes) : bytes);
  }

  async #save(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#saved += bytes.length;
    if (this.#saved > this.#rules.maxSize) throw tooLarge(this.#rules.maxSize);
    this.#rules.hash?.update(bytes);
    await this.#target.write(bytes);
  }
}

/**
 * The refusal of `--max-size`.
 *
 * @param limit bytes
 * @returns the error to throw
 */
export function tooLarge(limit: number): SockeyeError {
  return new SockeyeError("file", `Cannot save the body: it is larger than ${limit} bytes (--max-size)`);
}

/** Turns text into UTF-8, once its charset is known. */
class TextStep {
  /** U+FFFD has come out. */
  damaged = false;
  readonly #contentType: string | undefined;
  readonly #charset: string | undefined;
  #held: Uint8Array[] = [];
  #length = 0;
  #converter: ToUtf8 | undefined;
  #decided = false;

  constructor(contentType: string | undefined, charset: string | undefined) {
    this.#contentType = contentType;
    this.#charset = charset;
  }

  push(bytes: Uint8Array): Uint8Array {
    if (this.#decided) return this.#converter ? this.#watched(this.#converter.push(bytes)) : bytes;
    this.#held.push(bytes.slice());
    this.#length += bytes.length;
    return this.#length < PRESCAN_BYTES ? new Uint8Array() : this.#decide();
  }

  end(): Uint8Array {
    const first = this.#decided ? new Uint8Array() : this.#decide();
    const last = this.#watched(this.#converter?.end() ?? new Uint8Array());
    return concat([first, last]);
  }

  #decide(): Uint8Array {
    const head = concat(this.#held);
    this.#held = [];
    this.#decided = true;
    const text = this.#contentType === undefined || isText(this.#contentType);
    const named = () => charsetOf({ contentType: this.#contentType, head: head.subarray(0, PRESCAN_BYTES) });
    const charset = text ? this.#charset ?? named() : undefined;
    if (charset !== undefined) this.#converter = new ToUtf8(charset);
    return this.#converter ? this.#watched(this.#converter.push(head)) : head;
  }

  #watched(text: Uint8Array): Uint8Array {
    for (let at = text.indexOf(0xef); at >= 0 && !this.damaged; at = text.indexOf(0xef, at + 1)) {
      this.damaged = text[at + 1] === 0xbf && text[at + 2] === 0xbd;
    }
    return text;
  }
}
