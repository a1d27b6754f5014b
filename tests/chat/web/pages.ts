/** Pages without a server: a room, and peers that keep the messages for them. */

import { PAGE_PROTOCOL } from "../../../lib/chat/web/protocol.ts";
import { FakePeer } from "../../support/modes.ts";
import { type Chat, type ChatSetup, Client, makeChat } from "../helpers.ts";
import type { Heard } from "./room.ts";

export class PagePeer extends FakePeer {
  override subprotocol: string | undefined = PAGE_PROTOCOL;
  /** The code that it was ended with. */
  code: number | undefined;
  /** Why it was ended. */
  reason: string | undefined;
  #read = 0;

  override end(code?: number, reason?: string): Promise<void> {
    this.code ??= code ?? 1000;
    this.reason ??= reason;
    return super.end();
  }

  /** The messages since the last call. */
  news(): Heard[] {
    const messages = this.heard.slice(this.#read);
    this.#read = this.sent.length;
    return messages.map((text) => JSON.parse(text));
  }
}

/** A page, and what it sends. */
export interface Page {
  readonly peer: PagePeer;
  sends(message: object | string): Promise<void>;
  breaks(): void;
  /** The messages since the last call. */
  news(): Heard[];
}

/** Opens a chat for pages; each that connects with a message has sent it. */
export function makePages(
  setup: ChatSetup = {},
): Chat & { connect(id: number): Page; enter(id: number, join?: object): Promise<Page> } {
  const chat = makeChat({ web: true, ...setup });
  const connect = (id: number): Page => {
    const peer = new PagePeer(id);
    const client = new Client(chat.mode, peer, "utf-8");
    const sends = (message: object | string) =>
      client.says(typeof message === "string" ? message : JSON.stringify(message));
    return { peer, sends, breaks: () => client.breaks(), news: () => peer.news() };
  };
  const enter = async (id: number, join: object = {}) => {
    const page = connect(id);
    await page.sends({ join });
    return page;
  };
  return { ...chat, connect, enter };
}
