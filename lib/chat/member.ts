/**
 * One person in a chat: a peer with a name, an encoding and a line that is still coming.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import { escapeControls } from "../printable.ts";
import { TextStream } from "../text/decode.ts";
import { EncodingHint } from "../text/hint.ts";
import { LineSplitter, stripEol } from "../text/lines.ts";
import { Allowance, type Rate } from "./token_bucket.ts";
import type { Lines, Script } from "./lines.ts";

const CR = 0x0d;

/** Characters that are taken for a person's typing and pasting, and not for a flood. */
const FREE: Rate = { perSecond: 32 * 1024, burst: 64 * 1024 };

/** Somebody who can be spoken to by name. */
export interface Person {
  /** Stands before what they say. */
  readonly name: string;
  /**
   * Tells them something.
   *
   * @param lines what to show them
   * @returns false when they can take no more
   */
  hear(lines: Lines): boolean;
}

/** A line that somebody wrote. */
export interface Heard {
  /** Safe for a terminal. */
  readonly text: string;
  /** It goes on where a line that was too long had to be cut. */
  readonly continued: boolean;
  /** Another encoding that fits what they write better; told once. */
  readonly hint?: string | undefined;
}

/** How a member begins. */
export interface MemberOptions {
  /** The first name. */
  readonly name: string;
  /** What they read and write, a canonical name. */
  readonly encoding: string;
  /** What comes at once is a message, with a line end or without. */
  readonly whole: boolean;
  /** How often they may speak; without it as often as they like. */
  readonly rate?: Rate | undefined;
  /** Bytes that a message to them holds, where messages keep their borders. Default: any number. */
  readonly messageMax?: number | undefined;
}

/** A client in the room. */
export class Member implements Person {
  /** The connection. */
  readonly peer: Peer;
  /** What they are called now. */
  name: string;
  /** How often they may speak. */
  readonly allowance: Allowance | undefined;
  /** Whether they have written nothing yet. */
  first = true;
  /** Whether what they wrote is being said: it may take its time. */
  speaking = false;
  /** Whether their line that goes on in pieces began as a command: what is not for all must not become so. */
  commanding = false;
  /** Whether they were told that they are too fast, and still are. */
  warned = false;
  readonly #free = new Allowance(FREE);
  readonly #whole: boolean;
  readonly #messageMax: number;
  readonly #splitter = new LineSplitter();
  readonly #leaving = new AbortController();
  #stream: TextStream;
  #hint: EncodingHint;
  #script: Script;
  #cut = false;

  /**
   * Makes a member of a peer.
   *
   * @param peer the connection
   * @param options name, encoding, limits
   */
  constructor(peer: Peer, { name, encoding, whole, rate, messageMax = Infinity }: MemberOptions) {
    this.peer = peer;
    this.name = name;
    this.allowance = rate && new Allowance(rate);
    this.#whole = whole;
    this.#messageMax = messageMax;
    this.#stream = new TextStream(encoding);
    this.#hint = new EncodingHint(encoding);
    this.#script = { encoding, eol: "\n" };
  }

  /** What they read and write, a canonical name. */
  get encoding(): string {
    return this.#script.encoding;
  }

  set encoding(encoding: string) {
    this.#stream = new TextStream(encoding);
    this.#hint = new EncodingHint(encoding);
    this.#script = { ...this.#script, encoding };
  }

  /** Aborted when they have left: nothing they wrote before counts any more. */
  get gone(): AbortSignal {
    return this.#leaving.signal;
  }

  /**
   * Whether they write more than people do.
   *
   * @param length characters that the others get of them now
   */
  pours(length: number): boolean {
    return this.#free.take(length) > 0;
  }

  /** Ends what waits for their turn. */
  leave(): void {
    this.#leaving.abort();
  }

  /** Queues lines for them. */
  hear(lines: Lines): boolean {
    const posted = this.peer.messageBoundaries
      ? lines.apart(this.#script, this.#messageMax).every((line) => this.peer.post(line))
      : this.peer.post(lines.in(this.#script));
    // Who is leaving need not be told, and is not one who fails to read.
    return posted || !this.peer.open;
  }

  /**
   * Takes what they wrote. The lines are decoded as they are asked for, so that a change of encoding counts from the next one.
   *
   * @param bytes the next part of their stream
   * @returns the lines that are complete
   */
  *read(bytes: Uint8Array): Generator<Heard> {
    for (const line of this.#splitter.push(bytes)) yield* this.#decode(line, false);
    if (this.#whole) yield* this.rest();
  }

  /** The line that has no end, when no more comes. */
  *rest(): Generator<Heard> {
    const line = this.#splitter.end();
    if (line) yield* this.#decode(line, true);
  }

  *#decode(line: Uint8Array, last: boolean): Generator<Heard> {
    const body = stripEol(line);
    const ended = body.length < line.length;
    if (ended) this.#adopt(line[body.length] === CR ? "\r\n" : "\n");
    const continued = this.#cut;
    this.#cut = !ended && !last;
    const { text, invalid } = this.#stream.push(body);
    const rest = this.#cut ? { text: "", invalid: 0 } : this.#stream.end();
    const hint = this.#hint.push(body, invalid + rest.invalid);
    // Nothing goes on behind a line that just fits.
    if (text + rest.text === "" && continued) return;
    yield { text: escapeControls(text + rest.text), continued, ...(hint !== undefined && { hint }) };
  }

  /** Their lines end as they end theirs. */
  #adopt(eol: Script["eol"]): void {
    if (eol !== this.#script.eol) this.#script = { ...this.#script, eol };
  }
}
