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
import type { Link, Stored } from "./link.ts";
import type { Nats } from "./nats.ts";
import { Presence, RemoteMember } from "./presence.ts";
import { Publisher } from "./publisher.ts";
import { decodeMessage, decodePrivate, encode } from "./wire.ts";

/** Milliseconds between two renewals of the lease. */
const RENEW_MS = 1_000;

/** Milliseconds that a new connection may take before the room goes on alone, and the last messages to go out. */
const GRACE_MS = 1_000;

/** The answer to a private line that was delivered. */
const DELIVERED = 1;

/** What there is once a room has joined. */
interface Joined {
  readonly room: LocalRoom;
  readonly presence: Presence;
  readonly publisher: Publisher;
}

/** A room at several servers. */
export class RoomBus implements Bus, AsyncDisposable {
  /** See {@linkcode Bus.tag}. */
  readonly tag: string;
  readonly #end = new AbortController();
  readonly #arrived = Promise.withResolvers<void>();
  #joined: Joined | undefined;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** The connection; undefined between two of them. */
  #link: Link | undefined;
  /** Which stream it is, and its last message that was applied; undefined before the first connection. */
  #created: string | undefined;
  #last = 0;
  #left = false;
  #complained = false;

  /**
   * Prepares; nothing is said before {@linkcode RoomBus.join}.
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
    return this.#inReach ? undefined : note("bus-away");
  }

  /** See {@linkcode Bus.elsewhere}. */
  get elsewhere(): readonly Participant[] {
    return this.#inReach?.people ?? [];
  }

  /** See {@linkcode Bus.find}. */
  find(name: string): Participant | undefined {
    return this.#inReach?.find(name);
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
    const presence = new Presence(this.id, room);
    const publisher = new Publisher(this.id, room);
    this.#joined = { room, presence, publisher };
    if (!this.#link) publisher.goAlone();
    this.#timer = setInterval(() => this.#link && this.#renew(this.#link), RENEW_MS);
    this.#running = this.#run();
  }

  /** Settles when the participants elsewhere are known, or cannot be. */
  async arrived(): Promise<void> {
    if (this.#running) await this.#arrived.promise;
  }

  /** See {@linkcode Bus.send}. */
  send(action: RoomAction): void {
    if (!this.#left) this.#in.publisher.send(action);
  }

  /** See {@linkcode Bus.sendPrivate}. */
  sendPrivate(from: Participant, to: Participant, text: string): boolean {
    if (!(to instanceof RemoteMember)) return false;
    void this.#ask(from, to, text).then((why) => why && this.#in.room.notify(from, note("not-said", to.name, why)));
    return true;
  }

  /** See {@linkcode Bus.full}. */
  full(flooding: boolean): boolean {
    return this.#in.publisher.full(flooding);
  }

  /** See {@linkcode Bus.ready}. */
  ready(): Promise<void> {
    return this.#in.publisher.ready();
  }

  /** See {@linkcode Bus.leave}. */
  leave(): void {
    // A room that could not be opened has never joined.
    if (this.#left || !this.#joined) return;
    this.#left = true;
    clearInterval(this.#timer);
    clearTimeout(this.#grace);
    this.#joined.publisher.leave();
  }

  /** Leaves, and waits some time for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    const [link, publisher] = [this.#link, this.#joined?.publisher];
    if (link && publisher?.isOpen) {
      await settledWithin(publisher.idle().then(() => link.renew(true)), GRACE_MS);
    }
    this.#end.abort();
    await link?.close();
    await this.#running;
  }

  /** What there is after {@linkcode RoomBus.join}. */
  get #in(): Joined {
    if (!this.#joined) throw new Error("No room has joined");
    return this.#joined;
  }

  /** The other servers, unless the room is alone. */
  get #inReach(): Presence | undefined {
    return this.#joined?.publisher.away ? undefined : this.#joined?.presence;
  }

  /** Uses one connection after the other. */
  async #run(): Promise<void> {
    const { publisher } = this.#in;
    if (!this.#link) this.#arrived.resolve();
    while (!this.#end.signal.aborted) {
      const link = this.#link ??= await this.nats.reconnect(this.#end.signal);
      if (!link) return;
      await this.#serve(link).catch((error) => link.close(error));
      await link.close();
      this.#link = undefined;
      publisher.close();
      this.#arrived.resolve();
      if (!this.#left && !publisher.away) this.#grace ??= setTimeout(() => this.#goAlone(), GRACE_MS);
    }
  }

  async #serve(link: Link): Promise<void> {
    const { room, presence } = this.#in;
    presence.begin();
    this.#watch(link).catch((error) => link.close(error));
    const isFirst = this.#created === undefined;
    const isOther = !isFirst && this.#created !== link.created;
    // Another stream, or this one without its end: NATS has lost something.
    const isLost = isOther || (!isFirst && this.#last >= link.start);
    if (isLost) room.announce(note("bus-missed"));
    if (isOther) presence.drop();
    if (isFirst || isLost) this.#last = isOther ? 0 : link.start - 1;
    this.#created = link.created;
    for await (const message of link.consume(this.#last + 1)) {
      while (room.full() && !this.#left) await room.ready();
      this.#receive(link, message);
    }
  }

  /** All that was missed has been applied. */
  #enter(link: Link): void {
    const { room, publisher } = this.#in;
    const wasAway = publisher.away;
    clearTimeout(this.#grace);
    this.#grace = undefined;
    publisher.open(link);
    if (wasAway) room.announce(note("bus-back"));
  }

  #goAlone(): void {
    this.#grace = undefined;
    this.#in.room.announce(note("bus-away"));
    this.#in.publisher.goAlone();
  }

  #receive(link: Link, { seq, id, data }: Stored): void {
    const { room, presence, publisher } = this.#in;
    const isHole = seq > this.#last + 1;
    this.#last = seq;
    if (isHole) room.announce(note("bus-missed"));
    const message = decodeMessage(data);
    if (!message) this.#complain();
    const isOwn = message?.s === this.id;
    if (!isOwn) publisher.settle(seq);
    const refused = message && presence.receive(message);
    if (isOwn) publisher.settle(seq, id, refused);
    const isAsked = message?.events.some((event) =>
      event.k === "ask" ? !isOwn : event.k === "gone" && event.server === this.id
    );
    if (publisher.isOpen) { if ((isHole || isAsked) && !this.#left) publisher.announce(isHole); }
    else if (seq >= link.start) this.#enter(link);
    this.#arrive();
  }

  #arrive(): void {
    const { presence, publisher } = this.#in;
    if (publisher.isOpen && presence.isComplete) this.#arrived.resolve();
  }

  /** Reads when leases are renewed. */
  async #watch(link: Link): Promise<void> {
    for await (const lease of link.leases()) {
      this.#in.presence.renew(lease);
      this.#arrive();
    }
  }

  /** Renews the lease of this server, and announces servers whose lease has ended. */
  #renew(link: Link): void {
    const gone = this.#in.presence.ended.map(({ server, id }) =>
      link.publish("people", id, encode({ s: this.id, late: false, events: [{ k: "gone", server }] }))
    );
    Promise.all([link.renew(), ...gone]).catch((error) => link.close(error));
  }

  /** Why a private line was not delivered; undefined when it was. */
  async #ask(from: Participant, { server, id }: RemoteMember, text: string): Promise<string | undefined> {
    const data = encode({ s: this.id, id, name: from.name, text });
    if (!this.#link) return "the other servers are out of reach";
    const [answer] = await this.#link.ask(server, data).catch(() => []);
    if (answer === undefined) return "their server does not answer";
    return answer === DELIVERED ? undefined : "that member has left";
  }

  /** The number is that of the receiver: by now another participant may have its name. */
  #deliver(data: Uint8Array): boolean {
    const line = decodePrivate(data);
    if (!line) this.#complain();
    const { room, publisher } = this.#joined ?? {};
    const to = line && room?.here.find((participant) => publisher?.idOf(participant) === line.id);
    if (to) room?.deliverPrivate(line.name, to, line.text);
    return to !== undefined;
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
