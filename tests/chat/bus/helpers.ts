/**
 * What the tests of the bus need: a messaging system in memory, whose every step the test takes, and servers on it.
 *
 * @module
 */

import type { Carrier, Ears } from "../../../lib/chat/bus/carrier.ts";
import { RoomBus } from "../../../lib/chat/bus/room_bus.ts";
import { turn } from "../../support/clock.ts";
import { type Chat, type ChatSetup, type Client, makeChat } from "../helpers.ts";

/** Gives every message to all who are there; what one server says in its order. */
export class Hub {
  readonly carriers: FakeCarrier[] = [];
  /** Messages that have not reached the hub. */
  pending: Letter[] = [];

  /** Takes messages and puts them before everybody. */
  take(count = this.pending.length): void {
    for (const letter of this.pending.splice(0, count)) {
      for (const carrier of this.carriers) if (carrier.open) carrier.inbox.push(letter);
    }
  }

  /** Something that no server said. */
  put(bytes: Uint8Array): void {
    this.pending.push({ from: "", bytes });
  }

  /** Goes on until nothing is on its way. */
  async settle(): Promise<void> {
    do {
      this.take();
      for (const carrier of this.carriers) carrier.deliver();
      await turn();
      for (const { settled, open } of this.carriers) if (open) settled.resolve();
      await turn();
    } while (this.pending.length > 0 || this.carriers.some(({ inbox }) => inbox.length > 0));
  }
}

/** A message and who sent it. */
export interface Letter {
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** One server's way to the hub. */
export class FakeCarrier implements Carrier {
  limit = 1024 * 1024;
  open = false;
  /** What has reached the hub and not the server. */
  readonly inbox: Letter[] = [];
  /** Why it was restarted. */
  readonly restarts: string[] = [];
  /** The others have answered. A test that is about something else takes it for granted. */
  settled: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Whether questions get no answer. */
  deaf = false;
  ears!: Ears;
  readonly id: string;
  readonly #hub: Hub;

  constructor(hub: Hub, id: string) {
    this.#hub = hub;
    this.id = id;
    hub.carriers.push(this);
  }

  listen(ears: Ears): void {
    this.ears = ears;
  }

  publish(bytes: Uint8Array): void {
    if (this.open) this.#hub.pending.push({ from: this.id, bytes });
  }

  ask(server: string, bytes: Uint8Array): Promise<Uint8Array> {
    const other = this.#hub.carriers.find(({ id, open }) => id === server && open);
    if (!other || other.deaf) return Promise.reject(new Error("no answer came in time"));
    return Promise.resolve(other.ears.asked(bytes));
  }

  isThere(server: string): Promise<boolean> {
    return Promise.resolve(this.#hub.carriers.some(({ id, open }) => id === server && open));
  }

  restart(why: string): void {
    this.restarts.push(why);
    this.cut();
  }

  /** The way opens. */
  connect(): void {
    this.open = true;
    this.settled = Promise.withResolvers();
    this.ears.up();
  }

  /** The server gets what was put before it. */
  deliver(count = this.inbox.length): void {
    for (const { bytes } of this.inbox.splice(0, count)) this.ears.message(bytes);
  }

  /** The server gets so many messages, of a sender by chance each; those of one come in their order. */
  shuffle(count: number, random: (below: number) => number): void {
    for (let i = 0; i < count && this.inbox.length > 0; i++) {
      const senders = [...new Set(this.inbox.map(({ from }) => from))];
      const sender = senders[random(senders.length)];
      const [letter] = this.inbox.splice(this.inbox.findIndex(({ from }) => from === sender), 1);
      if (letter) this.ears.message(letter.bytes);
    }
  }

  /** The way breaks; what is on it is lost. */
  cut(): void {
    if (!this.open) return;
    this.open = false;
    this.inbox.length = 0;
    this.#hub.pending = this.#hub.pending.filter(({ from }) => from !== this.id);
    this.ears.down();
  }
}

/** A server with a chat. */
export interface Site extends Chat {
  readonly carrier: FakeCarrier;
  readonly bus: RoomBus;
  /** What the bus told the person at the server. */
  readonly busNotices: string[];
  /** A client comes in under a name, and all have heard of it. */
  guest(name: string): Promise<Client>;
}

/** Servers on one hub that all know each other, with ids and tags in the order of the alphabet: `a000`, `b000` …. */
export async function makeSites<const N extends number>(count: N, setup: ChatSetup = {}): Promise<Sites<N>> {
  const hub = new Hub();
  const list = Array.from({ length: count }, (_, at) => makeSite(hub, at, setup));
  for (const { carrier } of list) carrier.connect();
  await hub.settle();
  return {
    hub,
    list: list as List<N>,
    [Symbol.dispose]: () => {
      for (const { bus } of list) bus.leave();
    },
  };
}

/** A hub and its servers; they leave with the scope that holds them. */
export interface Sites<N extends number> extends Disposable {
  readonly hub: Hub;
  readonly list: List<N>;
}

type List<N extends number, T extends Site[] = []> = T["length"] extends N ? T : List<N, [...T, Site]>;

/** A server on a hub, not connected yet. */
export function makeSite(hub: Hub, at: number, setup: ChatSetup = {}): Site {
  const tag = `${String.fromCharCode("a".charCodeAt(0) + at)}000`;
  const carrier = new FakeCarrier(hub, tag.charCodeAt(0).toString(16).padStart(16, "0"));
  const notices: string[] = [];
  const bus = new RoomBus(carrier, {
    id: carrier.id,
    tag,
    settle: () => carrier.settled.promise,
    notice: (message) => void notices.push(message),
  });
  const chat = makeChat({ ...setup, bus });
  let last = 0;
  const guest = async (name: string) => {
    const client = chat.come(++last);
    await client.says(`/nick ${name}\n`);
    await hub.settle();
    return client;
  };
  return { ...chat, carrier, bus, busNotices: notices, guest };
}
