/** What the tests of the modes need: a peer, an operator and a context that keep what is done with them. */

import { SockeyeError } from "../../lib/errors.ts";
import { lineOf } from "../../lib/chat/events.ts";
import type { ChatHost, OpenHost } from "../../lib/chat/host.ts";
import type { Given } from "../../lib/options.ts";
import { AsyncQueue } from "../../lib/queue.ts";
import type { Mode, ModeContext, ModeSpec, Operator, Peer } from "../../lib/server/mode.ts";
import { modeFiles } from "../../lib/server/mode_files.ts";
import { traitsOf } from "../../lib/transport/mod.ts";
import { textOf } from "./net.ts";

/** A peer that keeps what it is told. */
export class FakePeer implements Peer {
  readonly address: string;
  transport: Peer["transport"] = "tcp";
  subprotocol: string | undefined;
  messageMax = Infinity;
  /** What was sent or posted, in order. */
  readonly sent: Uint8Array[] = [];
  /** How each of them came. */
  readonly ways: ("send" | "post")[] = [];
  readonly kicks: string[] = [];
  /** How often its end was asked for. */
  ends = 0;
  stuckSince: number | undefined;
  /** Whether its outbox is full. */
  full = false;
  /** What a send waits for. */
  hold: Promise<void> = Promise.resolve();
  /** What happens when it is kicked: the real server calls `close` of the mode there and then. */
  onKick: (() => void) | undefined;
  open = true;

  constructor(readonly id = 1) {
    this.address = `10.0.0.${id}:5000`;
  }

  get messageBoundaries(): boolean {
    return traitsOf(this.transport).messageBoundaries;
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

  post(messages: Uint8Array | readonly Uint8Array[]): boolean {
    if (!this.open || this.full) return false;
    for (const bytes of messages instanceof Uint8Array ? [messages] : messages) this.#keep("post", bytes);
    return true;
  }

  async flush(): Promise<void> {
    await this.hold;
  }

  end(): Promise<void> {
    this.ends++;
    this.open = false;
    return Promise.resolve();
  }

  endHalf(): Promise<void> {
    return this.end();
  }

  reset(reason: string): void {
    this.kick(reason);
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
  /** What stood before the line, one after the other. */
  readonly prompts: string[] = [];
  readonly #typed = new AsyncQueue<string>();

  constructor(readonly interactive = true) {}

  type(...lines: string[]): void {
    for (const line of lines) this.#typed.push(line);
  }

  leave(): void {
    this.#typed.close();
  }

  lines(): AsyncIterable<string> {
    return this.#typed;
  }

  prompt(text: string): void {
    this.prompts.push(text);
  }
}

/** What a person at the server was told. */
interface Told {
  readonly notices: string[];
  readonly shown: string[];
}

/** A context, and what was reported to the person at the server: `#1 message` when it was about a peer. */
export function makeContext(given: Partial<ModeContext> = {}): ModeContext & Told {
  const notices: string[] = [];
  const shown: string[] = [];
  return {
    encoding: "utf-8",
    operator: new FakeOperator(),
    report: (event) => void (event.event === "say" && shown.push(String(event.text))),
    notice: (message, peer) => void notices.push(peer ? `#${peer.id} ${message}` : String(message)),
    files: modeFiles,
    onReopen: () => () => {},
    dial: () => Promise.reject(new Error("This context connects nowhere")),
    ...given,
    notices,
    shown,
  };
}

/** What surrounds a room: nothing but a person who is shown its lines. */
export function makeHost(given: Partial<ChatHost> = {}): OpenHost & Told {
  const context = makeContext();
  const show: ChatHost["show"] = (event) => void context.shown.push(lineOf(event));
  return {
    host: { ...context, show, history: 0, earlier: given.store?.last(given.history ?? 0) ?? [], ...given },
    needs: [],
    start: () => Promise.resolve({}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    notices: context.notices,
    shown: context.shown,
  };
}

/** The options of a mode as the command line has them. */
export function givenOf(options: Readonly<Record<string, unknown>>): Given[] {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => ({ name, flag: `--${name}`, text: String(value) }));
}

/** Makes a mode that needs no time to be made. */
export function makeMode(spec: ModeSpec, options: Readonly<Record<string, unknown>>, context: ModeContext): Mode {
  const mode = spec.create(givenOf(options), context);
  if (mode instanceof Promise) throw new Error(`${spec.name} is made later`);
  return mode;
}
