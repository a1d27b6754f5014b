/**
 * The bus of one room. What this server says comes back to it among what the others say:
 *
 * - **Order.** A deed happens when it has come back and has its turn, which is the same here and elsewhere: see `order.ts`.
 * - **Names.** A name is claimed by a message and belongs to whose claim has its turn first: that is the same one everywhere.
 *   Names that servers give hold a tag of the server, so that newcomers need not wait for an answer.
 * - **Presence.** A server tells all others who is there when it comes, and they tell it. It beats once a second; who is
 *   silent for five seconds is gone, and so are its people. Messages are numbered: a gap makes everybody tell again.
 * - **Breaks.** When the carrier is away the room lives on alone. What was on its way happens here, and who did it is told
 *   that others may not have seen it: sent again it could come twice, or in another order than elsewhere. When the way is
 *   open again all tell who is there, and which messages did not come: a carrier that dies may have brought something back
 *   here, and not there. Where two have taken one name, the server with the smaller id keeps it.
 * - **Floods.** What is on its way is bounded: whoever writes waits, and who pours out text waits earlier. A server whose
 *   readers are behind says so, and those who pour out text elsewhere wait for it, but not for long.
 *
 * @module
 */

import type { Bus, Deed, Home, Reach } from "../modes/chat/bus.ts";
import { OUT_OF_REACH } from "../modes/chat/home.ts";
import type { Person } from "../modes/chat/member.ts";
import { quote } from "../printable.ts";
import { wait } from "../wait.ts";
import { Answers } from "./answers.ts";
import type { Carrier } from "./carrier.ts";
import { Flow } from "./flow.ts";
import { Gaps } from "./gaps.ts";
import { Presence } from "./presence.ts";
import { Recent } from "./recent.ts";
import { Far, type Server } from "./roster.ts";
import type { Sent } from "./sent.ts";
import { Stream } from "./stream.ts";
import { Whispers } from "./whispers.ts";
import { type Body, decodeMessage, type Entry, type Message } from "./wire.ts";

/** Milliseconds between two beats. */
const BEAT_MS = 1_000;

/** Milliseconds after which what does not come back shows that the way is closed. */
const ECHO_MS = 5_000;

/** Milliseconds in which other servers come back as well after a break: they try every five seconds. */
const RETURN_MS = 10_000;

/**
 * Milliseconds in which the others answer a newcomer. What it says before would come too late where they have gone on without
 * it, and what it hears could be too early.
 */
const SETTLE_MS = 250;

/** Deeds that may wait for that. */
const EARLY_MAX = 100;

/** Milliseconds between two questions who is there. */
const ASK_MS = 1_000;

/** Milliseconds between two notices about strange messages. */
const COMPLAINT_MS = 60_000;

/** What a bus needs to know. */
export interface RoomBusOptions {
  /** Id of this server, 16 hexadecimal digits. */
  readonly id: string;
  /** Stands in the names that this server gives: a letter, three letters or digits. */
  readonly tag: string;
  /** Tells the person at the server something. */
  notice(message: string): void;
  /**
   * Waits for the others' answers when the way is open. Default: a quarter of a second.
   *
   * @param signal ends the wait; its reason is thrown
   */
  settle?(signal: AbortSignal): Promise<void>;
}

/** A room that stretches over several servers. */
export class RoomBus implements Bus {
  /** See {@linkcode Bus.tag}. */
  readonly tag: string;
  readonly #id: string;
  readonly #carrier: Carrier;
  readonly #notice: (message: string) => void;
  readonly #stream: Stream;
  readonly #flow = new Flow();
  readonly #settled: (signal: AbortSignal) => Promise<void>;
  #home!: Home;
  #recent!: Recent;
  #gaps!: Gaps;
  #answers!: Answers;
  #others!: Presence;
  #whispers!: Whispers;
  #up = false;
  #left = false;
  /** Whether those who are here were told that they are alone. */
  #alone = false;
  #holding = false;
  /** Ends the wait for the others' answers; what is done meanwhile. */
  #settling: AbortController | undefined;
  #early: Deed[] = [];
  #beginning: Promise<void> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #beaten = 0;
  #risen = 0;
  #asked = -Infinity;
  #complained = -Infinity;

  /**
   * Prepares; nothing is sent before {@linkcode RoomBus.join}.
   *
   * @param carrier the way to the others
   * @param options who this server is
   */
  constructor(carrier: Carrier, { id, tag, notice, settle }: RoomBusOptions) {
    this.#settled = settle ?? ((signal) => wait(SETTLE_MS, signal));
    this.#carrier = carrier;
    this.#id = id;
    this.tag = tag;
    this.#notice = notice;
    this.#stream = new Stream(id, carrier, {
      servers: () => this.#others.servers,
      full: () => this.#home.full(),
      ready: () => this.#home.ready(),
      settle: (sent, reach) => this.#settle(sent, reach),
      stuck: (server) => void this.#probe(server),
      behind: (server, time) => this.#others.leaveBehind(server, time),
    });
  }

  /** See {@linkcode Bus.up}. */
  get up(): boolean {
    return this.#up;
  }

  /** See {@linkcode Bus.people}. */
  get people(): readonly Person[] {
    return this.#others.people;
  }

  /** See {@linkcode Bus.join}. */
  join(home: Home): void {
    this.#home = home;
    const publish = (body: Body) => void (this.#up && this.#publish(body));
    this.#recent = new Recent(home);
    this.#gaps = new Gaps(publish);
    this.#others = new Presence(this.#id, home, publish);
    this.#answers = new Answers(this.#others, this.#gaps);
    this.#whispers = new Whispers(this.#id, this.#carrier, home, this.#flow);
    this.#beaten = performance.now();
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
    this.#carrier.listen({
      up: () => this.#rise(),
      down: () => this.#fall(),
      message: (bytes) => this.#hear(bytes),
      asked: (bytes) => this.#answer(bytes),
    });
  }

  /** See {@linkcode Bus.find}. */
  find(name: string): Person | undefined {
    return this.#others.find(name);
  }

  /** See {@linkcode Bus.send}. */
  send(deed: Deed): void {
    if (this.#settling) return void this.#early.push(deed);
    const { does, who } = deed;
    const id = this.#others.idOf(who);
    if (does === "say" || does === "act") return this.#say(deed, id);
    if (does === "leave") this.#publish({ k: does, id, how: deed.how }, deed);
    else this.#publish({ k: does, id, name: does === "name" ? deed.name : who.name }, deed);
  }

  /** See {@linkcode Bus.whisper}. */
  whisper(from: Person, to: Person, text: string): boolean {
    if (!(to instanceof Far)) return false;
    void this.#whispers.say(from, to, text);
    return true;
  }

  /** See {@linkcode Bus.full}. */
  full(pouring: boolean): boolean {
    return this.#flow.full(pouring) || this.#early.length > (pouring ? 0 : EARLY_MAX);
  }

  /** See {@linkcode Bus.ready}. */
  ready(): Promise<void> {
    return this.#flow.ready();
  }

  /** Settles when the others have answered, or cannot. */
  async arrived(): Promise<void> {
    await this.#beginning;
  }

  /** See {@linkcode Bus.leave}. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearInterval(this.#beat);
    if (this.#up) this.#publish({ k: "bye" });
    this.#part("all");
  }

  /** Splits what no single message holds. */
  #say(deed: Deed & { does: "say" | "act" }, id: number): void {
    const { does, who, texts } = deed;
    if (this.#publish({ k: does, id, name: who.name, texts }, deed)) return;
    const half = texts.length >> 1;
    if (half === 0) {
      const limit = `the bus takes messages of ${this.#carrier.limit} bytes`;
      return this.#home.refuse(who, `Not said: ${quote(texts[0] ?? "")} is too long; ${limit}`);
    }
    this.#say({ does, who, texts: texts.slice(0, half) }, id);
    this.#say({ does, who, texts: texts.slice(half) }, id);
  }

  /** Sends a message to all; false when it is too long for one. */
  #publish(body: Body, deed?: Deed): boolean {
    const size = this.#stream.publish(body, deed);
    this.#flow.add(size);
    return size > 0;
  }

  #answer(bytes: Uint8Array): Uint8Array {
    const answer = this.#whispers.answer(bytes);
    if (!answer) this.#complain();
    return answer ?? new Uint8Array();
  }

  /** The way is open: what happens here from now on is heard elsewhere, after who is here. */
  #rise(): void {
    if (this.#left || this.#up) return;
    this.#up = true;
    this.#stream.open();
    this.#risen = performance.now();
    this.#alone ||= this.#home.people.length > 0;
    this.#others.tellWho(true);
    this.#gaps.tell();
    this.#beginning = this.#begin(this.#settling = new AbortController());
  }

  /** The others have answered: now their deeds have their turns, and those of people here. */
  async #begin(settling: AbortController): Promise<void> {
    await this.#settled(settling.signal).catch(() => {});
    if (this.#settling !== settling) return;
    this.#settling = undefined;
    this.#stream.begin();
    for (const deed of this.#early.splice(0)) this.send(deed);
    this.#flow.done(0);
  }

  #fall(): void {
    if (this.#left || !this.#up) return;
    this.#part("perhaps");
    this.#alone = true;
    this.#home.announce(OUT_OF_REACH);
  }

  /** Goes on alone. What was on its way happens here. */
  #part(reach: Reach): void {
    this.#up = false;
    this.#holding = false;
    this.#settling?.abort();
    this.#settling = undefined;
    this.#stream.close(reach);
    for (const deed of this.#early.splice(0)) this.#happen(deed, "here");
    this.#others.clear();
    this.#flow.release();
  }

  #tick(): void {
    const now = performance.now();
    // A process that was stopped for a while has not heard yet what came in that time.
    const late = now - this.#beaten > 2 * BEAT_MS;
    this.#beaten = now;
    if (!this.#up) return;
    if (!late && now - this.#stream.since > ECHO_MS) return this.#carrier.restart("nothing comes back");
    if (!late) this.#others.expire();
    this.#stream.release();
    // After a break the others need time to come back too.
    if (now - this.#risen > RETURN_MS) this.#recent.trim();
    this.#answers.pay();
    this.#publish({ k: "beat" });
  }

  #hear(bytes: Uint8Array): void {
    if (!this.#up) return;
    const message = decodeMessage(bytes);
    if (message?.s === this.#id) return this.#stream.comeBack(message.n);
    const noted = message && this.#stream.believes(message) ? this.#others.note(message) : "strange";
    if (!message || noted === "strange") return this.#complain();
    if (!noted) return;
    const { server, lost } = noted;
    if (lost > 0) this.#lose(message, lost);
    // Who asks waits for a sign of each server; the list itself comes in its turn.
    if (message.k === "here" && message.ask) this.#publish({ k: "beat" });
    if (!this.#stream.hear(server, message, bytes.length, () => this.#take(server, message))) {
      this.#lose({ ...message, n: message.n + 1 }, 1);
    }
    if (!server.known && message.k !== "bye") this.#askWho();
  }

  /** So many messages before one are not heard here. */
  #lose({ s, n }: Message, count: number): void {
    this.#gaps.note(s, n - count, n - 1);
    this.#answers.owe("gaps");
  }

  /** A server that was killed keeps all waiting: what it may still have to say does not come. */
  async #probe(server: Server): Promise<void> {
    if (await this.#carrier.isThere(server.id) || !this.#up) return;
    this.#others.drop(server);
    this.#stream.release();
  }

  #settle(sent: Sent, reach: Reach): void {
    const { body, deed, size } = sent;
    this.#flow.done(size);
    if (reach === "all") this.#recent.add(sent);
    if (body.k === "here" && reach === "all" && this.#up) this.#arrive(body.people, body.ask);
    if (deed) this.#happen(deed, reach);
  }

  /** All know who is here. */
  #arrive(people: readonly Entry[], ask: boolean): void {
    this.#others.checkWho(people);
    if (!ask || !this.#alone) return;
    this.#alone = false;
    this.#home.announce("The other servers are in reach");
  }

  #happen(deed: Deed, reach: Reach): void {
    if (deed.does === "name" && this.#others.isTaken(deed.name, deed.who)) {
      this.#home.refuse(deed.who, `Not ${quote(deed.name)}: somebody else has that name`);
    } else this.#home.happen(deed, reach);
  }

  #take(server: Server, message: Message): void {
    const { k } = message;
    if (!this.#others.has(server) && k !== "say" && k !== "act" && k !== "missed") return;
    switch (message.k) {
      case "here":
        this.#others.meet(server, message.people);
        if (!message.ask) return;
        this.#others.tellWho(false);
        return this.#gaps.tell();
      case "missed":
        for (const [id, first, last] of message.gaps) if (id === this.#id) this.#recent.regret(first, last);
        return;
      case "also":
        return this.#others.greet(server, message.people);
      case "ask":
        return this.#answers.owe("who");
      case "bye":
        return this.#others.drop(server);
      case "hold":
        return this.#flow.hold(server.id, message.on);
      case "join":
        return this.#others.greet(server, [[message.id, message.name]]);
      case "leave":
        return this.#others.part(server, message.id, message.how);
      case "name":
        return this.#others.rename(server, message.id, message.name);
      case "say":
      case "act": {
        const who = server.people.get(message.id) ?? new Far(server.id, message.name);
        this.#home.happen({ does: message.k, who, texts: message.texts }, "all");
        this.#mindReaders();
      }
    }
  }

  /** Those who pour out text elsewhere wait while readers here are behind. */
  #mindReaders(): void {
    if (!this.#up || this.#holding || !this.#home.full()) return;
    this.#holding = true;
    this.#publish({ k: "hold", on: true });
    void this.#home.ready().then(() => {
      if (this.#up && this.#holding) this.#publish({ k: "hold", on: false });
      this.#holding = false;
    });
  }

  #askWho(): void {
    const now = performance.now();
    if (now - this.#asked < ASK_MS) return;
    this.#asked = now;
    this.#publish({ k: "ask" });
  }

  #complain(): void {
    const now = performance.now();
    if (now - this.#complained < COMPLAINT_MS) return;
    this.#complained = now;
    this.#notice("Something on the bus is no message of this version of sockeye; it is ignored");
  }
}
