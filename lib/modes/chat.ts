/**
 * `chat`: a group chat for whatever sends lines. Each line of a client reaches every other client as `<name> text`; what it is
 * decided about lines, names, commands and slow readers is in the folder `chat/`.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Mode, Peer } from "../net/mode.ts";
import { asNumber, one } from "../options.ts";
import { escapeControls } from "../printable.ts";
import { hasLineByte } from "../text/lines.ts";
import { wait } from "../wait.ts";
import { asMessageRate } from "./chat/allowance.ts";
import { hearMember, hearOperator } from "./chat/commands.ts";
import type { Heard, Member } from "./chat/member.ts";
import { type ChatLimits, ChatRoom } from "./chat/room.ts";
import { defineMode, type ModeSpec, type Room } from "./spec.ts";

/** The most lines of history: a newcomer is a person. */
const HISTORY_MAX = 10_000;

/** Characters that are said in one go: a client that pours out lines is dealt with in bites of this size. */
const BITE = 32 * 1024;

/** The table entry. */
export const chat: ModeSpec = defineMode({
  name: "chat",
  summary: "a group chat: each line goes to everybody else",
  example: "chat 8888",
  operator: true,
  tells: true,
  options: {
    rate: one("N[:M]", "messages a second from each client, M at once (no limit; M is 3N)", asMessageRate),
    history: one("N", "newcomers get the last N lines (0)", asNumber(0, HISTORY_MAX)),
  },
  create: ({ rate, history = 0 }, room) => {
    if (hasLineByte(room.encoding)) return new Chat(room, { rate, history });
    throw new SockeyeError(
      "usage",
      `chat finds lines by the byte 0a, which ${room.encoding} uses inside other characters`,
    );
  },
});

class Chat implements Mode {
  readonly #room: ChatRoom;
  readonly #limits: ChatLimits;

  constructor(host: Room, limits: ChatLimits) {
    this.#limits = limits;
    this.#room = new ChatRoom(host, limits);
    if (host.operator.interactive) void this.#hearOperator(host);
  }

  open(peer: Peer): void {
    this.#room.join(peer);
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const member = this.#room.of(peer);
    if (!member) return;
    member.speaking = true;
    await this.#hear(member, bytes);
    member.speaking = false;
  }

  async #hear(member: Member, bytes: Uint8Array): Promise<void> {
    const pouring = member.pours(bytes.length);
    let said: string[] = [];
    let size = 0;
    const flush = () => {
      if (size > 0) this.#room.say(member, said);
      said = [];
      size = 0;
    };
    for (const heard of member.read(bytes)) {
      const pause = member.allowance?.take() ?? 0;
      if (pause > 0 || this.#room.full(pouring)) {
        flush();
        await this.#hold(member, pause);
        // All who wait are woken together, and each of them may fill what the others hoped for.
        while (this.#room.full(pouring) && !member.gone.aborted) await this.#room.ready(pouring);
      }
      if (pause === 0) member.warned = false;
      if (member.gone.aborted) return;
      const text = this.#textOf(member, heard, flush);
      if (member.gone.aborted) return;
      if (text === undefined) continue;
      said.push(text);
      size += text.length + 1;
      if (size >= BITE) flush();
    }
    flush();
  }

  end(peer: Peer): void {
    this.close(peer);
  }

  close(peer: Peer): void {
    const member = this.#room.of(peer);
    if (member) {
      this.#finish(member);
      this.#room.leave(member, "left");
    }
    this.#room.gone(peer);
  }

  stop(): void {
    for (const member of this.#room.members) this.#finish(member);
    this.#room.close();
  }

  /** What has no line end is a line too when no more comes, but it must not overtake what is still to be said. */
  #finish(member: Member): void {
    if (member.speaking) return;
    for (const heard of member.rest()) {
      const text = this.#textOf(member, heard, () => {});
      if (text !== undefined) this.#room.say(member, [text]);
    }
  }

  /** What is said to all; a command is obeyed, after what was said before it. The rest of one that is too long is lost. */
  #textOf(member: Member, { text, continued }: Heard, flush: () => void): string | undefined {
    if (continued) return member.commanding ? undefined : text;
    const said = text.startsWith("/") ? this.#obey(member, text, flush) : text;
    member.commanding = said === undefined;
    return said;
  }

  #obey(member: Member, text: string, flush: () => void): string | undefined {
    flush();
    return member.gone.aborted ? undefined : hearMember(this.#room, member, text);
  }

  /** Waits for the member's turn. */
  async #hold(member: Member, pause: number): Promise<void> {
    if (pause === 0) return;
    if (!member.warned) {
      const { perSecond } = this.#limits.rate ?? {};
      this.#room.tell(member, `Slow down: ${perSecond} messages a second are let through`);
    }
    member.warned = true;
    await wait(pause, member.gone).catch(() => {});
  }

  async #hearOperator(host: Room): Promise<void> {
    try {
      for await (const line of host.operator.lines()) {
        const text = hearOperator(this.#room, escapeControls(line));
        if (text !== undefined) this.#room.say(this.#room.operator, [text]);
      }
    } catch (error) {
      host.notice(`The input cannot be read: ${messageOf(error)}`);
    }
  }
}
