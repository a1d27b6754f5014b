/**
 * Rooms at several servers, joined by NATS JetStream: the stream of a room, read on one connection after the other, each of
 * which begins where the last one ended.
 *
 * @module
 */

import { settledWithin } from "../../wait.ts";
import type { Bus, LocalRoom, RoomAction } from "../contract.ts";
import { note } from "../events.ts";
import type { StoredEvent } from "../history.ts";
import type { BusAddress } from "./address.ts";
import { type BusOptions, type Link, Nats, type Stored } from "./nats.ts";
import { Presence } from "./presence.ts";
import { RoomBus } from "./room_bus.ts";
import { decodeMessage, encode } from "./wire.ts";

/** Milliseconds between renewals of the lease, for the next connection or the last messages, until a lost server is announced. */
const [RENEW_MS, GRACE_MS, ARRIVAL_MS] = [1_000, 1_000, 8_000];

/** Opens the way to the other servers of a room. If NATS cannot be reached now, it is tried again and again later. */
export async function openBus(address: BusAddress, options: BusOptions): Promise<RoomStream> {
  const nats = new Nats(address, options);
  return new RoomStream(nats, await nats.open());
}

/** The stream of one room. */
export class RoomStream implements AsyncDisposable {
  readonly #end = new AbortController();
  #bus: RoomBus | undefined;
  #running: Promise<void> | undefined;
  #link: Link | undefined;
  /** Which stream it is, and its last message that was applied; undefined before the first connection. */
  #created: string | undefined;
  #last = 0;
  #complained = false;

  /** Nothing is said before {@linkcode RoomStream.join}. `link` is the first connection, if there is one. */
  constructor(readonly nats: Pick<Nats, "answer" | "id" | "options" | "reconnect">, link: Link | undefined) {
    this.#link = link;
  }

  /** The last lines from before {@linkcode RoomStream.join}, as far as NATS gives them. */
  async history(count: number): Promise<StoredEvent[]> {
    let lines: StoredEvent[] = [];
    const { start = 1 } = this.#link ?? {};
    // In the last messages first, then in eight times as many, and so on.
    for (let span = 2_000, from = start; from > 1 && lines.length < count; span *= 8) {
      from = Math.max(1, start - span);
      lines = await this.#linesFrom(from).catch(() => []);
    }
    return count > 0 ? lines.slice(-count) : [];
  }

  /** A room joins, and takes part until it leaves. */
  join(room: LocalRoom): Bus {
    const bus = this.#bus = new RoomBus(this.nats.id, room, this.#link === undefined);
    this.nats.answer = (data) => bus.deliver(data);
    this.#running = this.#run(bus);
    return bus;
  }

  /** Settles when the participants elsewhere are known: before, a name might be given that one of them has. */
  async arrived(): Promise<void> {
    if (this.#bus) await settledWithin(this.#bus.presence.arrived.promise, ARRIVAL_MS);
  }

  /** See {@linkcode Bus.leave}. */
  leave(): void {
    this.#bus?.leave();
  }

  /** Leaves, and waits some time for actions in flight. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    const [link, bus] = [this.#link, this.#bus];
    if (bus?.link) await settledWithin(bus.idle().then(() => link?.renew(true)), GRACE_MS);
    this.#end.abort();
    await link?.close();
    await this.#running;
  }

  /** Names are those under which the lines were shown. */
  async #linesFrom(from: number): Promise<StoredEvent[]> {
    const lines: StoredEvent[] = [];
    let t = 0;
    const apply = (action: RoomAction) => {
      if (!("texts" in action)) return;
      for (const text of action.texts) lines.push({ t, event: { kind: action.kind, name: action.from.name, text } });
    };
    const past = new Presence("", { findAlike: () => undefined, announce: () => {}, apply });
    for await (const { seq, time, data } of this.#link?.consume(from) ?? []) {
      if (seq >= (this.#link?.start ?? 0)) break;
      t = time;
      const message = decodeMessage(data);
      if (message) past.receive(message);
    }
    return lines;
  }

  async #run(bus: RoomBus): Promise<void> {
    const timer = setInterval(() => this.#link && !bus.left && this.#renew(bus, this.#link), RENEW_MS);
    while (!this.#end.signal.aborted) {
      const link = this.#link ??= await this.#reconnect(bus);
      if (!link) break;
      link.watch((lease) => bus.presence.renew(lease)).catch((error) => link.close(error));
      await this.#read(bus, link).catch((error) => link.close(error));
      await link.close();
      this.#link = undefined;
      bus.close();
    }
    clearInterval(timer);
  }

  async #reconnect(bus: RoomBus): Promise<Link | undefined> {
    bus.presence.arrived.resolve();
    const link = this.nats.reconnect(this.#end.signal);
    if (!bus.away && !await settledWithin(link, GRACE_MS) && !bus.left) bus.goAlone();
    return await link;
  }

  async #read(bus: RoomBus, link: Link): Promise<void> {
    const { presence, room } = bus;
    const isOther = this.#created !== undefined && this.#created !== link.created;
    presence.begin();
    if (isOther) presence.drop();
    // Another stream, or this one without its end: NATS has lost something.
    if (isOther || this.#last >= link.start) room.announce(note("bus-missed"));
    if (isOther) this.#last = 0;
    else if (this.#created === undefined || this.#last >= link.start) this.#last = link.start - 1;
    this.#created = link.created;
    for await (const message of link.consume(this.#last + 1)) {
      while (room.full() && !bus.left) await room.ready();
      this.#receive(bus, link, message);
    }
  }

  #receive(bus: RoomBus, link: Link, { seq, subject, id, data }: Stored): void {
    const { presence, room, server } = bus;
    const isHole = seq > this.#last + 1;
    this.#last = seq;
    if (isHole) room.announce(note("bus-missed"));
    const message = decodeMessage(data);
    const isOwn = message?.s === server;
    if (!isOwn) bus.settle(seq);
    const refused = message && presence.receive(message);
    if (isOwn) bus.settle(seq, id, refused);
    // What is gone may be this server, or one whose names are taken here.
    const isAsked = message?.events.some(({ k }) => k === "gone" || (k === "ask" && !isOwn));
    if (!bus.link && seq >= link.start) bus.open(link);
    else if (isHole || isAsked) bus.announce(isHole);
    if (message || this.#complained) return;
    this.#complained = true;
    this.nats.options.notice(`Ignoring a message on ${subject} that this version of sockeye does not understand`);
  }

  #renew({ presence, server: s }: RoomBus, link: Link): void {
    const gone = presence.ended.map(([server, id]) =>
      link.publish("people", id, encode({ s, late: false, events: [{ k: "gone", server }] }))
    );
    Promise.all([link.renew(), ...gone]).catch((error) => link.close(error));
  }
}
