/**
 * `chat`: a group chat for whatever sends lines. Each line of a client reaches every other client as `<name> text`. The parts
 * are in the folder `chat/`: lines, names, commands, and the pace that keeps slow readers and floods from hurting others.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Need } from "../permissions.ts";
import { escapeControls } from "../printable.ts";
import { defineMode, type Mode, type ModeSpec, type Peer, type Started } from "../server/mode.ts";
import { hasLineByte } from "../text/lines.ts";
import type { Listener } from "../transport/channel.ts";
import { wait } from "../wait.ts";
import { isCommand, obeyMember, obeyOperator } from "./commands.ts";
import { type ChatHost, type OpenHost, openHost } from "./host.ts";
import { BITE, LINE_EXTRA } from "./lines.ts";
import type { Heard, Member } from "./member.ts";
import { CHAT_OPTIONS, STORED_HISTORY } from "./options.ts";
import { type ChatLimits, ChatRoom, UNREAD } from "./room.ts";

/** How a web request begins (RFC 9112 section 3). */
const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/\d/;

/** Milliseconds that a client which has finished sending has to read what it was sent before. */
const READING_MS = 10_000;

/** The table entry. */
export const chat: ModeSpec = defineMode({
  name: "chat",
  summary: "a group chat: each line goes to everybody else",
  example: "chat 8888",
  operator: true,
  logsConversation: true,
  options: CHAT_OPTIONS,
  create: async (values, context) => {
    const { encoding } = context;
    if (!hasLineByte(encoding)) {
      const message = `chat finds lines by the byte 0a, which ${encoding} uses inside other characters`;
      throw new SockeyeError("usage", message);
    }
    const { rate, history, web } = values;
    const opened = await openHost(values, context);
    return new Chat(opened, { rate, history: history ?? (opened.host.store ? STORED_HISTORY : 0) }, web ? ["net"] : []);
  },
});

/** The chat of one server. */
export class Chat implements Mode {
  /** Browsers are served by way of a connection to this machine. */
  readonly needs: readonly Need[];
  readonly #opened: OpenHost;
  readonly #room: ChatRoom;
  readonly #limits: ChatLimits;
  #stopping = false;

  /**
   * Opens the room.
   *
   * @param opened what surrounds it; closed with the mode
   * @param limits what the options ask for
   * @param needs permissions to keep. Default: none
   */
  constructor(opened: OpenHost, limits: ChatLimits, needs: readonly Need[] = []) {
    const { host } = opened;
    this.needs = needs;
    this.#opened = opened;
    this.#limits = limits;
    this.#room = new ChatRoom(host, limits);
    if (host.operator.interactive) void this.#hearOperator(host);
  }

  async start(listener: Listener): Promise<Started> {
    return await this.#opened.start(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }

  open(peer: Peer): void {
    this.#room.join(peer);
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const member = this.#room.of(peer);
    if (member) await this.#take(member, member.read(bytes));
  }

  /** Who has finished sending has left: what is still to be read is given some time. */
  async end(peer: Peer): Promise<void> {
    const member = this.#room.of(peer);
    if (!member) return;
    await this.#take(member, member.rest());
    this.#room.leave(member, "left");
    if (peer.open) this.#room.farewells.allowTime(peer, READING_MS, UNREAD);
  }

  close(peer: Peer): void {
    const member = this.#room.of(peer);
    if (member) {
      this.#finish(member);
      this.#room.leave(member, "left");
    }
    this.#room.farewells.settle(peer);
  }

  stop(): void {
    this.#stopping = true;
    for (const member of this.#room.members) this.#finish(member);
    this.#room.close();
  }

  async #take(member: Member, lines: Iterable<Heard>): Promise<void> {
    let pouring = member.pours(0);
    member.speaking = true;
    let said: string[] = [];
    let size = 0;
    const flush = () => {
      if (size > 0) this.#room.say(member, said);
      // What the others get counts: a short line costs them its writer's name as well.
      pouring = member.pours(size);
      said = [];
      size = 0;
    };
    for (const heard of lines) {
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
      size += member.name.length + text.length + LINE_EXTRA;
      if (size >= BITE) flush();
    }
    flush();
    member.speaking = false;
  }

  /**
   * What has no line end is a line too when no more comes. Here nothing can wait: it must not overtake what is still to be
   * said, nor come when it would have to wait.
   */
  #finish(member: Member): void {
    if (member.speaking || this.#room.full(true) || (member.allowance?.take() ?? 0) > 0) return;
    for (const heard of member.rest()) {
      const text = this.#textOf(member, heard, () => {});
      if (text !== undefined) this.#room.say(member, [text]);
    }
  }

  /** What is said to all; a command is obeyed, after what was said before it. The rest of one that is too long is lost. */
  #textOf(member: Member, { text, continued, hint }: Heard, flush: () => void): string | undefined {
    if (hint !== undefined) this.#room.tell(member, `What you write is valid ${hint}: type /enc ${hint} if it is that`);
    if (continued) return member.commanding ? undefined : text;
    if (member.first && REQUEST_LINE.test(text)) return this.#sendAway(member);
    member.first = false;
    const said = isCommand(text) ? this.#obey(member, text, flush) : text;
    member.commanding = said === undefined;
    return said;
  }

  /** A web page can make a browser send lines to any port: it must not speak in its reader's name. */
  #sendAway(member: Member): undefined {
    this.#room.tell(member, "This is a chat, not a web server");
    this.#room.leave(member, "left: it speaks HTTP");
    this.#room.farewells.dismiss(member.peer, "speaks HTTP");
  }

  #obey(member: Member, text: string, flush: () => void): string | undefined {
    flush();
    return member.gone.aborted ? undefined : obeyMember(this.#room, member, text);
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

  async #hearOperator(host: ChatHost): Promise<void> {
    try {
      for await (const line of host.operator.lines()) {
        const text = obeyOperator(this.#room, escapeControls(line));
        while (this.#room.full(false)) await this.#room.ready(false);
        if (text !== undefined) this.#room.say(this.#room.operator, [text]);
      }
    } catch (error) {
      host.notice(`The input cannot be read: ${messageOf(error)}`);
    }
    // The terminal is given back when the server ends: that is no news.
    if (this.#stopping) return;
    this.#room.operatorLeaves();
    host.notice("Nobody can talk from here any more: the input has ended; Ctrl-C stops the server");
  }
}
