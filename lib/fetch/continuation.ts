/**
 * Whether a later run can continue the bytes of a body, and the notices about that.
 *
 * @module
 */

import { type Version, versionOf } from "../http/range.ts";
import { type HttpRequest, shownUrl } from "../http/request.ts";
import type { HeadEvent } from "../http/response.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import type { Body } from "./body.ts";
import { GOES_ON } from "./earlier_run.ts";
import { LONG_BYTES } from "./limits.ts";
import { asksForRange } from "./origin.ts";
import type { Target } from "./target_contract.ts";

/** What can become of a body that is cut off. */
export class Continuation {
  /** Whether the user asks for a range: the response is saved as it is. */
  readonly userRange: boolean;
  readonly #request: HttpRequest;
  readonly #notice: (message: Phrased) => void;
  /** Why no later run can go on with the bytes in the target, by the head of the answer; undefined if one can. */
  #obstacle: Phrased | undefined;
  /** The body, whose first bytes may have to tell whether it is decoded. */
  #body: Body | undefined;
  /** What the note of the body will say, until it is saved; undefined if there will be none. */
  #unsaved: Version | undefined;
  #warned = false;

  /** `notice` tells the user. */
  constructor(request: HttpRequest, notice: (message: Phrased) => void) {
    this.#request = request;
    this.#notice = notice;
    this.userRange = asksForRange(request);
  }

  /** Whether the bodies of this request equal those of a plain request for its address, so that a part can be requested. */
  get possible(): boolean {
    return this.#request.method === "GET" && !this.userRange;
  }

  /** A body begins: the note of an earlier one is withdrawn, and the user warned if it is long and cannot be continued. */
  async begin(
    target: Target,
    body: Body,
    { fields }: HeadEvent,
    total: number | undefined,
  ): Promise<Version | undefined> {
    const parts = this.possible && fields.get("accept-ranges")?.toLowerCase() !== "none";
    const version = parts ? versionOf(fields, total) : undefined;
    this.#obstacle = this.#obstacleTo(target, parts, version);
    this.#body = body;
    this.#unsaved = version;
    await target.note?.(undefined);
    this.#warn(target, total ?? 0);
    return version;
  }

  /** Called with the bytes up to `position`: saves the note unless they complete the body. A small page gets none. */
  async advance(target: Target, position: number, total: number | undefined): Promise<void> {
    this.#warn(target, position);
    if (total === undefined || position < total) await this.saveNote(target);
  }

  /** Saves the note of the body, if there is to be one and it is not saved yet. */
  async saveNote(target: Target): Promise<void> {
    const version = this.#unsaved;
    this.#unsaved = undefined;
    if (!version || this.#reason !== undefined) return;
    try {
      await target.note?.({ url: shownUrl(this.#request.url), ...version });
    } catch (error) {
      this.#obstacle = say("note-unsaved")`their note could not be saved`;
      throw error;
    }
  }

  #obstacleTo(target: Target, parts: boolean, version: Version | undefined): Phrased | undefined {
    if (this.userRange) return say("asked-range")`-H asked for a range`;
    if (!this.possible) return say("answer-method")`they answer a ${this.#request.method}`;
    if (!parts) return say("no-parts")`the server sends no parts`;
    if (!target.note) return say("takes-read")`that takes --allow-read`;
    return version ? undefined : say("no-version")`the server sent no strong ETag, and no Last-Modified with a length`;
  }

  get #reason(): Phrased | undefined {
    const decoded = this.#body?.verbatim === false
      ? say("decoded")`they are decoded, unlike what the server sends`
      : undefined;
    return this.#obstacle ?? decoded;
  }

  /** No later run can go on with the bytes: `reason` says why. */
  refuse(reason: Phrased): void {
    this.#obstacle = reason;
  }

  /** Says once that a download of so many bytes has to succeed at the first attempt. Streams and devices keep nothing. */
  #warn(target: Target, bytes: number): void {
    if (bytes < LONG_BYTES || this.#warned || this.#reason === undefined || !target.note) return;
    this.#warned = true;
    this.#notice(say("warn-resume")`If this is cut off, --resume has to begin again: ${this.#reason}`);
  }

  /** What the user should know of the bytes in `NAME.part`. */
  outlook(): Phrase {
    return this.#reason === undefined
      ? GOES_ON
      : say("resume-anew")`, but --resume has to begin again: ${this.#reason}`;
  }
}
