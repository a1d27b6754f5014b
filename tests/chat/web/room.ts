/** A chat that browsers can join, and pages in it that are made of the platform's WebSockets. */

import { Chat } from "../../../lib/chat/chat.ts";
import type { Rate } from "../../../lib/chat/token_bucket.ts";
import { listenForBrowsers } from "../../../lib/chat/web/entrance.ts";
import { PAGE_PROTOCOL } from "../../../lib/chat/web/protocol.ts";
import type { ServeOptions } from "../../../lib/server/serve.ts";
import { listen } from "../../../lib/transport/mod.ts";
import { Endings } from "../../conformance/endings.ts";
import { FakeOperator, makeHost } from "../../support/modes.ts";
import { portOf, type Recorder, run, type Running } from "../../support/net.ts";
import { within } from "../../support/sockets.ts";

export interface RoomOptions extends ServeOptions {
  /** What the options of the chat ask for. */
  readonly chat?: { readonly history?: number; readonly rate?: Rate };
  /** The encoding of text clients. */
  readonly encoding?: string;
  /** Default: none at a terminal. */
  readonly operator?: FakeOperator;
}

/** Nothing here takes longer on a busy machine. */
const PATIENCE_MS = 60_000;

// deno-lint-ignore no-explicit-any -- the tests look into it
export type Heard = { readonly kind: string; readonly [name: string]: any };

export class TestRoom implements AsyncDisposable {
  readonly recorder: Recorder;

  private constructor(readonly port: number, private readonly running: Running, private readonly endings: Endings) {
    this.recorder = running.recorder;
  }

  static async open({ chat = {}, encoding = "utf-8", operator, ...options }: RoomOptions = {}): Promise<TestRoom> {
    const endings = new Endings();
    const listener = await listen({ transport: "tcp", host: "127.0.0.1", port: 0 });
    const entrance = listenForBrowsers(endings.ofListener(listener, (channel) => endings.ofStream(channel)));
    const { history = 0, rate } = chat;
    const host = makeHost({ encoding, operator: operator ?? new FakeOperator(false), web: true, history });
    return new TestRoom(portOf(entrance), run(entrance, new Chat(host, rate), options), endings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running.stop();
    await this.endings.over();
  }
}

/** One page, without a browser. */
export class TestPage implements AsyncDisposable {
  readonly heard: Heard[] = [];
  /** The close code, once there is one. */
  readonly closed: Promise<number>;
  #seen = 0;
  #changed = Promise.withResolvers<void>();

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => {
      this.heard.push(JSON.parse(data));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    this.closed = new Promise((resolve) => socket.onclose = ({ code }) => resolve(code));
  }

  /** Connects, and sends nothing. */
  static async connect(port: number): Promise<TestPage> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, PAGE_PROTOCOL);
    const page = new TestPage(socket);
    await new Promise((resolve, reject) => (socket.onopen = resolve, socket.onerror = reject));
    return page;
  }

  /** Joins, and is in the room. */
  static async join(port: number, join: object = {}): Promise<TestPage> {
    const page = await TestPage.connect(port);
    page.send({ join });
    await page.hears(({ kind }) => kind === "ready");
    return page;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message that fits; those before it are passed over. */
  async hears(fits: (message: Heard) => boolean): Promise<Heard> {
    while (true) {
      await this.#within(() => this.#seen < this.heard.length, `a message that fits ${fits}`);
      const next = this.heard[this.#seen++];
      if (next && fits(next)) return next;
    }
  }

  /** The first message that fits, whether it was passed over or not. */
  async has(fits: (message: Heard) => boolean): Promise<Heard> {
    await this.#within(() => this.heard.some(fits), `a message that fits ${fits}`);
    return this.heard.find(fits) as Heard;
  }

  async #within(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) {
      const heard = JSON.stringify(this.heard.slice(-20)).slice(0, 2000);
      await within(this.#changed.promise, PATIENCE_MS, `${what} after ${heard}`);
    }
  }

  get last(): number {
    return Math.max(...this.heard.map(({ n = 0 }) => n));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Codes of the notes that greet a newcomer. */
const HELLOS = ["hello-alone", "hello-one", "hello"];

/** The note that greets a newcomer, with its name if one is given. */
export function greets(name?: string): (message: Heard) => boolean {
  return ({ kind, code, args }) => kind === "note" && HELLOS.includes(code) && (name === undefined || args[0] === name);
}

export function notes(code: string): (message: Heard) => boolean {
  return (message) => message.kind === "note" && message.code === code;
}

export function acks(id: number): (message: Heard) => boolean {
  return (message) => message.kind === "ack" && message.id === id;
}

/** A message of a kind, with a text if one is given. */
export function is(kind: string, text?: string): (message: Heard) => boolean {
  return (message) => message.kind === kind && (text === undefined || message.text === text);
}
