/**
 * One body on its way to its target, over as many connections as it takes. `saving_state.ts` has the states and their
 * transitions; here they meet the files.
 *
 * @module
 */

import type { SockeyeError } from "../errors.ts";
import { ACCEPT_ENCODING } from "../http/coding_names.ts";
import { badAnswer, type Field, isRedirect } from "../http/head.ts";
import { type HttpRequest, shownUrl } from "../http/request.ts";
import type { HeadEvent } from "../http/response.ts";
import { type Phrased, say } from "../phrase.ts";
import { Body, type BodyOptions, tooLarge } from "./body.ts";
import { Continuation } from "./continuation.ts";
import { findEarlierRun, kept, stillThere } from "./earlier_run.ts";
import { nameFor, type NamingOptions, reasonToKeep } from "./naming.ts";
import { asksPlain, originOf } from "./origin.ts";
import { partOf } from "./part_file.ts";
import { beginningAgain, LONGER_PART, NOT_THE_REST } from "./remarks.ts";
import { interrupt, isComplete, isPart, NextPart, partEndOf, positionOf, rangeFields } from "./saving_state.ts";
import { restOf, type Resume, StartOver, type State, type Transfer, wholeOf } from "./saving_state.ts";
import { openTarget } from "./target.ts";
import { passedOn, type Target } from "./target_contract.ts";

/** How a body is saved. */
export interface SavingOptions extends BodyOptions, NamingOptions {
  /** Takes the body instead of a file. */
  readonly stream?: Target | undefined;
  /** Continues the part of an earlier run. */
  readonly resume: boolean;
  /** Tells the user. */
  readonly watch: { notice(message: Phrased): void };
}

/** Saves one body. */
export class Saving {
  readonly #request: HttpRequest;
  readonly #options: SavingOptions;
  readonly #continuation: Continuation;
  #state: State = { is: "fresh" };
  /** NAME. Without one in the options it is a guess, until an earlier run's file or the first body decides. */
  #path: string;
  /** Opened for the first body or part, and used by all attempts until commit() or abandon(). */
  #target: Target | undefined;
  /** Bytes that were given up, though they are there until a body replaces them. */
  #lost = 0;
  /** Bytes still to arrive that are already saved. */
  #skip = 0;
  /** Whether the last request asked only for the missing bytes. */
  #ranged = false;
  /** The most bytes of a body that were there after a failure, or after a short part. */
  #furthest = 0;
  #digest: string | undefined;
  /** Why the last attempt did not bring all of the body. */
  #failure: SockeyeError | undefined;

  /** Describes the task; no file is opened yet. */
  constructor(request: HttpRequest, options: SavingOptions) {
    this.#request = request;
    this.#options = options;
    this.#continuation = new Continuation(request, (message) => options.watch.notice(message));
    this.#path = nameFor(options, request.url);
  }

  /** NAME; it may change until a body has begun. */
  get path(): string {
    return this.#path;
  }

  /** Whether the next request asks only for the missing bytes. */
  get resuming(): boolean {
    return rangeFields(this.#state).length > 0;
  }

  /** Bytes of the body that are there, and of the whole body if the server says so; both as sent. */
  get progress(): { readonly position: number; readonly total: number | undefined } {
    return { position: this.#transfer ? positionOf(this.#transfer) : 0, total: this.#transfer?.total };
  }

  /** Bytes that are saved. */
  get size(): number {
    return this.#target?.size ?? (this.#state.is === "file" ? this.#state.size : 0);
  }

  /** The body, once an answer has one. */
  get body(): Body | undefined {
    return this.#transfer?.body;
  }

  /** Bytes of the body as sent that a new one would replace. */
  get #there(): number {
    return "resume" in this.#state ? this.#state.resume.offset : Math.max(this.progress.position, this.#lost);
  }

  get #transfer(): Transfer | undefined {
    return "transfer" in this.#state ? this.#state.transfer : undefined;
  }

  /** Looks for the part of an earlier run, if it is to be continued. */
  async prepare(): Promise<void> {
    // Converted text differs from the bytes sent, so the size of the file is not an offset to continue at.
    const { resume, stream, toUtf8, decode, path, folder } = this.#options;
    if (!resume || stream || toUtf8 || decode || !this.#continuation.possible) return;
    const earlier = await findEarlierRun(shownUrl(this.#request.url), path && this.#path, this.#path, folder);
    [this.#path, this.#state] = [earlier.path, earlier.state];
    if (earlier.notice !== undefined) this.#options.watch.notice(earlier.notice);
  }

  /** Header fields that ask for the missing bytes, in a form that can be continued. */
  fields(): Field[] {
    const plain = asksPlain(this.#request, this.#options);
    return [["Accept-Encoding", plain ? "identity" : ACCEPT_ENCODING], ...rangeFields(this.#state)];
  }

  /**
   * Whether this attempt received bytes that the next one need not request, and more than ever before: such attempts
   * are not counted. That ends, even if the server has another version each time.
   */
  advances(): boolean {
    if (this.#state.is !== "receiving" || interrupt(this.#state.transfer).is === "fresh") return false;
    const advances = this.#there > this.#furthest;
    this.#furthest = Math.max(this.#furthest, this.#there);
    return advances;
  }

  /**
   * After a failure, before the next attempt: gets ready to continue, or to start again if that is impossible.
   *
   * @returns false when bytes are lost by that
   * @throws {SockeyeError} the failure, if bytes that were passed on would have to be taken back
   */
  retry(failure: SockeyeError): boolean {
    this.#failure = failure;
    if (this.#state.is !== "receiving") return true;
    const { transfer } = this.#state;
    this.#state = interrupt(transfer);
    if (this.#state.is !== "fresh") return true;
    transfer.body.abort();
    this.#lost = positionOf(transfer);
    this.#checkRestart();
    return this.#lost === 0;
  }

  /**
   * Takes the head of an answer.
   *
   * @param head its status is below 400, or 416 while {@linkcode resuming}
   * @returns false when nothing is missing
   * @throws {StartOver} when the whole body has to be asked for
   * @throws {SockeyeError} `protocol`, `file`, `permission`
   */
  async begin(head: HeadEvent, request: HttpRequest): Promise<boolean> {
    this.#ranged = this.resuming;
    if (this.#ranged && (isPart(head) || head.status === 416)) return await this.#resume(head);
    if (head.framing.by !== "nothing") await this.#receiveWhole(head, request);
    else if (this.#target || "resume" in this.#state) throw badAnswer(`${head.status} without the rest of the body`);
    return true;
  }

  /** Takes the head of an answer that reports a failure; its body is passed on and does not become NAME. */
  async beginRefusal(target: Target, { fields }: HeadEvent): Promise<void> {
    this.body?.abort();
    this.#target = target;
    const { raw, shown = false } = this.#options;
    const options = { ...this.#options, decode: !raw, toUtf8: shown, rate: undefined, digest: false };
    const body = await Body.open(target, options, fields);
    this.#state = { is: "receiving", transfer: { body, offset: 0, version: undefined } };
  }

  /** Takes bytes of the body. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state.is !== "receiving") throw new Error(`No body is expected in state ${this.#state.is}`);
    const { transfer } = this.#state;
    const fresh = bytes.subarray(this.#skip);
    this.#skip -= bytes.length - fresh.length;
    const position = positionOf(transfer) + fresh.length;
    if (position > (transfer.end ?? Infinity)) {
      if (this.#ranged) throw this.#startOver(LONGER_PART);
      throw badAnswer("the part is longer than its Content-Range says");
    }
    // Before the bytes, so that whatever stops the process leaves no bytes without their note.
    if (this.#target) await this.#continuation.advance(this.#target, position, transfer.total);
    await transfer.body.write(fresh);
  }

  /** Ends the answer; if it had a body, the body is complete, or NextPart is thrown. */
  async end(): Promise<void> {
    if (this.#state.is !== "receiving") return;
    const { transfer } = this.#state;
    const position = positionOf(transfer);
    if (transfer.end !== undefined && position < transfer.end) {
      this.#failure = badAnswer(`the server sent ${position} of ${transfer.end} bytes`, { transient: true });
      if (position !== transfer.partEnd || !this.advances()) throw this.#failure;
      this.#state = interrupt(transfer);
      throw new NextPart();
    }
    await transfer.body.end();
    this.#state = { is: "done", transfer };
  }

  /** SHA-256 of the saved bytes, in hex; undefined if none was computed, as for a file that was already complete. */
  digest(): string | undefined {
    return this.#digest ??= this.body?.digest();
  }

  /** The bytes have the wrong checksum: they never become NAME, and no later run continues them. */
  async reject(reason: string): Promise<void> {
    this.#continuation.refuse(reason);
    await this.#target?.note?.(undefined);
  }

  /** Renames the saved file to NAME and sets its time, in milliseconds since 1970. */
  async commit(modified?: number): Promise<void> {
    await this.#target?.commit(modified);
  }

  /** Leaves NAME as it was; returns a notice about bytes that are kept. */
  async abandon(): Promise<Phrased | undefined> {
    this.body?.abort();
    if (!this.#target) return stillThere(this.#state, this.#path, this.#there);
    if (this.size > 0) await this.#continuation.saveNote(this.#target).catch(() => {}); // It is told below.
    if (!await this.#target.abandon()) return undefined;
    return say("both")`${kept(this.size, partOf(this.#path))}${this.#continuation.outlook()}`;
  }

  /** Takes a part or 416: returns true if it has the rest of the body, false if nothing is missing. */
  async #resume(head: HeadEvent): Promise<boolean> {
    const state = this.#state;
    if (state.is === "file" && isComplete(head, state.size)) return false;
    const rest = "resume" in state && restOf(head, state.resume);
    if (!rest) throw this.#startOver(NOT_THE_REST);
    const known = state.is === "part" ? await this.#openPart(state.resume) : state.transfer;
    this.#skip = rest.skip;
    const transfer = { ...known, total: rest.end, end: rest.end, partEnd: partEndOf(head) };
    this.#state = { is: "receiving", transfer };
    if (head.status !== 416) return true;
    await this.end();
    return false;
  }

  /** Opens the part of an earlier run, and counts its bytes for the digest. */
  async #openPart({ offset, version }: Resume): Promise<Transfer> {
    const target = await this.#open(this.#path, {
      first: this.#request.url,
      last: this.#request.url,
      isRedirect: false,
    }, true);
    // Another download may have changed the part before we locked it.
    if (target.size !== offset) throw this.#startOver("another download has changed them");
    const body = await Body.open(target, this.#options);
    if (this.#options.digest) await target.replay?.((bytes) => body.include(bytes));
    return { body, offset, version };
  }

  async #receiveWhole(head: HeadEvent, request: HttpRequest): Promise<void> {
    const end = this.#continuation.userRange ? undefined : wholeOf(head, this.#there);
    const total = end ?? (head.framing.by === "length" ? head.framing.length : undefined);
    if (total !== undefined && total > this.#options.maxSize) throw tooLarge(this.#options.maxSize);
    this.#giveUp("the server sends the whole body again");
    this.#skip = this.#lost = 0;
    this.#checkRestart();
    await this.#target?.restart();
    const name = nameFor(this.#options, request.url, head.fields.get("content-disposition"));
    const answer = { first: this.#request.url, last: request.url, isRedirect: isRedirect(head.status) };
    const target = this.#target ?? await this.#open(name, answer, false);
    const origin = originOf(this.#request, request, head.fields, this.#options);
    const body = await Body.open(target, this.#options, head.fields, origin);
    const version = await this.#continuation.begin(target, body, head, total);
    this.#state = { is: "receiving", transfer: { body, offset: 0, version, total, end, partEnd: partEndOf(head) } };
  }

  /** Bytes that have been passed on cannot be taken back: then the failure of the last attempt is that of all. */
  #checkRestart(): void {
    if (this.#failure && this.#target?.passesOn && this.size > 0) throw passedOn(this.#failure, this.size);
  }

  /** Gives up the bytes that are there. An open target stays open, and is emptied when the next body begins. */
  #giveUp(reason: Phrased): void {
    const there = this.#there;
    if (there > this.#lost) this.#options.watch.notice(beginningAgain(there, reason));
    this.#lost = there;
    this.body?.abort();
    this.#state = { is: "fresh" };
  }

  #startOver(reason: Phrased): StartOver {
    this.#giveUp(reason);
    return new StartOver();
  }

  /** Opens the target. */
  async #open(path: string, answer: Parameters<typeof reasonToKeep>[1], keep: boolean): Promise<Target> {
    const { stream, signal } = this.#options;
    this.#path = path;
    return this.#target = stream ??
      await openTarget(path, { keep, keepExisting: reasonToKeep(path, answer, this.#options), signal });
  }
}
