/**
 * A page as a client of the chat: what it wishes becomes lines, and the room's lines become messages.
 *
 * The room knows a page as one more client that reads lines. What all are told comes here twice: to the record, with its
 * number, as it is said; and to this client among the lines for it alone, when it is its turn. The second is what is sent, so
 * that a page is as far as every other client and waits as they do; the first gives it its number. The room sends nobody what
 * they said themselves: that is taken from the record, at its place.
 *
 * @module
 */

import type { Channel } from "../../transport/channel.ts";
import type { WebSocketLink } from "./web_socket.ts";
import type { WebPeer } from "./ws.ts";
import { parseLine } from "./lines.ts";
import { type Join, parseWish, type Wish } from "./protocol.ts";
import type { Entry, Record, Witness } from "./record.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Close codes: RFC 6455 section 7.4.1, and one of ours. */
const CODES = { done: 1000, notUnderstood: 1008, restart: 1012, elsewhere: 4001 } as const;

/** Messages that may wait for a page besides those that its outbox holds: answers to its own. */
const ANSWERS_MAX = 1000;

/** What all are told that the page says. */
const SPOKEN: ReadonlySet<string> = new Set(["say", "act"]);

/** What is never said to one alone. */
const FOR_ALL: ReadonlySet<string> = new Set(["say", "act", "join", "leave", "rename"]);

/** What is said of a page that did not read: it may come back. */
const DROPPED = / was dropped: /;

/** The command that makes no sense here: it would change what the room writes, and not what a page reads. */
const ENCODING = /^[/／]enc(\s|$)/i;

/** One page. */
export class PageChannel implements Channel, Witness {
  /** How bytes travel. */
  readonly transport: "ws" | "wss";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  /** WebSockets have one encoding (RFC 6455 section 5.6). */
  readonly encoding = "utf-8";
  readonly #link: WebSocketLink;
  readonly #record: Record;
  readonly #sessions: Sessions;
  readonly #decoder = new TextDecoder();
  /** What all were told and this page still has to be sent. */
  readonly #due: { readonly entry: Entry; readonly own: boolean }[] = [];
  readonly #gone = Promise.withResolvers<void>();
  readonly #leave = () => this.#leaveTo();
  #session: Session = { taken: 0, leave: undefined };
  #join: Join = {};
  #inRoom = false;
  /** What the room has for the page before all are told that it is here: with a bus that takes a moment. */
  #early: string[] = [];
  /** Notes for all in that time: a page that comes back gets them with what it missed. */
  readonly #missed = new Set<string>();
  #closed = false;
  #inbox: Uint8Array = new Uint8Array();
  #line = "";
  #said: number | undefined;
  /** Whether all have been told what the page said last. */
  #told = false;
  /** From now on nobody listens to the page. */
  #ending = false;
  /** All were told that the page has left or was sent away. */
  #parted = false;
  #out: string[] = [];
  #sending: Promise<void> | undefined;
  #code: number = CODES.done;

  /**
   * Takes over a link.
   *
   * @param link this object owns it from now on
   * @param who who is at the other end
   * @param record what the room says
   * @param sessions pages that were here
   */
  constructor(link: WebSocketLink, { transport, host, peer }: WebPeer, record: Record, sessions: Sessions) {
    this.#link = link;
    this.transport = transport;
    this.host = host;
    this.peer = peer;
    this.#record = record;
    this.#sessions = sessions;
  }

  /** The name that the page asks for. */
  get name(): string | undefined {
    return this.#join.name?.trim() || undefined;
  }

  /** Waits for the page to join. */
  async handshake(): Promise<boolean> {
    const wish = await this.#wish();
    if (!wish || !("join" in wish)) {
      if (wish) this.#link.end(CODES.notUnderstood, "join first");
      return false;
    }
    this.#join = wish.join;
    this.#session = await this.#sessions.enter(wish.join.session, this.#leave);
    if (this.#closed) {
      this.#sessions.exit(this.#session, this.#leave);
      return false;
    }
    this.#record.attach(this);
    return true;
  }

  /** Reads the next line that the page says. By then the room is done with the one before. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#inbox.length === 0) {
      this.#acknowledge();
      if (this.#out.length > ANSWERS_MAX) await this.#flush();
      const wish = await this.#wish();
      if (!wish) return null;
      if ("ping" in wish) this.#push({ kind: "pong" });
      if ("say" in wish && !this.#ending) this.#hearPage(wish.say, wish.id);
    }
    const part = this.#inbox.subarray(0, buffer.length);
    buffer.set(part);
    this.#inbox = this.#inbox.subarray(part.length);
    return part.length;
  }

  /** Sends the lines that the room has for this page. */
  async write(bytes: Uint8Array): Promise<number> {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#inRoom ? this.#hearRoom(line) : this.#early.push(line);
    await this.#flush();
    return bytes.length;
  }

  /** Says goodbye. A page has no half that it could go on with. */
  async closeWrite(): Promise<void> {
    this.#ending = true;
    this.#hearEarly();
    this.#acknowledge();
    await this.#flush();
    await this.#link.drained();
    this.#link.end(this.#code);
  }

  /** Ends it. */
  close(): void {
    this.#takeBack();
    this.#record.detach(this);
    this.#closed = true;
    this.#sessions.exit(this.#session, this.#leave);
    // A page that hears 1000 does not come back: that is for those with whom the room is done.
    if (this.#ending || this.#parted) this.#link.end(this.#code);
    this.#link.abort();
    this.#gone.resolve();
  }

  /** Something is told to all. */
  hear(entry: Entry, own: boolean): void {
    if (entry.said.kind === "stop") {
      this.#ending = true;
      this.#code = CODES.restart;
    }
    if (!this.#inRoom && own) return this.#welcome(entry);
    if (!this.#inRoom) return void (entry.said.kind === "note" && this.#missed.add(entry.line));
    if (own && entry.said.kind === "leave" && !DROPPED.test(entry.said.text)) this.#parted = true;
    if (own && SPOKEN.has(entry.said.kind)) this.#told = true;
    this.#due.push({ entry, own });
    this.#sendOwn();
  }

  /** The same page is here once more: this is the connection that it gave up. */
  async #leaveTo(): Promise<void> {
    this.#link.end(CODES.elsewhere, "the page is connected once more");
    this.#link.abort();
    await this.#gone.promise;
  }

  async #wish(): Promise<Wish | undefined> {
    const message = await this.#link.receive();
    const wish = message === null ? undefined : parseWish(message);
    if (message !== null && !wish) this.#link.end(CODES.notUnderstood, "not understood");
    return wish;
  }

  /** What was said again because its arrival was not heard of has been said already. */
  #hearPage(text: string, id: number | undefined): void {
    if (id !== undefined && id <= this.#session.taken) return this.#push({ kind: "ack", id });
    this.#said = id;
    this.#told = false;
    if (id !== undefined) this.#session.taken = id;
    if (ENCODING.test(text)) this.#push({ kind: "note", text: "Pages read and write utf-8" });
    else this.#inbox = lineOf(text);
  }

  /** What was still waiting to be said goes with the connection: the page will say it again. */
  #takeBack(): void {
    const id = this.#said;
    if (id !== undefined && !this.#told && this.#session.taken === id) this.#session.taken = id - 1;
  }

  /** The room is done with what the page said last; if it did not listen any more, the page will say it again. */
  #acknowledge(): void {
    const id = this.#said;
    this.#said = undefined;
    if (id === undefined) return;
    if (this.#ending && !this.#told) this.#session.taken = id - 1;
    else this.#push({ kind: "ack", id });
  }

  /** The room has let the page in: this is the first that all are told of it. */
  #welcome({ n }: Entry): void {
    this.#inRoom = true;
    const { run, last } = this.#join;
    const back = last !== undefined;
    const here = run === this.#record.run;
    const { entries, gap: lost } = this.#record.after(Math.min(!back ? n : here ? last : 0, n));
    // What was said elsewhere between two runs has not come here.
    const gap = lost || (back && !here && this.#record.shared);
    const missed = entries.filter((entry) => entry.n < n);
    this.#push({ kind: "welcome", run: this.#record.run, back, gap, here: this.#record.names });
    for (const entry of missed) this.#pushEntry(entry, false);
    this.#push({ kind: "ready", n });
    this.#hearEarly();
  }

  #hearEarly(): void {
    for (const line of this.#early.splice(0)) this.#hearRoom(line);
  }

  #hearRoom(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const [next] = this.#due;
    if (next?.entry.line === line) {
      this.#due.shift();
      this.#pushEntry(next.entry, false);
      return this.#sendOwn();
    }
    const said = parseLine(line);
    // What the room gives to newcomers is no news to a page that comes back, nor what all were told before it was welcome.
    if (this.#join.last !== undefined && (FOR_ALL.has(said.kind) || this.#missed.delete(line))) return;
    const old = said.kind === "say" || said.kind === "act";
    if (said.kind === "removed") this.#code = CODES.done;
    this.#push({ ...said, ...(old && { old }) });
  }

  /** What is by or about this page stands next: nobody else sends it. */
  #sendOwn(): void {
    for (let next; (next = this.#due[0])?.own; this.#due.shift()) this.#pushEntry(next.entry, true);
  }

  #pushEntry({ n, t, said, message }: Entry, own: boolean): void {
    this.#push(own ? { n, t, ...said, own } : message);
  }

  #push(message: object | string): void {
    this.#out.push(typeof message === "string" ? message : JSON.stringify(message));
    void this.#flush().catch(() => {}); // Who reads or writes next is told.
  }

  /** Sends what waits, one after the other, however many ask for it; what is being sent counts. */
  async #flush(): Promise<void> {
    while (this.#sending || this.#out.length > 0) await (this.#sending ??= this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    const messages = this.#out;
    this.#out = [];
    try {
      for (const message of messages) await this.#link.send(message);
    } finally {
      this.#sending = undefined;
    }
  }
}

/** A line of its own: what would end it or be taken for something else is shown by its number. */
function lineOf(text: string): Uint8Array {
  const line = text.toWellFormed().replace(/[\r\n]+/g, " ");
  return new TextEncoder().encode(`${line}\n`);
}
