/**
 * The bus of one room. What participants here do is published on a stream and applied when the stream brings it back, which is
 * the same order at all servers. When NATS is away for more than a moment the room lives on alone; the next connection reads
 * the stream from where the last one ended.
 *
 * @module
 */

import { settledWithin } from "../../wait.ts";
import { type Note, note, type RoomEvent } from "../events.ts";
import type { Bus, LocalRoom, Participant, RoomAction } from "./contract.ts";
import { Names } from "./names.ts";
import type { Link, Nats, Stored } from "./nats.ts";
import { Presence, RemoteMember } from "./presence.ts";
import { Publisher } from "./publisher.ts";
import { decodeMessage, decodePerson, encode } from "./wire.ts";

/** Milliseconds between two renewals of the lease. */
const RENEW_MS = 1_000;

/** Milliseconds that a new connection may take before the room goes on alone, and the last messages to go out. */
const GRACE_MS = 1_000;

/** The answer to a private line that was delivered. */
const DELIVERED = 1;

/** A room at several servers. */
export class RoomBus implements Bus, AsyncDisposable {
  /** See {@linkcode Bus.tag}. */
  readonly tag: string;
  readonly #end = new AbortController();
  readonly #arrived = Promise.withResolvers<void>();
  #room!: LocalRoom;
  #presence!: Presence;
  #publisher!: Publisher;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** The connection; undefined between two of them. */
  #link: Link | undefined;
  /** Which stream it is, and its last message that was applied; undefined before the first connection. */
  #created: string | undefined;
  #last = 0;
  /** Whether the others know that this server is in reach. */
  #entered = false;
  #left = false;
  #complained = false;

  /**
   * Prepares; nothing is sent before {@linkcode RoomBus.join}.
   *
   * @param link the first one, if there is one
   * @param id of this server, 16 hexadecimal digits
   */
  constructor(
    readonly nats: Pick<Nats, "answer" | "reconnect">,
    link: Link | undefined,
    readonly id: string,
    readonly notice: (message: string) => void,
  ) {
    this.#link = link;
    this.tag = tagOf(id);
    nats.answer = (data) => Uint8Array.of(this.#deliver(data) ? DELIVERED : 0);
  }

  /** See {@linkcode Bus.warning}. */
  get warning(): Note | undefined {
    return this.#publisher.away ? note("bus-away") : undefined;
  }

  /** See {@linkcode Bus.elsewhere}. */
  get elsewhere(): readonly Participant[] {
    return this.#publisher.away ? [] : this.#presence.people;
  }

  /** See {@linkcode Bus.find}. */
  find(name: string): Participant | undefined {
    return this.#publisher.away ? undefined : this.#presence.find(name);
  }

  /** See {@linkcode Bus.findAlike}. */
  findAlike(name: string): Participant | undefined {
    return this.#publisher.away ? undefined : this.#presence.findAlike(name);
  }

  /** The last lines from before {@linkcode RoomBus.join}, with the times at which NATS stored them, since 1970. */
  async history(count: number): Promise<{ t: number; event: RoomEvent }[]> {
    const stored = count > 0 ? await this.#link?.history(count).catch(() => []) ?? [] : [];
    const lines = stored.flatMap(({ time: t, data }) =>
      (decodeMessage(data)?.events ?? []).flatMap((event) =>
        "texts" in event ? event.texts.map((text) => ({ t, event: { kind: event.k, name: event.name, text } })) : []
      )
    );
    return lines.slice(-count);
  }

  /** See {@linkcode Bus.join}. */
  join(room: LocalRoom): void {
    this.#room = room;
    this.#presence = new Presence(this.id, room);
    this.#publisher = new Publisher(this.id, room, new Names(this.id, (server) => this.#presence.isAlive(server)));
    if (!this.#link) this.#publisher.goAlone();
    this.#timer = setInterval(() => this.#link && this.#renew(this.#link), RENEW_MS);
    this.#running = this.#run();
  }

  /** Settles when the participants elsewhere are known, or cannot be. */
  async arrived(): Promise<void> {
    if (this.#running) await this.#arrived.promise;
  }

  /** See {@linkcode Bus.send}. */
  send(action: RoomAction): void {
    if (!this.#left) this.#publisher.send(action);
  }

  /** See {@linkcode Bus.sendPrivate}. */
  sendPrivate(from: Participant, to: Participant, text: string): boolean {
    if (!(to instanceof RemoteMember)) return false;
    void this.#ask(from, to, text).then((why) => why && this.#room.notify(from, note("not-said", to.name, why)));
    return true;
  }

  /** See {@linkcode Bus.full}. */
  full(flooding: boolean): boolean {
    return this.#publisher.full(flooding);
  }

  /** See {@linkcode Bus.ready}. */
  ready(): Promise<void> {
    return this.#publisher.ready();
  }

  /** See {@linkcode Bus.leave}. */
  leave(): void {
    // A room that could not be opened has never joined.
    if (this.#left || !this.#running) return;
    this.#left = true;
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.#publisher.leave();
  }

  /** Leaves, and waits some time for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    if (this.#entered) await settledWithin(this.#publisher.idle(), GRACE_MS);
    if (this.#entered && this.#link) await settledWithin(this.#removeKeys(this.#link, this.id), GRACE_MS);
    this.#end.abort();
    await this.#link?.close();
    await this.#running;
  }

  /** Uses one connection after the other. */
  async #run(): Promise<void> {
    if (!this.#link) this.#arrived.resolve();
    while (!this.#end.signal.aborted) {
      const link = this.#link ??= await this.nats.reconnect(this.#end.signal);
      if (!link) return;
      await this.#serve(link).catch((error) => link.close(error));
      await link.close();
      this.#link = undefined;
      this.#entered = false;
      this.#publisher.close();
      this.#arrived.resolve();
      if (!this.#left && !this.#publisher.away) this.#grace ??= setTimeout(() => this.#goAlone(), GRACE_MS);
    }
  }

  async #serve(link: Link): Promise<void> {
    this.#presence.begin();
    this.#watch(link).catch((error) => link.close(error));
    if (this.#created !== link.created || this.#last > link.last) await this.#begin(link);
    const { pending, messages } = await link.consume(this.#last + 1);
    if (pending === 0 || this.#last >= link.last) await this.#enter(link);
    for await (const message of messages) {
      while (this.#room.full() && !this.#left) await this.#room.ready();
      await this.#receive(link, message);
      if (message.seq >= link.last && !this.#entered) await this.#enter(link);
    }
  }

  /** Takes part in a stream that it does not know. */
  async #begin(link: Link): Promise<void> {
    const isFirst = this.#created === undefined;
    this.#created = link.created;
    this.#last = isFirst ? link.last : 0;
    if (!isFirst) this.#room.announce(note("bus-missed"));
    this.#presence.merge(await link.entries());
  }

  /** Comes back when all that was missed has been applied. */
  async #enter(link: Link): Promise<void> {
    const wasAway = this.#publisher.away;
    clearTimeout(this.#grace);
    this.#grace = undefined;
    await this.#publisher.open(link);
    this.#entered = true;
    if (wasAway) this.#room.announce(note("bus-back"));
    this.#arrived.resolve();
  }

  #goAlone(): void {
    this.#grace = undefined;
    this.#room.announce(note("bus-away"));
    this.#publisher.goAlone();
  }

  async #receive(link: Link, { seq, data }: Stored): Promise<void> {
    const message = decodeMessage(data);
    const isOwn = message?.s === this.id;
    const isHere = !isOwn && message?.events.some(({ k }) => k === "here");
    const isMissing = seq > this.#last + 1;
    const entries = isMissing || isHere ? await link.entries() : [];
    // Nothing breaks from here on: a message is applied once.
    this.#last = seq;
    if (isMissing) this.#room.announce(note("bus-missed"));
    if (isMissing || isHere) this.#presence.merge(entries, isMissing ? undefined : message?.s);
    this.#publisher.settle(seq, isOwn ? message.i : undefined);
    if (!message) return this.#complain();
    if (!isOwn) this.#presence.receive(message);
    for (const event of message.events) if (event.k === "gone") this.#drop(link, event.server, isOwn);
  }

  #drop(link: Link, server: string, isOwn: boolean): void {
    if (server !== this.id) this.#presence.drop(server);
    else if (this.#entered && !this.#left) void link.close(new Error("the others believe that this server is gone"));
    if (isOwn && server !== this.id) this.#removeKeys(link, server).catch(() => {});
  }

  /** Reads when leases are renewed. */
  async #watch(link: Link): Promise<void> {
    for await (const entry of link.leases()) this.#presence.renew(entry);
  }

  /** Renews the lease of this server, and announces servers whose lease has ended. */
  #renew(link: Link): void {
    const gone = this.#presence.ended.map(({ server, id }) =>
      link.publish("people", id, encode({ s: this.id, i: id, late: false, events: [{ k: "gone", server }] }))
    );
    Promise.all([link.renew(), ...gone]).catch((error) => link.close(error));
  }

  /** Removes what a server that is gone has left in the bucket. */
  async #removeKeys(link: Link, server: string): Promise<void> {
    const entries = await link.entries();
    const left = entries.filter(({ key, data }) => key === `server.${server}` || decodePerson(data)?.s === server);
    await Promise.all(left.map(({ revision }) => link.remove(revision)));
  }

  /** Why a private line was not delivered; undefined when it was. */
  async #ask(from: Participant, { server, id }: RemoteMember, text: string): Promise<string | undefined> {
    const data = encode({ s: this.id, id, name: from.name, text });
    if (!this.#link) return "the other servers are out of reach";
    if (data.length > this.#link.limit) return "it is too long";
    const [answer] = await this.#link.ask(server, data).catch(() => []);
    if (answer === undefined) return "their server does not answer";
    return answer === DELIVERED ? undefined : "that member has left";
  }

  /** The number is that of the receiver: by now another participant may have its name. */
  #deliver(data: Uint8Array): boolean {
    const { id, name = "", text } = decodePerson(data) ?? {};
    const to = this.#room.here.find((participant) => this.#publisher.idOf(participant) === id);
    if (text === undefined) this.#complain();
    else if (to) this.#room.deliverPrivate(name, to, text);
    return text !== undefined && to !== undefined;
  }

  #complain(): void {
    if (!this.#complained) this.notice("Something on the bus is no message of this version of sockeye; it is ignored");
    this.#complained = true;
  }
}

/** A letter, so that it is not taken for a part of the number before it, and three digits or letters. */
function tagOf(id: string): string {
  return String.fromCharCode("a".charCodeAt(0) + Number(`0x${id.slice(0, 2)}`) % 26) + id.slice(2, 5);
}
