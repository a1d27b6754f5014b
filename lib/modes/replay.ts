/**
 * Plays the server of a recording: finds a client's message among the recorded ones and repeats the server's reaction
 * to it.
 *
 * @module
 */

import { ByteBuffer, commonLength } from "../bytes.ts";
import { type ByteRange, Matcher, type MatcherOptions } from "../capture/matcher.ts";
import { type Exchange, isMessage, type RecordedStep } from "../capture/recording.ts";
import { messageOf } from "../errors.ts";
import type { Mode, ModeContext, ModeSpec, Peer } from "../server/mode.ts";
import { wait } from "../wait.ts";

/** Milliseconds of silence after which the received data is not a recorded message. */
const UNMATCHED_MS = 200;

/** Likewise, where it is the beginning of one: the rest may be late. */
const BEGUN_MS = 1_000;

/** Bytes of a stream that wait to become a recorded message. */
const HELD_MAX = 16 * 1024 * 1024;

/** What is played, and how. */
export interface ReplayPlan extends Omit<MatcherOptions, "whole"> {
  /** The conversations, each cut into exchanges; at least one. */
  readonly conversations: readonly (readonly Exchange[])[];
  /** Whether messages are matched one by one; else bytes count, however they were cut. */
  readonly whole: boolean;
  /** How much faster than recorded; Infinity for no pauses. */
  readonly speed: number;
  /** Whether a message that was not recorded ends the connection; else the next one in order is answered. */
  readonly closes: boolean;
  /** Bytes as people read them, on one line; of long ones those around an offset. */
  readonly show: (bytes: Uint8Array, at: number) => string;
}

/** A mode that plays a recording. */
export function replayOf(plan: ReplayPlan): ModeSpec {
  return {
    name: "replay",
    summary: "play the server of a recording",
    example: "",
    options: {},
    resets: true,
    create: (_given, context) => new Replay(plan, context),
  };
}

/** A client, from its open to its close. */
interface PeerState {
  /** Where it stands: the next exchange. */
  at: number;
  /** What is no recorded message yet. */
  held: Uint8Array;
  /** Ends the wait for more of it. */
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Settles when the received message is answered: messages are answered one after the other. */
  answered: Promise<void>;
  /** Aborted when the client is gone. */
  readonly gone: AbortController;
}

class Replay implements Mode {
  readonly #plan: ReplayPlan;
  readonly #context: ModeContext;
  readonly #exchanges: readonly Exchange[];
  readonly #matcher: Matcher;
  readonly #peers = new Map<Peer, PeerState>();
  /** Clients so far: each begins with the next conversation. */
  #count = 0;

  constructor(plan: ReplayPlan, context: ModeContext) {
    this.#plan = plan;
    this.#context = context;
    this.#exchanges = plan.conversations.flat();
    this.#matcher = new Matcher(this.#exchanges, plan);
  }

  async open(peer: Peer): Promise<void> {
    const { conversations } = this.#plan;
    const first = conversations[this.#count++ % conversations.length]![0]!;
    const state: PeerState = {
      at: this.#exchanges.indexOf(first) + 1,
      held: new Uint8Array(0),
      timer: undefined,
      answered: Promise.resolve(),
      gone: new AbortController(),
    };
    this.#peers.set(peer, state);
    await this.#play(peer, state, first);
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const state = this.#peers.get(peer);
    if (!state) return;
    clearTimeout(state.timer);
    await this.#then(
      state,
      () => this.#plan.whole ? this.#answerMessage(peer, state, bytes) : this.#take(peer, state, bytes),
    );
  }

  async end(peer: Peer): Promise<void> {
    const state = this.#peers.get(peer);
    if (!state) return;
    clearTimeout(state.timer);
    await this.#then(state, async () => {
      await this.#giveUp(peer, state);
      const { stream } = this.#exchanges[state.at - 1]!;
      const index = this.#exchanges.findIndex(({ kind }, i) => i >= state.at && kind === "end");
      if (this.#exchanges[index]?.stream === stream) await this.#answer(peer, state, index);
    });
  }

  close(peer: Peer): void {
    const state = this.#peers.get(peer);
    if (!state) return;
    this.#peers.delete(peer);
    clearTimeout(state.timer);
    state.gone.abort();
  }

  /** Does something when all before it is done. */
  #then(state: PeerState, act: () => Promise<void>): Promise<void> {
    const done = state.answered.then(act);
    state.answered = done.catch(() => {}); // The caller gets the error; it must not stop the next message.
    return done;
  }

  async #answerMessage(peer: Peer, state: PeerState, bytes: Uint8Array): Promise<void> {
    const match = this.#matcher.find(bytes, state.at);
    if (match) await this.#answer(peer, state, match.index, bytes);
    else await this.#unmatched(peer, state, bytes);
  }

  /** Takes bytes of a stream, which may hold several messages or the beginning of one. */
  async #take(peer: Peer, state: PeerState, bytes: Uint8Array): Promise<void> {
    const buffer = new ByteBuffer();
    buffer.push(state.held);
    buffer.push(bytes);
    state.held = buffer.take();
    for (let match; state.held.length > 0 && (match = this.#matcher.find(state.held, state.at));) {
      const message = state.held.subarray(0, match.length);
      state.held = state.held.subarray(match.length);
      await this.#answer(peer, state, match.index, message);
    }
    if (state.held.length > HELD_MAX) return await this.#giveUp(peer, state);
    if (state.held.length === 0 || state.gone.signal.aborted) return;
    const ms = this.#matcher.mayBecome(state.held) ? BEGUN_MS : UNMATCHED_MS;
    state.timer = setTimeout(() => {
      this.#then(state, () => this.#giveUp(peer, state)).catch((error) => peer.kick(messageOf(error)));
    }, ms);
  }

  /** What was held is no recorded message. */
  async #giveUp(peer: Peer, state: PeerState): Promise<void> {
    const { held } = state;
    state.held = new Uint8Array(0);
    if (held.length > 0) await this.#unmatched(peer, state, held);
  }

  async #unmatched(peer: Peer, state: PeerState, bytes: Uint8Array): Promise<void> {
    const { show, closes } = this.#plan;
    const next = closes ? undefined : this.#matcher.next(state.at);
    const nearest = this.#matcher.nearest(bytes);
    const place = (exchange: Exchange) => `message ${exchange.number} of stream ${exchange.stream}`;
    const does = closes
      ? "the connection ends"
      : next === undefined
      ? "nothing is left to be answered"
      : `answered as ${place(this.#exchanges[next]!)}`;
    const at = nearest ? commonLength(nearest.request, bytes) : 0;
    const like = nearest
      ? `; nearest is ${place(nearest)}, which differs at byte ${at}: ${show(nearest.request, at)}`
      : "";
    this.#context.notice(`said what was not recorded: ${show(bytes, at)}${like}; ${does}`, peer);
    if (closes) await peer.end();
    else if (next !== undefined) await this.#answer(peer, state, next, bytes);
  }

  async #answer(peer: Peer, state: PeerState, index: number, request?: Uint8Array): Promise<void> {
    state.at = index + 1;
    await this.#play(peer, state, this.#exchanges[index]!, request);
  }

  /** Repeats what the server did. */
  async #play(peer: Peer, { gone }: PeerState, { time, answers }: Exchange, request?: Uint8Array): Promise<void> {
    const { speed, copy, whole } = this.#plan;
    let before = time;
    let isFirst = true;
    for (const step of answers) {
      if (speed !== Infinity && !await waited((step.time - before) / speed, gone.signal)) return;
      before = step.time;
      if (!peer.open) return;
      if (!isMessage(step)) await end(peer, step);
      // Without message boundaries nothing tells where a second answer would have them.
      else if (request && copy && (whole || isFirst)) await peer.send(copied(step.bytes, request, copy));
      else await peer.send(step.bytes);
      isFirst = false;
    }
  }
}

/** Ends as recorded. */
async function end(peer: Peer, { how }: Exclude<RecordedStep, { bytes: Uint8Array }>): Promise<void> {
  if (how === "reset") peer.reset("reset, as recorded");
  else await peer.endHalf();
}

/** An answer with bytes of its request at the same place, as far as both have them. */
function copied(answer: Uint8Array, request: Uint8Array, { from, to }: ByteRange): Uint8Array {
  const bytes = answer.slice();
  bytes.set(request.subarray(from, Math.min(to, answer.length)), Math.min(from, answer.length));
  return bytes;
}

/** Waits; false when the client is gone. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, signal);
    return true;
  } catch {
    return false;
  }
}
