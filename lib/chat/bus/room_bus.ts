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
 *   here, and not there. The break is over when all are back. Where two have taken one name, the server with the smaller id
 *   keeps it.
 * - **Floods.** What is on its way is bounded: whoever writes waits, and who pours out text waits earlier. A server whose
 *   readers are behind says so, and those who pour out text elsewhere wait for it, but not for long.
 *
 * @module
 */

import type { Bus, Deed, Home } from "./contract.ts";
import type { Person } from "../member.ts";
import { wait } from "../../wait.ts";
import { Alone, OUT_OF_REACH } from "./alone.ts";
import type { Carrier } from "./carrier.ts";
import { Deeds } from "./deeds.ts";
import { Flow } from "./flow.ts";
import { Gaps } from "./gaps.ts";
import { Inbox } from "./inbox.ts";
import { Presence } from "./presence.ts";
import { Recent } from "./recent.ts";
import { Far, type Server } from "./roster.ts";
import type { Sent } from "./sent.ts";
import { type Reach, Stream } from "./stream.ts";
import { Whispers } from "./whispers.ts";
import type { Body, Entry } from "./wire.ts";

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
  #alone!: Alone;
  #recent!: Recent;
  #gaps!: Gaps;
  #others!: Presence;
  #deeds!: Deeds;
  #whispers!: Whispers;
  #inbox!: Inbox;
  #up = false;
  #left = false;
  /** Whether all who are on the bus have heard that this server is. */
  #arrived = false;
  /** Ends the wait for the others' answers. */
  #settling: AbortController | undefined;
  #beginning: Promise<void> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #beaten = 0;
  #risen = 0;

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
      servers: () => this.#others.roster.servers,
      full: () => this.#home.full(),
      ready: () => this.#home.ready(),
      settle: (sent, reach) => this.#settle(sent, reach),
      beat: () => this.#deeds.publish({ k: "beat" }),
      stuck: (server) => void this.#probe(server),
      behind: (server, time) => this.#others.leaveBehind(server, time),
    });
  }

  /** See {@linkcode Bus.warning}. */
  get warning(): string | undefined {
    return this.#up && !this.#alone.on ? undefined : OUT_OF_REACH;
  }

  /** See {@linkcode Bus.people}. */
  get people(): readonly Person[] {
    return this.#others.roster.people;
  }

  /** See {@linkcode Bus.join}. */
  join(home: Home): void {
    const [id, stream, flow, notice] = [this.#id, this.#stream, this.#flow, this.#notice];
    const publish = (body: Body) => void (this.#up && this.#deeds.publish(body));
    const others = new Presence(id, home, publish);
    const gaps = new Gaps(publish);
    const recent = new Recent(home);
    const told = () => this.#rejoin();
    this.#inbox = new Inbox({ id, home, stream, others, gaps, recent, flow, told, publish, notice });
    this.#whispers = new Whispers(id, this.#carrier, home, flow, (who) => others.idOf(who));
    const alone = this.#alone = new Alone(home);
    this.#deeds = new Deeds({ home, stream, flow, others, recent, alone });
    [this.#home, this.#others, this.#gaps, this.#recent] = [home, others, gaps, recent];
    this.#beaten = performance.now();
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
    this.#carrier.listen({
      up: () => this.#rise(),
      down: () => this.#fall(),
      message: (bytes) => this.#up && this.#inbox.hear(bytes),
      asked: (bytes) => this.#answer(bytes),
    });
  }

  /** See {@linkcode Bus.find}. */
  find(name: string): Person | undefined {
    return this.#others.roster.find(name);
  }

  /** See {@linkcode Bus.send}. */
  send(deed: Deed): void {
    this.#deeds.take(deed);
  }

  /** See {@linkcode Bus.whisper}. */
  whisper(from: Person, to: Person, text: string): boolean {
    if (!(to instanceof Far)) return false;
    void this.#whispers.say(from, to, text);
    return true;
  }

  /** See {@linkcode Bus.full}. */
  full(pouring: boolean): boolean {
    return this.#flow.full(pouring) || this.#deeds.full(pouring);
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
    // A room that could not be opened has never joined.
    if (this.#left || this.#beat === undefined) return;
    this.#left = true;
    clearInterval(this.#beat);
    if (this.#up) this.#deeds.publish({ k: "bye" });
    this.#part("all");
    this.#stream.flush();
  }

  #answer(bytes: Uint8Array): Uint8Array {
    const answer = this.#whispers.answer(bytes);
    if (!answer) this.#inbox.complain();
    return answer ?? new Uint8Array();
  }

  /** The way is open: what happens here from now on is heard elsewhere, after who is here. */
  #rise(): void {
    if (this.#left || this.#up) return;
    this.#up = true;
    this.#stream.open();
    this.#deeds.open();
    this.#risen = performance.now();
    if (this.#home.people.length > 0) this.#alone.begin(true);
    this.#alone.pause();
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
    this.#deeds.begin();
    this.#flow.done(0);
  }

  #fall(): void {
    if (this.#left || !this.#up) return;
    this.#part("perhaps");
  }

  /** Goes on alone. What was on its way happens here. */
  #part(reach: Reach): void {
    this.#up = this.#arrived = false;
    this.#settling?.abort();
    this.#settling = undefined;
    this.#inbox.close();
    this.#deeds.close();
    this.#stream.close(reach);
    this.#others.roster.clear();
    if (!this.#left) this.#alone.begin();
    this.#deeds.doEarly();
    this.#flow.release();
  }

  #tick(): void {
    const now = performance.now();
    // A process that was stopped for a while has not heard yet what came in that time.
    const late = now - this.#beaten > 2 * BEAT_MS;
    this.#beaten = now;
    if (!this.#up) return;
    if (!late && now - this.#stream.since > ECHO_MS) return this.#carrier.restart("nothing comes back");
    if (!late) this.#others.expire(this.#stream.echoed);
    this.#stream.release();
    if (now - this.#risen > RETURN_MS) this.#recent.trim();
    this.#rejoin();
    this.#others.pay();
    this.#gaps.pay();
    this.#deeds.publish({ k: "beat" });
  }

  /** A server that was killed keeps all waiting: what it may still have to say does not come. */
  async #probe(server: Server): Promise<void> {
    if (await this.#carrier.isThere(server.id) || !this.#up) return;
    this.#others.drop(server);
    this.#stream.release();
  }

  #settle(sent: Sent, reach: Reach): void {
    const { body } = sent;
    if (body.k === "here" && reach === "all" && this.#up) this.#arrive(body.people, body.ask);
    this.#deeds.settle(sent, reach);
  }

  /** All know who is here. */
  #arrive(people: readonly Entry[], ask: boolean): void {
    this.#others.checkWho(people);
    this.#arrived ||= ask;
    this.#rejoin();
  }

  /** The break is over when all are back, or have had time for it. */
  #rejoin(): void {
    const isLate = performance.now() - this.#risen > RETURN_MS;
    if (!this.#arrived || (this.#others.roster.incomplete && !isLate)) return;
    this.#others.complete();
    this.#alone.end();
  }
}
