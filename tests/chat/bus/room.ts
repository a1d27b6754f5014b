/**
 * A room for the tests of the bus: it writes down what happens, and its members say what they are told to.
 *
 * @module
 */

import type { Broadcast } from "../../../lib/chat/broadcast.ts";
import type { Bus, BusEntrance, LocalRoom, Participant, RoomAction } from "../../../lib/chat/contract.ts";
import { lineOf, type Note, type RoomEvent } from "../../../lib/chat/events.ts";
import { lookOf } from "../../../lib/chat/look_alikes.ts";
import { foldName } from "../../../lib/chat/names.ts";

/** Somebody at this server. */
export class TestMember implements Participant {
  /** What it alone was told. */
  readonly told: string[] = [];

  constructor(public name: string) {}

  send(_lines: Broadcast): boolean {
    return true;
  }
}

/** A room without connections. */
export class TestRoom implements LocalRoom {
  readonly here: TestMember[] = [];
  /** All that happened, as lines. */
  readonly log: string[] = [];
  readonly bus: Bus;
  /** Readers are behind until it is resolved. */
  slow: PromiseWithResolvers<void> | undefined;
  #given = 0;

  constructor(bus: BusEntrance) {
    this.bus = bus.join(this);
  }

  /** What was said, without notes and notices. */
  get said(): string[] {
    return this.log.filter((line) => !line.startsWith("*** "));
  }

  join(name: string): TestMember {
    const member = new TestMember(name);
    this.here.push(member);
    this.bus.send({ kind: "join", from: member });
    return member;
  }

  leave(from: TestMember, text?: string): void {
    this.here.splice(this.here.indexOf(from), 1);
    this.bus.send({ kind: "leave", from, how: "left", ...(text !== undefined && { text }) });
  }

  say(from: TestMember, ...texts: string[]): void {
    this.bus.send({ kind: "say", from, texts });
  }

  rename(from: TestMember, to: string): void {
    if ((this.find(to) ?? from) !== from) return;
    this.bus.send({ kind: "rename", from, to });
  }

  find(name: string): Participant | undefined {
    return this.here.find((one) => foldName(one.name) === foldName(name));
  }

  findAlike(name: string): Participant | undefined {
    return this.here.find((one) => lookOf(one.name) === lookOf(name));
  }

  apply(action: RoomAction): void {
    const { name } = action.from;
    if ("texts" in action) {
      for (const text of action.texts) this.#happens({ kind: action.kind, name, text });
    } else if (action.kind === "join") this.#happens({ kind: "join", name });
    else if (action.kind === "leave") {
      this.#happens({ kind: "leave", name, how: action.how, ...(action.text !== undefined && { words: action.text }) });
    } else {
      this.#happens({ kind: "rename", name, to: action.to });
      if (action.from instanceof TestMember) {
        action.from.name = action.to;
        action.from.told.push(`You are ${action.to} now`);
      }
    }
  }

  notify(to: Participant, note: Note): void {
    (to as TestMember).told.push(lineOf(note).slice(4));
  }

  announce(note: Note): void {
    this.#happens(note);
  }

  yieldName(who: Participant): void {
    this.bus.send({ kind: "rename", from: who, to: `spare${++this.#given}-${this.bus.tag}`, yielded: true });
  }

  deliverPrivate(from: string, to: Participant, text: string): void {
    (to as TestMember).told.push(`[${from}] ${text}`);
  }

  full(): boolean {
    return this.slow !== undefined;
  }

  async ready(): Promise<void> {
    await this.slow?.promise;
  }

  /** Takes down a line. */
  protected happens(line: string): void {
    this.log.push(line);
  }

  #happens(event: RoomEvent): void {
    this.happens(lineOf(event));
  }
}
