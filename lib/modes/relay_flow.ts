/**
 * One relayed connection: the client is a {@linkcode Peer} of the server, the target a channel of our own.
 *
 * @module
 */

import { phraseOf, SockeyeError } from "../errors.ts";
import type { Dir } from "../events.ts";
import { type Phrased, say } from "../phrase.ts";
import type { EndDetails, ModeContext, Peer } from "../server/mode.ts";
import { longestMessage } from "../server/message_limits.ts";
import { type ReadingContext, readToEnd } from "../server/reading.ts";
import type { Address } from "../transport/address.ts";
import { type Channel, resetChannel } from "../transport/channel.ts";
import { endOf, isReset, tooLong } from "../transport/failure.ts";
import { lingerClose } from "../transport/linger.ts";
import { traitsOf } from "../transport/mod.ts";
import { settledWithin, wait } from "../wait.ts";
import { RESET_MS, type Segment } from "./faults/fault.ts";
import { FaultLine } from "./faults/line.ts";
import { type FaultSettings, faultsFor } from "./faults/rules.ts";

/** Milliseconds that a target without ends (UDP) has for its answers, after the client's end. */
const ANSWER_MS = 1_000;

/** What is said of an end that a fault makes, at the message before it. */
const END_MARKS = { fin: "cut here", reset: "reset here", silence: "stalled here" } as const;

/** What both sides of a connection say to each other. */
export class Flow {
  /** Which side ended first, and how. */
  first: Pick<EndDetails, "by" | "how"> | undefined;
  /** Bytes that the client has sent to the target. */
  up = 0;
  /** Bytes that came back. */
  down = 0;
  /** The client. */
  readonly peer: Peer;
  readonly #context: ModeContext;
  readonly #reading: ReadingContext;
  /** Gives up dialling. */
  readonly #stop = new AbortController();
  /** Undefined until the target has been reached. */
  #target: Channel | undefined;
  /** Bytes of the longest message that each side takes, where it has messages. */
  #max = { up: Infinity, down: Infinity };
  /** Settles when the target sends no more, and all that it sent has been passed on. */
  readonly #targetEnded = Promise.withResolvers<void>();
  #ends = { up: false, down: false };
  #closed = false;
  readonly #faults: FaultSettings;
  /** The directions on which faults act. */
  #lines: { up?: FaultLine; down?: FaultLine } = {};

  /** Makes the flow of a client; the read buffers are shared by all. */
  constructor(
    peer: Peer,
    context: ModeContext,
    { reading, faults }: { reading: ReadingContext; faults: FaultSettings },
  ) {
    this.peer = peer;
    this.#context = context;
    this.#reading = reading;
    this.#faults = faults;
  }

  /** Reaches the target; where that fails, the client is reset. Never rejects. */
  async connect(address: Address): Promise<void> {
    try {
      const { hello } = this.peer;
      const target = await this.#context.dial(address, { hello, signal: this.#stop.signal });
      if (this.#closed) return target.close();
      this.#target = target;
      this.#max = { up: longestMessage(target), down: this.peer.messageMax };
      this.addFaults(0);
      void this.#readTarget(target);
    } catch (error) {
      if (this.#closed) return;
      this.note("down", "unreachable");
      const { id, address: peer } = this.peer;
      const kind = error instanceof SockeyeError ? error.kind : "connect";
      void this.#context.report({ event: "error", id, peer, kind, message: phraseOf(error) });
      this.peer.reset(say("target-unreached")`the target was not reached`);
    }
  }

  /** Adds the faults from this index on, after the active ones. */
  addFaults(from: number): void {
    const target = this.#target;
    if (!target || this.#closed) return;
    for (const dir of ["up", "down"] as const) {
      const faults = faultsFor(this.#faults, this.peer.id, dir, from);
      if (faults.length === 0) continue;
      const line = this.#lines[dir];
      if (line) line.add(faults);
      else this.#lines[dir] = new FaultLine(faults, (segment) => this.#deliver(dir, target, segment));
    }
  }

  /** Ends all faults. */
  clearFaults(): void {
    this.#lines.up?.clear();
    this.#lines.down?.clear();
  }

  /** Ends both ends in order. */
  end(reason: Phrased): Promise<void> {
    return this.peer.end(undefined, reason);
  }

  /** Resets both ends. */
  reset(reason: Phrased): void {
    if (this.#closed) return;
    if (this.#target) resetChannel(this.#target);
    this.peer.reset(reason);
  }

  /** Passes on the client's data. */
  passUp(bytes: Uint8Array): void | Promise<void> {
    const target = this.#target;
    if (!target) return;
    if (this.#lines.up) return this.#lines.up.push(bytes, this.peer.messageBoundaries);
    const passed = this.#write(target, bytes);
    this.up += bytes.length;
    this.#show("up", bytes, this.peer.messageBoundaries);
    return passed;
  }

  /** The client has ended its half: so do we with the target, and wait for the target's end. */
  async endUp(): Promise<void> {
    const target = this.#target;
    if (!target) return;
    if (this.#lines.up) await this.#lines.up.end();
    else await this.#endTarget(target);
    const { connectionless } = traitsOf(target.transport);
    if (connectionless) await settledWithin(this.#targetEnded.promise, ANSWER_MS);
    else await this.#targetEnded.promise;
  }

  async #endTarget(target: Channel): Promise<void> {
    await target.closeWrite().catch((error) => this.#targetFailed(error));
  }

  /** A side sends no more. */
  ended(dir: Dir): void {
    this.note(dir, "fin");
    const { id, address: peer } = this.peer;
    void this.#context.report({ event: "half-close", id, peer, dir });
  }

  /** Notes an end; the first one is reported. */
  note(by: Dir, how: NonNullable<EndDetails["how"]>): void {
    this.first ??= { by, how };
    if (how === "fin") this.#ends[by] = true;
  }

  /**
   * The client is gone: so is the target. What was cut off on one side is reset on the other.
   *
   * @returns settles when the target's connection is closed
   */
  async close(cause: unknown): Promise<void> {
    this.#closed = true;
    this.#targetEnded.resolve();
    this.#lines.up?.stop();
    this.#lines.down?.stop();
    if (cause !== undefined) this.note("up", isReset(cause) ? "reset" : "lost");
    const target = this.#target;
    if (!target) return this.#stop.abort(new SockeyeError("session", "The client is gone"));
    if (cause !== undefined) resetChannel(target);
    else if (this.#ends.up && this.#ends.down) target.close();
    else await lingerClose(target);
  }

  async #readTarget(target: Channel): Promise<void> {
    try {
      await readToEnd(target, (bytes) => this.#passDown(target, bytes), this.#reading);
      if (this.#closed) return;
      this.ended("down");
      if (this.#lines.down) await this.#lines.down.end();
      else await this.peer.endHalf();
    } catch (error) {
      await this.#lines.down?.drained();
      this.#targetFailed(error);
    }
    this.#targetEnded.resolve();
  }

  #passDown(target: Channel, bytes: Uint8Array): void | Promise<void> {
    const { receive } = target;
    if (this.#lines.down) return this.#lines.down.push(bytes, receive !== undefined);
    const passed = this.#send(target, bytes);
    this.down += bytes.length;
    this.#show("down", bytes, receive !== undefined);
    return passed;
  }

  #send({ receive }: Channel, bytes: Uint8Array): Promise<void> {
    return receive || bytes.length <= this.#max.down ? this.peer.send(bytes) : this.#sendParts(bytes);
  }

  /** Passes on the data after the faults. */
  async #deliver(dir: Dir, target: Channel, { bytes, whole, lost, end, marks }: Segment): Promise<void> {
    if (bytes) {
      const passed = lost ? undefined : dir === "up" ? this.#write(target, bytes) : this.#send(target, bytes);
      if (!lost) this[dir] += bytes.length;
      this.#show(dir, bytes, whole, end ? [...marks, END_MARKS[end]] : marks);
      await passed?.catch(() => {}); // The client is gone, and its end is told elsewhere.
    }
    if (end === "reset") {
      await wait(RESET_MS);
      this.reset(say("reset-by-fault")`reset by a fault`);
    } else if (end === "fin") await (dir === "up" ? this.#endTarget(target) : this.peer.endHalf());
  }

  /** A stream becomes messages that are not too long. */
  async #sendParts(bytes: Uint8Array): Promise<void> {
    for (const part of partsOf(bytes, this.#max.down)) await this.peer.send(part);
  }

  async #write(target: Channel, bytes: Uint8Array): Promise<void> {
    try {
      if (target.receive) return await this.#writeMessages(target, bytes);
      for (let at = bytes.length > 0 ? await target.write(bytes) : 0; at < bytes.length;) {
        at += await target.write(bytes.subarray(at));
      }
    } catch (error) {
      // Data that the target sent before it broke the connection is read first, then the failure.
      if (this.#ends.down) this.#targetFailed(error);
    }
  }

  async #writeMessages(target: Channel, bytes: Uint8Array): Promise<void> {
    if (bytes.length <= this.#max.up) await target.write(bytes);
    else if (this.peer.messageBoundaries) this.#leftOut(bytes.length);
    else for (const part of partsOf(bytes, this.#max.up)) await target.write(part);
  }

  #leftOut(length: number): void {
    const { id, address: peer } = this.peer;
    const { kind, phrase: message } = tooLong(length, this.#max.up);
    void this.#context.report({ event: "error", id, peer, kind, message });
  }

  /** What cuts the target off cuts the client off, too. */
  #targetFailed(error: unknown): void {
    if (this.#closed) return;
    this.note("down", isReset(error) ? "reset" : "lost");
    this.peer.reset(say("target-end")`the target: ${endOf(error)}`);
  }

  #show(dir: Dir, data: Uint8Array, whole: boolean, faults: readonly string[] = []): void {
    const { id, address: peer } = this.peer;
    const event = dir === "up" ? "send" : "recv";
    void this.#context.traffic?.({
      event,
      id,
      peer,
      dir,
      data,
      ...(whole && { whole }),
      ...(faults.length > 0 && { faults }),
    });
  }
}

function* partsOf(bytes: Uint8Array, max: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += max) yield bytes.subarray(at, at + max);
}
