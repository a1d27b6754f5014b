/** A room without a server, members that read lines, and one that asks for a name. */

import { assert } from "@std/assert";
import type { Broadcast } from "../../lib/chat/broadcast.ts";
import type { BusEntrance } from "../../lib/chat/contract.ts";
import { lineOf } from "../../lib/chat/events.ts";
import type { StoredEvent } from "../../lib/chat/history.ts";
import type { ChatHost } from "../../lib/chat/host.ts";
import { LineMember, Member } from "../../lib/chat/member.ts";
import { ChatRoom } from "../../lib/chat/room.ts";
import type { Peer } from "../../lib/server/mode.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";
import type { Tuple } from "./helpers.ts";

/** A member of a room and its connection. */
export interface Guest {
  readonly peer: FakePeer;
  readonly member: LineMember;
  /** The lines since the last call. */
  news(): string[];
}

/** A room, and what the person at the server sees of it: `#1: text` when it is from or about a peer. */
export function makeRoom(options: { history?: number; interactive?: boolean; web?: boolean; bus?: BusEntrance } = {}): {
  room: ChatRoom;
  shown: string[];
  notices: string[];
  come(id: number): Guest;
  /** Members that have read that all are here. */
  people<const N extends number>(count: N): Tuple<Guest, N>;
} {
  const { interactive = false, web, bus, history = 0 } = options;
  const shown: string[] = [];
  const show: ChatHost["show"] = (event, from) =>
    void shown.push(`${typeof from === "object" ? `#${from.id}` : from}: ${lineOf(event)}`);
  const host = makeHost({ operator: new FakeOperator(interactive), show, web, bus, history });
  const room = new ChatRoom(host.host);
  const come = (id: number) => {
    const peer = new FakePeer(id);
    peer.onKick = () => room.disconnects.cancel(peer);
    const member = new LineMember(peer, { encoding: "utf-8", whole: false });
    room.join(member);
    assert(room.members.includes(member));
    return { peer, member, news: () => drain(peer) };
  };
  const people = <const N extends number>(count: N) => {
    const all = Array.from({ length: count }, (_, at) => come(at + 1));
    for (const one of all) one.news();
    shown.length = 0;
    return all as Tuple<Guest, N>;
  };
  return { room, shown, notices: host.notices, come, people };
}

function drain(peer: FakePeer): string[] {
  const text = peer.heard.join("");
  peer.sent.length = 0;
  return text.split("\n").slice(0, -1);
}

/** A member that asks for a name when it joins, and gets its own events, too. */
export class AskingMember extends Member {
  /** What it was sent, with how it came where that makes a difference. */
  readonly lines: string[] = [];

  constructor(peer: Peer, wanted: string) {
    super(peer);
    this.wanted = wanted;
  }

  send({ lines }: Broadcast): boolean {
    this.lines.push(...lines);
    return true;
  }

  override sendOwn({ lines }: Broadcast): boolean {
    this.lines.push(...lines.map((line) => `own: ${line}`));
    return true;
  }

  override sendHistory(events: readonly StoredEvent[], { lines }: Broadcast): boolean {
    this.lines.push(...lines.map((line, at) => `${typeof events[at]?.t}: ${line}`));
    return true;
  }
}
