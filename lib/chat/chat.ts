/**
 * `chat`: a group chat for anything that sends lines. Each line of a client reaches every other client as `<name> text`.
 * Browsers are members too, by way of a page (`web/`).
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { escapeControls } from "../printable.ts";
import { PEOPLE_QUIET_MS } from "../server/limits.ts";
import { defineMode, type Mode, type ModeSpec, type Peer, type Started } from "../server/mode.ts";
import { hasLineByte } from "../text/lines.ts";
import type { Listener } from "../transport/channel.ts";
import { traitsOf } from "../transport/mod.ts";
import { beginsLikeTls, SPEAKS_TLS } from "../transport/tls/hello.ts";
import { CLOSE_CODES } from "../transport/websocket/write_frame.ts";
import { wait } from "../wait.ts";
import { BATCH_CHARS, LINE_EXTRA_CHARS } from "./broadcast.ts";
import { CHAT_COMMANDS } from "./commands.ts";
import { Doorway } from "./doorway.ts";
import { messageOf as eventMessage, type Note, note } from "./events.ts";
import { type OpenHost, openHost } from "./host.ts";
import { type Line, LineMember, type Member } from "./member.ts";
import { readOperator } from "./operator_input.ts";
import { CHAT_OPTIONS } from "./options.ts";
import { ChatRoom, UNREAD } from "./room.ts";
import { textForAll } from "./text_for_all.ts";
import type { Rate } from "./token_bucket.ts";
import { UnheardWatch } from "./unheard.ts";
import { messageLines } from "./web/message_lines.ts";
import { OLDER_MAX, PageMember } from "./web/page_member.ts";
import { type ClientMessage, type Join, PAGE_PROTOCOL, parseClientMessage } from "./web/protocol.ts";
import { Sessions } from "./web/sessions.ts";

/** Milliseconds that a client which has finished sending has to read what it was sent before. */
const READING_MS = 10_000;

/**
 * Milliseconds after a TLS handshake until a client joins. Many clients check the certificate only after the handshake
 * and may then disconnect: such a client never joins.
 */
const HANDSHAKE_MS = 300;

/** Milliseconds that a page has for its first message. */
const JOIN_MS = 10_000;

/** Close code of a page that is connected once more (RFC 6455 section 7.4.2). */
const REPLACED = 4001;

/** The table entry. */
export const chat: ModeSpec = defineMode({
  name: "chat",
  summary: "a group chat: each line goes to everybody else",
  example: "chat 8888",
  operator: true,
  logsConversation: true,
  asksSenders: true,
  options: CHAT_OPTIONS,
  typed: CHAT_COMMANDS,
  create: async (values, context) => {
    if (!hasLineByte(context.encoding)) {
      const why = `chat finds lines by the byte 0a, which ${context.encoding} uses inside other characters`;
      throw new SockeyeError("usage", why);
    }
    return new Chat(await openHost(values, context), values.rate);
  },
});

/** The chat of one server. */
export class Chat implements Mode {
  readonly quietMs: number = PEOPLE_QUIET_MS;
  /** To open the log anew. */
  readonly needs: NonNullable<Mode["needs"]>;
  readonly #room: ChatRoom;
  readonly #doorway: Doorway;
  readonly #sessions = new Sessions();
  /** What each connection is in the room, before it joins and after it has left, too. */
  readonly #members = new Map<Peer, Member>();
  readonly #unheard = new UnheardWatch((member) => this.#tellUnheard(member));
  #unheardReported = false;
  #stopping = false;

  /** Opens the room; its files and connections are closed with the mode. `rate` limits the messages of each member. */
  constructor(readonly opened: OpenHost, readonly rate?: Rate) {
    this.needs = opened.needs;
    this.#room = new ChatRoom(opened.host);
    this.#doorway = new Doorway(this.#room, opened.host.password);
    if (opened.host.operator.interactive) void readOperator(this.#room, opened.host, () => this.#stopping);
  }

  start(listener: Listener): Promise<Started> {
    return this.opened.start(listener, () => this.#doorway.summary(this.opened.host.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.opened[Symbol.asyncDispose]();
  }

  open(peer: Peer): void | Promise<void> {
    const { rate } = this;
    const { log } = this.#room;
    if (log && peer.subprotocol === PAGE_PROTOCOL) {
      this.#members.set(peer, new PageMember(peer, log, this.#sessions, (page) => this.#replace(page), rate));
      return this.#room.disconnects.start(peer, JOIN_MS, "sent no join within 10 s", CLOSE_CODES.timeout);
    }
    const { encoding, form, messageMax } = this.opened.host;
    const whole = form?.frame?.by === "gap" || peer.messageBoundaries;
    const member = new LineMember(peer, { encoding: peer.encoding ?? encoding, whole, rate, messageMax });
    this.#members.set(peer, member);
    if (traitsOf(peer.transport).secured && !peer.messageBoundaries) return this.#joinLater(member);
    this.#doorway.open(member);
  }

  async #joinLater(member: LineMember): Promise<void> {
    await wait(HANDSHAKE_MS, member.gone).catch(() => {});
    if (!member.gone.aborted && !this.#stopping) this.#doorway.open(member);
  }

  withholds(peer: Peer): boolean {
    const member = this.#members.get(peer);
    return member !== undefined && this.#doorway.isSecret(member);
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const member = this.#members.get(peer);
    if (member instanceof PageMember) {
      await this.#takeMessage(member, parseClientMessage(new TextDecoder().decode(bytes)));
    }
    if (!(member instanceof LineMember) || member.gone.aborted) return;
    const speaksTls = member.first && !peer.messageBoundaries && beginsLikeTls(bytes);
    if (!speaksTls) {
      await this.#take(member, member.read(bytes));
      if (!member.gone.aborted) this.#unheard.look(member, bytes.length);
      return;
    }
    this.#room.leave(member, "left");
    this.#room.disconnects.closeGracefully(peer, SPEAKS_TLS);
  }

  /** A client that has finished sending leaves the room; it gets some time to read what it was sent before. */
  async end(peer: Peer): Promise<void> {
    const member = this.#members.get(peer);
    if (!(member instanceof LineMember) || member.gone.aborted) return;
    this.#unheard.forget(member);
    await this.#take(member, member.rest());
    this.#room.leave(member, "left");
    member.leave();
    if (peer.open) this.#room.disconnects.start(peer, READING_MS, UNREAD);
  }

  close(peer: Peer): void {
    const member = this.#members.get(peer);
    this.#members.delete(peer);
    if (member instanceof LineMember) {
      this.#unheard.forget(member);
      this.#finish(member);
    }
    if (member) this.#doorway.forget(member);
    if (member) this.#room.leave(member, "left");
    if (member instanceof PageMember) member.forget();
    else member?.leave();
    this.#room.disconnects.cancel(peer);
  }

  drain(ms: number): void {
    this.#room.announce(note("stopping", String(Math.ceil(ms / 1000))));
  }

  stop(): void {
    this.#stopping = true;
    for (const member of this.#room.members) if (member instanceof LineMember) this.#finish(member);
    this.#room.close();
  }

  async #takeMessage(page: PageMember, message: ClientMessage | undefined): Promise<void> {
    const { disconnects } = this.#room;
    if (!message || ("join" in message) === page.joined) {
      const wrong = page.joined ? "a second join" : "something else before its join";
      const what = message ? wrong : "what is no join, say or ping in JSON";
      return disconnects.closeGracefully(page.peer, `sent ${what}`, CLOSE_CODES.policy);
    }
    if ("ping" in message) return await page.answer({ kind: "pong" });
    if ("say" in message) return await this.#takeLine(page, message);
    if ("older" in message) {
      const { t, skip } = message.older;
      return await page.answerOlder(this.#room.older(t, skip, OLDER_MAX));
    }
    const refusal = await this.#refusal(page, message.join);
    // The page may ask once more.
    if (refusal) return page.peer.open ? await page.answer({ ...eventMessage(refusal), kind: "refused" }) : undefined;
    if (!page.peer.open) return;
    page.begin(message.join);
    disconnects.cancel(page.peer);
    this.#room.join(page);
  }

  /** Why a page cannot join. One that comes back has given the password before. */
  async #refusal(page: PageMember, { session, password, name, strict }: Join): Promise<Note | undefined> {
    const refusal = this.#sessions.knows(session) ? undefined : await this.#doorway.refusal(page, password);
    const wanted = strict ? name?.trim() : undefined;
    return refusal ?? (wanted ? this.#room.refusal(page, wanted) : undefined);
  }

  /** The page is connected once more. */
  #replace(page: PageMember): void {
    this.#room.leave(page, "left");
    this.#room.disconnects.closeGracefully(page.peer, "is connected once more", REPLACED);
  }

  /** A line of a page. Its acknowledgement says that it was said; a page that gets none sends it again when it is back. */
  async #takeLine(page: PageMember, { say, id }: Extract<ClientMessage, { say: string }>): Promise<void> {
    if (id === undefined || id > page.session.lastAcknowledgedId) {
      if (!await this.#take(page, messageLines(say))) return;
      if (id !== undefined) page.session.lastAcknowledgedId = id;
    }
    if (id !== undefined && page.peer.open) await page.answer({ kind: "ack", id });
  }

  /** Sends lines to all, and obeys commands; false when the member has left before everything was sent. */
  async #take(member: Member, lines: Iterable<Line>): Promise<boolean> {
    let flooding = member.isFlooding(0);
    member.speaking = true;
    let batch: string[] = [];
    let chars = 0;
    const flush = () => {
      if (chars > 0) this.#room.say(member, batch);
      // What the others get counts: a short line costs them the writer's name as well.
      flooding = member.isFlooding(chars);
      batch = [];
      chars = 0;
    };
    for (const line of lines) {
      if (this.#doorway.holds(member)) {
        if (member.gone.aborted) return false;
        await this.#doorway.take(member, line.text);
        continue;
      }
      const pause = member.bucket?.take() ?? 0;
      if (pause > 0 || this.#room.mustWait(flooding)) {
        flush();
        if (pause > 0) await this.#hold(member, pause);
        // All members that wait are woken together, and each of them may fill the room again.
        while (this.#room.mustWait(flooding) && !member.gone.aborted) await this.#room.unblocked(flooding);
      }
      if (pause === 0) member.slowed = false;
      if (member.gone.aborted) return false;
      const text = textForAll(this.#room, member, line, flush);
      // It has quit, or was dropped.
      if (member.gone.aborted) return text === undefined;
      if (text === undefined) continue;
      batch.push(text);
      chars += escapeControls(text).length + (member.name.length + LINE_EXTRA_CHARS) * text.split("\n").length;
      if (chars >= BATCH_CHARS) flush();
    }
    flush();
    member.speaking = false;
    return !this.#stopping;
  }

  /** Sends a last line without an end. It is lost where it would overtake earlier lines or would have to wait. */
  #finish(member: LineMember): void {
    if (this.#doorway.holds(member)) return;
    if (member.gone.aborted || member.speaking || this.#room.mustWait(true) || (member.bucket?.take() ?? 0) > 0) return;
    for (const line of member.rest()) {
      const text = textForAll(this.#room, member, line, () => {});
      if (text !== undefined) this.#room.say(member, [text]);
    }
  }

  /** The operator gets one notice for all such clients. */
  #tellUnheard(member: LineMember): void {
    if (member.gone.aborted) return;
    this.#room.notify(member, note("unheard"));
    if (this.#unheardReported) return;
    this.#unheardReported = true;
    this.opened.host.notice(
      say(
        "no-line-ends",
      )`sends no line ends, so its text reaches no other client: --frame gap:50ms serves such clients`,
      member.peer,
    );
  }

  /** Waits until the member's bucket has a token. */
  async #hold(member: Member, pauseMs: number): Promise<void> {
    if (!member.slowed) this.#room.notify(member, note("slow", String(this.rate?.perSecond)));
    member.slowed = true;
    await wait(pauseMs, member.gone).catch(() => {});
  }
}
