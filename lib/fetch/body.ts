/**
 * The way of a body from the socket to its target: content coding undone, text converted to UTF-8, size and rate
 * limited, digest computed. Each step passes bytes on and waits for the next one, so that memory stays flat.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { BodyDecoder } from "../http/coding.ts";
import { canDecode } from "../http/coding_names.ts";
import type { Fields } from "../http/head.ts";
import { type CodingOptions, type Codings, codingsAround, sortCodings } from "../http/kept_coding.ts";
import type { ToUtf8 } from "../http/to_utf8.ts";
import { callAfter, wait } from "../wait.ts";
import { HOLD_MS } from "./limits.ts";
import { NotShowable, type Target } from "./target_contract.ts";
import type { TerminalGuard } from "./terminal_guard.ts";

/** What the user wants done with a body. */
export interface BodyOptions {
  /** Saves a compressed body as it is. */
  readonly raw: boolean;
  /** Unpacks also a file that is packed by its name or type. Default false. */
  readonly decode?: boolean | undefined;
  /** Converts text to UTF-8. */
  readonly toUtf8: boolean;
  /** The text is for a terminal: what it declares stays, and an invalid byte becomes `\xNN`. Default false. */
  readonly shown?: boolean | undefined;
  /** Charset of that text; default: the one that the answer declares. */
  readonly charset?: string | undefined;
  /** Most bytes that the target may have in the end. */
  readonly maxSize: number;
  /** Bytes per second; default: no limit. */
  readonly rate?: number | undefined;
  /** Computes the SHA-256 digest. */
  readonly digest: boolean;
  /** Aborts the download. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes at which the first ones are looked at; then whenever there are twice as many, for each look decodes them anew. */
const LOOK_BYTES = 64;

/** The steps of a body that most downloads do without, so that their modules are loaded only for those that have them. */
interface Steps {
  /** Computes the digest of the bytes that are saved. */
  readonly hash: Hash | undefined;
  /** Converts to UTF-8. */
  readonly text: ToUtf8 | undefined;
  /** Keeps binary data off a terminal, unless the user insists. */
  readonly guard: TerminalGuard | undefined;
}

/** A body that is arriving. */
export class Body {
  /** Bytes as sent, before any step. */
  received = 0;
  readonly #target: Target;
  readonly #options: BodyOptions;
  readonly #start = performance.now();
  readonly #codings: Codings | undefined;
  #decoder: BodyDecoder | undefined;
  readonly #text: ToUtf8 | undefined;
  /** Since when the decoder holds bytes back that a reader may wait for; undefined if it holds none. */
  #heldSince: number | undefined;
  /** Ends the wait for the data that they depend on. */
  #stopWaiting = () => {};
  /** Settles when bytes that were held back too long are on their way. */
  #released = Promise.resolve();
  readonly #guard: TerminalGuard | undefined;
  /** Notices that the user has not seen yet. */
  readonly #notices: string[] = [];
  readonly #hash: Hash | undefined;
  /** The first bytes, while they do not tell yet which codings to undo; undefined after that. */
  #held: Uint8Array | undefined;
  /** How many of them are looked at next. */
  #lookAt = LOOK_BYTES;
  /** Bytes in the target, including those of an earlier run. */
  #saved: number;

  private constructor(target: Target, options: BodyOptions, codings: Codings | undefined, steps: Steps) {
    this.#codings = codings;
    this.#held = codings && codings.guesses.length > 0 ? new Uint8Array() : undefined;
    this.#target = target;
    this.#options = options;
    this.#saved = target.size;
    this.#hash = steps.hash;
    this.#text = steps.text;
    this.#guard = steps.guard;
    if (codings?.remark !== undefined) this.#notices.push(codings.remark);
  }

  /**
   * Makes the body of an answer.
   *
   * @param target where the bytes go; the caller closes it
   * @param fields header of the answer; without it the bytes are the rest of a part and go to the target as they come
   * @param origin its name, and the request
   */
  static async open(target: Target, options: BodyOptions, fields?: Fields, origin: CodingOptions = {}): Promise<Body> {
    const { raw, decode, toUtf8, shown, charset, digest } = options;
    const codings = fields && sortCodings(fields, { raw, decode, ...origin });
    const type = fields?.get("content-type");
    const converts = toUtf8 && fields && codings?.kept.length === 0;
    const guards = shown && !raw && charset === undefined;
    const body = new Body(target, options, codings, {
      hash: digest ? (await import("node:crypto")).createHash("sha256") : undefined,
      text: converts ? new (await import("../http/to_utf8.ts")).ToUtf8(type, charset, shown) : undefined,
      guard: guards ? new (await import("./terminal_guard.ts")).TerminalGuard(type) : undefined,
    });
    if (codings && !body.#held) await body.#settle(codings.undone, codings.notice);
    return body;
  }

  /** Whether the bytes in the target are unchanged from the response. */
  get verbatim(): boolean {
    return !this.#decoder && !this.#text;
  }

  /** What to tell the user of codings, as far as it is sure and was not taken before. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  /** Whether bytes of a text were invalid in its charset and became U+FFFD. */
  get damaged(): boolean {
    return this.#text?.damaged ?? false;
  }

  /** Takes the next bytes; throws a SockeyeError for invalid coded data, a body that is too large, or the target's. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#stopWaiting();
    await this.#released;
    this.received += bytes.length;
    if (this.#held) await this.#hold(this.#held, bytes);
    else await this.#push(bytes);
    this.#waitToRelease();
    if (this.#options.rate !== undefined) await this.#keepTo(this.#options.rate);
  }

  /** The body is complete: writes the bytes that steps hold back. */
  async end(): Promise<void> {
    this.#stopWaiting();
    await this.#released;
    if (this.#held) await this.#look(this.#held, true);
    await this.#decoder?.end();
    if (this.#text) await this.#save(this.#text.end());
  }

  /** Frees the decoder of a body that will not be continued. */
  abort(): void {
    this.#stopWaiting();
    this.#decoder?.abort();
  }

  /** Adds bytes that an earlier run saved to the digest, in order and before all others. */
  include(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
  }

  /** Digest of the saved bytes in hex; undefined if none is computed. Can be called once. */
  digest(): string | undefined {
    return this.#hash?.digest("hex");
  }

  async #hold(held: Uint8Array, bytes: Uint8Array): Promise<void> {
    this.#held = concat([held, bytes]);
    if (this.#held.length >= this.#lookAt) await this.#look(this.#held, false);
  }

  /** Detects the format from the first bytes; if codings around it are undone, no later run can continue it. */
  async #look(head: Uint8Array, whole: boolean): Promise<void> {
    const codings = this.#codings!;
    const undone = await codingsAround(head, codings, whole);
    this.#lookAt = head.length * 2;
    if (undone === undefined) return;
    if (undone.length > 0) await this.#target.note?.(undefined);
    // If more codings are undone than the header names, the header names only those added for the transfer, and none of
    // these stays.
    await this.#settle(undone, undone.length > codings.undone.length ? undefined : codings.notice);
    this.#held = undefined;
    await this.#push(head);
  }

  async #settle(undone: readonly string[], notice: string | undefined): Promise<void> {
    if (notice !== undefined && this.#options.shown) throw packedOnTerminal(this.#codings!.kept);
    if (notice !== undefined) this.#notices.push(notice);
    if (undone.length === 0) return;
    const { decoderFor } = await import("../http/coding.ts");
    this.#decoder = decoderFor(undone, (bytes) => this.#decoded(bytes), (remark) => this.#notices.push(remark));
  }

  async #push(bytes: Uint8Array): Promise<void> {
    if (this.#decoder) await this.#decoder.push(bytes);
    else await this.#decoded(bytes);
  }

  async #decoded(bytes: Uint8Array): Promise<void> {
    this.#guard?.check(bytes);
    await this.#save(this.#text ? this.#text.push(bytes) : bytes);
  }

  /** A file has time, but a reader must not wait for ever for bytes that depend on others. */
  #waitToRelease(): void {
    if (!this.#target.passesOn || !this.#text?.holds) {
      this.#heldSince = undefined;
      return;
    }
    this.#heldSince ??= performance.now();
    this.#stopWaiting = callAfter(Math.max(0, this.#heldSince + HOLD_MS.most - performance.now()), () => {
      this.#released = this.#save(this.#text?.release() ?? new Uint8Array());
      this.#released.catch(() => {}); // The next call throws it.
    });
  }

  async #save(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#saved += bytes.length;
    if (this.#saved > this.#options.maxSize) throw tooLarge(this.#options.maxSize);
    this.#hash?.update(bytes);
    await this.#target.write(bytes);
  }

  /** Waits until the mean rate since the start is no longer too high; time that was lost may be made up for. */
  async #keepTo(rate: number): Promise<void> {
    const ms = this.#start + (this.received / rate) * 1000 - performance.now();
    if (ms > 0) await wait(ms, this.#options.signal);
  }
}

function packedOnTerminal(codings: readonly string[]): NotShowable {
  return new NotShowable(
    `it is packed (${codings.join(", ")})`,
    codings.every(canDecode) ? "--decode unpacks it, " : "",
  );
}

/** The error for a body above `--max-size`. */
export function tooLarge(limit: number): SockeyeError {
  return new SockeyeError("file", `Cannot save the body: it is larger than ${limit} bytes (--max-size)`);
}
