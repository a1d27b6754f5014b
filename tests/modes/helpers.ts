/**
 * What the tests of the modes need: a peer, an operator and a room that keep what is done with them.
 *
 * @module
 */

import { SockeyeError } from "../../lib/errors.ts";
import type { Peer } from "../../lib/server/mode.ts";
import type { Operator, Room } from "../../lib/server/mode_spec.ts";
import { textOf } from "../support/net.ts";

/** A peer that keeps what it is told. */
export class FakePeer implements Peer {
  readonly id: number;
  readonly address: string;
  transport: Peer["transport"] = "tcp";
  /** What was sent or posted, in order. */
  readonly sent: Uint8Array[] = [];
  /** How each of them came. */
  readonly ways: ("send" | "post")[] = [];
  /** Why it was kicked. */
  readonly kicks: string[] = [];
  /** How often its end was asked for. */
  ends = 0;
  /** Whether its outbox is full. */
  full = false;
  /** What a send waits for. */
  hold: Promise<void> = Promise.resolve();
  /** What happens when it is kicked: the real server calls `close` of the mode there and then. */
  onKick: (() => void) | undefined;
  open = true;

  constructor(id = 1) {
    this.id = id;
    this.address = `10.0.0.${id}:5000`;
  }

  /** What was sent or posted, as UTF-8. */
  get heard(): string[] {
    return this.sent.map(textOf);
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (!this.open) throw new SockeyeError("session", "Cannot send: the talk is over");
    this.#keep("send", bytes);
    await this.hold;
  }

  post(bytes: Uint8Array): boolean {
    if (this.open && !this.full) this.#keep("post", bytes);
    return this.open && !this.full;
  }

  async flush(): Promise<void> {
    await this.hold;
  }

  end(): Promise<void> {
    this.ends++;
    this.open = false;
    return Promise.resolve();
  }

  kick(reason: string): void {
    this.kicks.push(reason);
    this.open = false;
    this.onKick?.();
  }

  #keep(way: "send" | "post", bytes: Uint8Array): void {
    this.sent.push(bytes.slice());
    this.ways.push(way);
  }
}

/** An operator whose lines the test types. */
export class FakeOperator implements Operator {
  readonly interactive: boolean;
  /** What stood before the line, one after the other. */
  readonly prompts: string[] = [];
  readonly #typed: (string | null)[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(interactive = true) {
    this.interactive = interactive;
  }

  /** Types lines. */
  type(...lines: string[]): void {
    this.#typed.push(...lines);
    this.#wake.resolve();
  }

  /** Ends the input. */
  leave(): void {
    this.#typed.push(null);
    this.#wake.resolve();
  }

  async *lines(): AsyncIterable<string> {
    while (true) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      for (let line; (line = this.#typed.shift()) !== undefined;) {
        if (line === null) return;
        yield line;
      }
    }
  }

  prompt(text: string): void {
    this.prompts.push(text);
  }
}

/** A room and what was said to the person in it, `#1 message` when it was about a peer. */
export function makeRoom(given: Partial<Room> = {}): Room & { readonly notices: string[]; readonly shown: string[] } {
  const notices: string[] = [];
  const shown: string[] = [];
  const notice = (message: string, peer?: Peer) => void notices.push(peer ? `#${peer.id} ${message}` : message);
  const show = (text: string) => void shown.push(text);
  const quiet = () => Promise.resolve();
  return { encoding: "utf-8", operator: new FakeOperator(), notice, show, written: quiet, ...given, notices, shown };
}
