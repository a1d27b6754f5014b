/**
 * The way of a body from the socket to its target: content coding undone, text converted to UTF-8, size and rate
 * limited, digest computed. Each step passes bytes on and waits for the next one, so that memory stays flat.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { charsetOf, isText, PRESCAN_BYTES, ToUtf8 } from "../http/charset.ts";
import { type BodyDecoder, decoderFor } from "../http/coding.ts";
import type { Fields } from "../http/head.ts";
import { Pace } from "./pace.ts";
import type { Target } from "./target_contract.ts";

/** What the user wants done with a body. */
export interface BodyOptions {
  /** Saves a compressed body as it is. */
  readonly raw: boolean;
  /** Converts text to UTF-8. */
  readonly toUtf8: boolean;
  /** Charset of that text; default: the one that the answer declares. */
  readonly charset?: string | undefined;
  /** Most bytes that may be saved. */
  readonly maxSize: number;
  /** Bytes per second; default: no limit. */
  readonly rate?: number | undefined;
  /** Computes the SHA-256 digest. */
  readonly digest: boolean;
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined;
}

/** The steps of one body. */
export interface BodyRules {
  /** Content codings to undo, in the order of the header field; empty to leave the body as it is. */
  readonly codings: readonly string[];
  /** Converts text to UTF-8; the charset is `charset`, else in this Content-Type, else in the body. */
  readonly toUtf8?: { readonly contentType: string | undefined; readonly charset?: string | undefined } | undefined;
  /** Most bytes that the target may have in the end. */
  readonly maxSize: number;
  /** Bytes per second. */
  readonly rate?: number | undefined;
  /** Ends a wait for the rate; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the bytes that are saved. */
  readonly hash?: Hash | undefined;
}

/**
 * Makes the body of an answer.
 *
 * @param target where the bytes go
 * @param fields header of the answer; without it the bytes are the rest of a part and go to the target as they come
 */
export async function openBody(target: Target, options: BodyOptions, fields?: Fields): Promise<Body> {
  const { raw, toUtf8, charset, maxSize, rate, digest, signal } = options;
  return new Body(target, {
    codings: raw || !fields ? [] : fields.list("content-encoding"),
    toUtf8: toUtf8 && fields ? { contentType: fields.get("content-type"), charset } : undefined,
    maxSize,
    rate,
    signal,
    hash: digest ? await newHash() : undefined,
  });
}

/** Loads `node:crypto` only for a download that asks for a digest. */
async function newHash(): Promise<Hash> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256");
}

/** A body that is arriving. */
export class Body {
  /** Bytes as sent, before any step. */
  received = 0;
  readonly #target: Target;
  readonly #rules: BodyRules;
  readonly #pace: Pace | undefined;
  readonly #decoder: BodyDecoder | undefined;
  readonly #text: TextStep | undefined;
  /** Bytes that the target has, those of an earlier run included. */
  #saved: number;

  /**
   * Connects the steps.
   *
   * @param target where the bytes go; the caller opens and closes it
   */
  constructor(target: Target, rules: BodyRules) {
    this.#target = target;
    this.#rules = rules;
    this.#saved = target.size;
    this.#pace = rules.rate === undefined ? undefined : new Pace(rules.rate);
    this.#text = rules.toUtf8 && new TextStep(rules.toUtf8.contentType, rules.toUtf8.charset);
    this.#decoder = decoderFor(rules.codings, (bytes) => this.#decoded(bytes));
  }

  /** Whether the bytes in the target are those that were sent. */
  get verbatim(): boolean {
    return !this.#decoder && !this.#text;
  }

  /** Whether bytes of a text were invalid in its charset and became U+FFFD. */
  get damaged(): boolean {
    return this.#text?.damaged ?? false;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {SockeyeError} `protocol` for invalid compressed data, `file`
   */
  async write(bytes: Uint8Array): Promise<void> {
    this.received += bytes.length;
    if (this.#decoder) await this.#decoder.push(bytes);
    else await this.#decoded(bytes);
    await this.#pace?.wait(bytes.length, this.#rules.signal);
  }

  /** The body is complete: writes the bytes that steps hold back. */
  async end(): Promise<void> {
    await this.#decoder?.end();
    if (this.#text) await this.#save(this.#text.end());
  }

  /** Frees the decoder of a body that will not be continued. */
  abort(): void {
    this.#decoder?.abort();
  }

  /**
   * Adds bytes that an earlier run saved to the digest.
   *
   * @param bytes in order, from the beginning of the body
   */
  include(bytes: Uint8Array): void {
    this.#rules.hash?.update(bytes);
  }

  /** Digest of the saved bytes in hex; undefined if none is computed. Can be called once. */
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
 * The error for a body above `--max-size`.
 *
 * @param limit bytes
 * @returns the error to throw
 */
export function tooLarge(limit: number): SockeyeError {
  return new SockeyeError("file", `Cannot save the body: it is larger than ${limit} bytes (--max-size)`);
}

/** Converts text to UTF-8. Its first bytes are held back until the charset is known. */
class TextStep {
  /** Whether U+FFFD has come out. */
  damaged = false;
  readonly #contentType: string | undefined;
  readonly #charset: string | undefined;
  /** The first bytes; empty once the charset is decided. */
  #held: Uint8Array[] = [];
  /** Bytes in `held`. */
  #length = 0;
  #decided = false;
  /** Set by the decision, unless the bytes are to stay as they are. */
  #converter: ToUtf8 | undefined;

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
