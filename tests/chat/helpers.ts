/**
 * What the tests of the chat need: the mode with its operator, and clients that send lines and keep what they have not read yet.
 *
 * @module
 */

import { concat } from "../../lib/bytes.ts";
import { Chat as ChatMode } from "../../lib/chat/chat.ts";
import type { Rate } from "../../lib/chat/token_bucket.ts";
import type { BusEntrance } from "../../lib/chat/contract.ts";
import type { Store } from "../../lib/chat/history.ts";
import { framed } from "../../lib/modes/frame.ts";
import type { Mode, Operator, Peer } from "../../lib/server/mode.ts";
import type { Frame } from "../../lib/text/framing.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";

/** A line that the person at the server was shown, and where it is from. */
export interface Shown {
  readonly text: string;
  readonly from: Peer | "operator" | undefined;
}

/** How a chat is set up. */
export interface ChatSetup {
  /** Whether there is a person at the server. Default false: most tests are about clients. */
  readonly interactive?: boolean;
  /** In its place. */
  readonly operator?: Operator;
  /** Of all clients at first. */
  readonly encoding?: string;
  /** Where a message ends. */
  readonly frame?: Frame;
  /** The option of the mode. */
  readonly rate?: Rate;
  /** The option of the mode. */
  readonly history?: number;
  /** The way to other servers. */
  readonly bus?: BusEntrance;
  /** Where events outlive the server. */
  readonly store?: Store;
  /** Whether pages can join. */
  readonly web?: boolean;
}

/** A client of a chat. */
export class Client {
  /** Its connection. */
  readonly peer: FakePeer;
  /** What it reads and writes. */
  encoding: string;
  readonly #mode: Mode;
  #read = 0;

  /** Connects. */
  constructor(mode: Mode, peer: FakePeer, encoding: string) {
    this.#mode = mode;
    this.peer = peer;
    this.encoding = encoding;
    peer.onKick = () => mode.close?.(peer);
    void mode.open?.(peer);
  }

  /** Sends something, as one chunk; the buffer is used again afterwards, as that of the server is. */
  async says(said: string | Uint8Array): Promise<void> {
    const bytes = typeof said === "string" ? encodeText(said, this.encoding) : said.slice();
    await this.#mode.data(this.peer, bytes);
    bytes.fill(0x58);
  }

  /** Everything it got since the last call. */
  news(): string {
    const news = this.peer.sent.slice(this.#read);
    this.#read = this.peer.sent.length;
    return new TextDecoder(this.encoding, { fatal: true, ignoreBOM: true }).decode(concat(news));
  }

  /** Sends FIN. */
  async ends(): Promise<void> {
    await this.#mode.end?.(this.peer);
    this.#mode.close?.(this.peer);
  }

  /** Its connection breaks. */
  breaks(): void {
    this.peer.open = false;
    this.#mode.close?.(this.peer);
  }
}

/** What each client got since the last call. */
export function newsOf(...clients: Client[]): string[] {
  return clients.map((client) => client.news());
}

/** A chat and what the person at the server sees of it. */
export interface Chat {
  readonly mode: Mode;
  readonly operator: FakeOperator;
  /** Notices to the person at the server alone. */
  readonly notices: string[];
  /** What was said, in the order of the room. */
  readonly shown: Shown[];
  /** The texts of `shown`. */
  texts(): string[];
  /** A client connects. */
  come(id: number): Client;
  /** Clients connect, numbered from 1, and have read their welcome. */
  people<const N extends number>(count: N): Clients<N>;
}

/** A tuple of clients, so that each can be given a name. */
type Clients<N extends number, T extends Client[] = []> = T["length"] extends N ? T : Clients<N, [...T, Client]>;

/** Opens a chat. */
export function makeChat(setup: ChatSetup = {}): Chat {
  const { interactive = false, encoding = "utf-8", frame, rate, history = 0, bus, store, web } = setup;
  const operator = new FakeOperator(interactive);
  const shown: Shown[] = [];
  const show = (text: string, from?: Peer | "operator") => void shown.push({ text, from });
  const host = makeHost({ operator: setup.operator ?? operator, encoding, frame, show, bus, store, web, history });
  const bare = new ChatMode(host, rate);
  const mode = frame ? framed(bare, frame) : bare;
  const come = (id: number) => new Client(mode, new FakePeer(id), encoding);
  const people = <const N extends number>(count: N) => {
    const all = Array.from({ length: count }, (_, at) => come(at + 1));
    for (const one of all) one.news();
    shown.length = 0;
    return all as Clients<N>;
  };
  const texts = () => shown.map(({ text }) => text);
  return { mode, operator, notices: host.notices, shown, texts, come, people };
}
