/**
 * One body on its way to its target, over as many connections as it takes. Knows what is there already, asks only for the
 * rest, and judges whether what a server sends then really is the rest.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { SockeyeError } from "../errors.ts";
import { ACCEPT_ENCODING } from "../http/coding.ts";
import { fileNameFor } from "../http/file_name.ts";
import type { Field } from "../http/head.ts";
import { badAnswer } from "../http/head.ts";
import { confirms, parseContentRange, validatorOf } from "../http/range.ts";
import { type HttpRequest, shownUrl } from "../http/request.ts";
import type { HeadEvent } from "../http/response.ts";
import { Body, tooLarge } from "./body.ts";
import { Place, type PlaceOptions } from "./place.ts";
import { findPart, sizeOf } from "./target.ts";
import type { Target } from "./target_contract.ts";

/** How a body is saved. */
export interface SavingOptions extends PlaceOptions {
  /** Goes on with the part of an earlier run. */
  readonly resume: boolean;
  /** Bytes that may be saved. */
  readonly maxSize: number;
  /** Bytes a second. */
  readonly rate?: number | undefined;
  /** Saves a coded body as it is. */
  readonly raw: boolean;
  /** Turns text into UTF-8. */
  readonly toUtf8: boolean;
  /** The charset of that text, whatever the server says. */
  readonly charset?: string | undefined;
  /** Takes the digest. */
  readonly digest: boolean;
}

/** What is there cannot be continued: the same request is to be made once more, for the whole body. */
export class StartOver extends Error {}

/** Bytes that are there, and what proves that they belong to what the server has now. */
interface Rest {
  /** The first byte that is missing. */
  readonly offset: number;
  /** For If-Range. Without it the only question is whether everything is there. */
  readonly validator: string | undefined;
}

/** Saves one body. */
export class Saving {
  /** Bytes of the whole body as sent, where the server says so. */
  total: number | undefined;
  readonly #url: URL;
  readonly #options: SavingOptions;
  readonly #place: Place;
  #body: Body | undefined;
  #rest: Rest | undefined;
  #validator: string | undefined;
  #noted = false;
  /** Where the body began that this run reads. */
  #offset = 0;
  #known = 0;
  /** Where a range that the server sends must end; a body of its own tells its end otherwise. */
  #end: number | undefined;

  /**
   * Makes the saving of one body; nothing is opened yet.
   *
   * @param url what is fetched
   * @param options how
   */
  constructor(url: URL, options: SavingOptions) {
    this.#url = url;
    this.#options = options;
    this.#place = new Place(url, options);
  }

  /** NAME, once it is known. */
  get path(): string | undefined {
    return this.#place.path;
  }

  /** Whether only the rest of the body is asked for. */
  get resuming(): boolean {
    return this.#rest !== undefined;
  }

  /** Bytes of the body that are there, as sent. */
  get position(): number {
    return this.#offset + (this.#body?.received ?? 0);
  }

  /** Bytes that are saved. */
  get size(): number {
    return this.#place.target?.size ?? this.#known;
  }

  /** SHA-256 in hex, where it was asked for. Ends the taking of the digest. */
  digest(): string | undefined {
    return this.#body?.digest();
  }

  /** Looks for what an earlier run left, if that is wanted. */
  async prepare(): Promise<void> {
    // A body that is changed on its way to the file cannot be continued behind what is there.
    if (!this.#options.resume || this.#options.stream || this.#options.toUtf8) return;
    const part = await findPart(shownUrl(this.#url), this.path);
    if (part) {
      this.#rest = { validator: part.validator, offset: part.size };
      this.#validator = part.validator;
      return this.#place.adopt(part.path);
    }
    const path = this.path ?? fileNameFor(this.#url);
    this.#known = await sizeOf(path) ?? 0;
    if (this.#known === 0) return;
    this.#rest = { validator: undefined, offset: this.#known };
    this.#place.adopt(path);
  }

  /** Fields that ask for what is missing, in a form that can be continued. */
  fields(): Field[] {
    // An earlier run's bytes are the body itself: a coded one would not fit them.
    const plain = this.#options.raw || this.#options.resume;
    const fields: Field[] = [["Accept-Encoding", plain ? "identity" : ACCEPT_ENCODING]];
    if (this.#rest) fields.push(["Range", `bytes=${this.#rest.offset}-`]);
    if (this.#rest?.validator !== undefined) fields.push(["If-Range", this.#rest.validator]);
    return fields;
  }

  /** After a failure: what came need not come again if it can be proved to be of the same body. */
  retry(): void {
    if (!this.#body) return;
    const offset = this.position;
    this.#rest = this.#validator === undefined || offset === 0 ? undefined : { validator: this.#validator, offset };
  }

  /**
   * Takes the head of an answer that has the body.
   *
   * @param head its status is not an error, or 416
   * @param request what it answers
   * @returns false when nothing more is needed
   * @throws {StartOver} when the whole body has to be asked for
   * @throws {SockeyeError} `protocol`, `file`, `permission`
   */
  async begin(head: HeadEvent, request: HttpRequest): Promise<boolean> {
    const rest = this.#rest;
    if (rest && head.status === 416) return await this.#judgeComplete(head, rest);
    if (rest && head.status === 206) await this.#continue(head, rest);
    else if (head.framing.by !== "nothing") await this.#start(head, request);
    else if (this.#body || (rest?.validator !== undefined && request.method !== "HEAD")) {
      throw badAnswer(`${head.status} without the rest of the body`);
    }
    return true;
  }

  /**
   * Takes the body of an answer that says "no": worth reading, not worth keeping as NAME.
   *
   * @param target where it goes
   * @param head what says "no"
   */
  beginRefusal(target: Target, { fields }: HeadEvent): void {
    const { raw, maxSize, signal } = this.#options;
    this.#place.target = target;
    const codings = raw ? [] : fields.list("content-encoding");
    this.#body = new Body(target, { codings, maxSize, signal });
  }

  /** Takes bytes of the body. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end !== undefined && this.position + bytes.length > this.#end) {
      throw badAnswer("the part is longer than its Content-Range says");
    }
    await this.#body?.write(bytes);
  }

  /** The body is complete. */
  async end(): Promise<void> {
    if (this.#body && this.#end !== undefined && this.position < this.#end) {
      throw badAnswer(`the server sent ${this.position} of ${this.#end} bytes`, { transient: true });
    }
    await this.#body?.end();
  }

  /** Makes what was saved NAME. */
  async commit(): Promise<void> {
    await this.#place.target?.commit();
  }

  /**
   * Leaves NAME as it was.
   *
   * @returns true when what came can be continued by a later run
   */
  async abandon(): Promise<boolean> {
    this.#body?.abort();
    await this.#place.target?.abandon();
    return this.#noted && this.size > 0;
  }

  /** Whether bytes of a text were not valid in its charset and became U+FFFD. */
  get damaged(): boolean {
    return this.#body?.damaged ?? false;
  }

  /** Nothing is left to send: is everything there, or is something else there? */
  async #judgeComplete(head: HeadEvent, { offset, validator }: Rest): Promise<boolean> {
    const range = head.fields.get("content-range");
    const fits = validator === undefined || confirms(head.fields, validator);
    if (range === undefined || parseContentRange(range).total !== offset || !fits) throw this.#startOver();
    this.#rest = undefined;
    if (validator === undefined) return false;
    if (this.#body) await this.#body.end();
    else await this.#takeOver(offset);
    return false;
  }

  async #continue(head: HeadEvent, { offset, validator }: Rest): Promise<void> {
    if (validator === undefined || !confirms(head.fields, validator)) throw this.#startOver();
    const { start, end, total } = parseContentRange(head.fields.get("content-range"));
    if (start !== offset) throw new SockeyeError("protocol", `Bad answer: asked for byte ${offset}, got byte ${start}`);
    this.total = total;
    this.#end = total ?? end;
    if (!this.#body) await this.#takeOver(offset);
  }

  /** Goes on with the part of an earlier run. */
  async #takeOver(offset: number): Promise<void> {
    const target = await this.#place.open(true);
    // Another download may have come between the look at the part and the lock on it.
    if (target.size !== offset) throw this.#startOver();
    const { maxSize, rate, digest, signal } = this.#options;
    const hash = digest ? await newHash() : undefined;
    const body = new Body(target, { codings: [], maxSize, rate, hash, signal });
    if (hash) await target.replay?.((bytes) => body.include(bytes));
    this.#offset = offset;
    this.#body = body;
    await this.#note(true);
  }

  async #start(head: HeadEvent, request: HttpRequest): Promise<void> {
    const { raw, toUtf8, charset, maxSize, rate, digest, signal } = this.#options;
    const askedForPart = request.fields.some(([name]) => name.toLowerCase() === "range");
    if (head.status === 206 && !askedForPart) throw badAnswer("a part of the body, which was not asked for");
    this.#end = undefined;
    this.total = head.framing.by === "length" ? head.framing.length : undefined;
    if (this.total !== undefined && this.total > maxSize) throw tooLarge(maxSize);
    this.#body?.abort();
    this.#body = undefined;
    this.#rest = undefined;
    this.#offset = 0;
    const target = await this.#place.openEmpty(request.url, head.fields.get("content-disposition"));
    this.#body = new Body(target, {
      codings: raw ? [] : head.fields.list("content-encoding"),
      toUtf8: toUtf8 ? { contentType: head.fields.get("content-type"), charset } : undefined,
      maxSize,
      rate,
      hash: digest ? await newHash() : undefined,
      signal,
    });
    this.#validator = validatorOf(head.fields);
    await this.#note(this.#body.verbatim && request.method === "GET");
  }

  /** Tells a later run what it can go on with. */
  async #note(lasting: boolean): Promise<void> {
    const validator = this.#validator;
    this.#noted = lasting && validator !== undefined && this.#place.target?.replay !== undefined;
    await this.#place.target?.note(
      lasting && validator !== undefined ? { url: shownUrl(this.#url), validator } : undefined,
    );
  }

  #startOver(): StartOver {
    this.#rest = undefined;
    return new StartOver();
  }
}

/** Loaded for those who ask for a digest. */
async function newHash(): Promise<Hash> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256");
}
