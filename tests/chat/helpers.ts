/** The mode with its operator, and clients that send lines and keep what they have not read yet. */

import { concat } from "../../lib/bytes.ts";
import { Chat as ChatMode } from "../../lib/chat/chat.ts";
import type { Rate } from "../../lib/chat/token_bucket.ts";
import { lineOf } from "../../lib/chat/events.ts";
import type { ChatHost } from "../../lib/chat/host.ts";
import { framed } from "../../lib/modes/frame.ts";
import type { Mode, Operator, Peer } from "../../lib/server/mode.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";

/** A line that the person at the server was shown, and where it is from. */
export interface Shown {
  readonly text: string;
  readonly from: Peer | "operator" | undefined;
}

/** How a chat is set up: the surroundings of its room, and the options of the mode. */
export interface ChatSetup
  extends Partial<Pick<ChatHost, "encoding" | "form" | "bus" | "store" | "web" | "history" | "password">> {
  /** Whether there is a person at the server. Default false: most tests are about clients. */
  readonly interactive?: boolean;
  /** In its place. */
  readonly operator?: Operator;
  readonly rate?: Rate;
}

export class Client {
  #read = 0;

  constructor(private readonly mode: Mode, readonly peer: FakePeer, public encoding: string) {
    peer.onKick = () => mode.close?.(peer);
    void mode.open?.(peer);
  }

  /** Sends something, as one chunk; the buffer is used again afterwards, as that of the server is. */
  async says(said: string | Uint8Array): Promise<void> {
    const bytes = typeof said === "string" ? encodeText(said, this.encoding) : said.slice();
    await this.mode.data(this.peer, bytes);
    bytes.fill(0x58);
  }

  /** Everything it got since the last call. */
  news(): string {
    const news = this.peer.sent.slice(this.#read);
    this.#read = this.peer.sent.length;
    return new TextDecoder(this.encoding, { fatal: true, ignoreBOM: true }).decode(concat(news));
  }

  async ends(): Promise<void> {
    await this.mode.end?.(this.peer);
    this.mode.close?.(this.peer);
  }

  breaks(): void {
    this.peer.open = false;
    this.mode.close?.(this.peer);
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
  texts(): string[];
  come(id: number): Client;
  /** Clients connect, numbered from 1, and have read their welcome. */
  people<const N extends number>(count: N): Tuple<Client, N>;
}

/** So many of a kind, so that each can be given a name. */
export type Tuple<C, N extends number, T extends C[] = []> = T["length"] extends N ? T : Tuple<C, N, [...T, C]>;

export function makeChat({ interactive = false, operator, rate, ...given }: ChatSetup = {}): Chat {
  const { encoding = "utf-8", form } = given;
  const typing = new FakeOperator(interactive);
  const shown: Shown[] = [];
  const show: ChatHost["show"] = (event, from) => void shown.push({ text: lineOf(event), from });
  const host = makeHost({ ...given, operator: operator ?? typing, show });
  const bare = new ChatMode(host, rate);
  const mode = form?.frame ? framed(bare, form.frame) : bare;
  const come = (id: number) => new Client(mode, new FakePeer(id), encoding);
  const people = <const N extends number>(count: N) => {
    const all = Array.from({ length: count }, (_, at) => come(at + 1));
    for (const one of all) one.news();
    shown.length = 0;
    return all as Tuple<Client, N>;
  };
  return {
    mode,
    operator: typing,
    notices: host.notices,
    shown,
    texts: () => shown.map(({ text }) => text),
    come,
    people,
  };
}
