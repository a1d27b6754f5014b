/**
 * What people here do: sent to all while the way is open, and happening when it comes back; happening here alone while it is
 * not. Who says something is told when others may not have heard it.
 *
 * @module
 */

import type { Deed, Home } from "./contract.ts";
import type { Person } from "../member.ts";
import { quote } from "../../printable.ts";
import { type Alone, amountOf } from "./alone.ts";
import type { Flow } from "./flow.ts";
import type { Presence } from "./presence.ts";
import type { Recent } from "./recent.ts";
import type { Sent } from "./sent.ts";
import type { Reach, Stream } from "./stream.ts";
import type { Body } from "./wire.ts";

/** Deeds that may wait for the others' answers. */
const EARLY_MAX = 100;

/** What deeds go through. */
export interface DeedsParts {
  /** The room. */
  readonly home: Home;
  /** The order. */
  readonly stream: Stream;
  /** What may be on its way. */
  readonly flow: Flow;
  /** The other servers. */
  readonly others: Presence;
  /** What may not have come elsewhere. */
  readonly recent: Recent;
  /** What people know of a break. */
  readonly alone: Alone;
}

/** The deeds. */
export class Deeds {
  readonly #parts: DeedsParts;
  readonly #early: Deed[] = [];
  #state: "closed" | "opening" | "open" = "closed";
  /** How many lines somebody has said. */
  readonly #lines = new WeakMap<Person, number>();

  /** Begins while the way is closed. */
  constructor(parts: DeedsParts) {
    this.#parts = parts;
  }

  /** Whether too many wait for the others' answers. */
  full(pouring: boolean): boolean {
    return this.#early.length > (pouring ? 0 : EARLY_MAX);
  }

  /** The way is open, but the others have not answered yet. */
  open(): void {
    this.#state = "opening";
  }

  /** The others have answered. */
  begin(): void {
    this.#state = "open";
    this.doEarly();
  }

  /** The way is closed. */
  close(): void {
    this.#state = "closed";
  }

  /** What waits for the others' answers waits no longer. */
  doEarly(): void {
    for (const deed of this.#early.splice(0)) this.take(deed);
  }

  /** Somebody does something. */
  take(deed: Deed): void {
    if (this.#state === "opening") this.#early.push(deed);
    else if (this.#state === "open") this.#send(deed);
    else this.#keep(deed);
  }

  /**
   * Sends a message to all.
   *
   * @param body what it says
   * @param deed what happens in its turn
   * @returns false when it is too long for one
   */
  publish(body: Body, deed?: Deed): boolean {
    const size = this.#parts.stream.publish(body, deed);
    this.#parts.flow.add(size);
    return size > 0;
  }

  /** Something came back and has its turn, or did not come back. */
  settle({ n, at, deed, size }: Sent, reach: Reach): void {
    const { flow, home, recent } = this.#parts;
    flow.done(size);
    if (!deed) return;
    if (deed.does === "leave") this.#parts.others.leaving.delete(deed.who);
    const line = this.#happen(deed);
    if (!("texts" in deed)) return;
    const { who, texts } = deed;
    if (reach === "all") recent.add({ n, at, size, who, line, texts });
    else home.tell(who, `Perhaps only those at this server heard ${amountOf(texts)}`);
  }

  #send(deed: Deed): void {
    const { does, who } = deed;
    const id = this.#parts.others.idOf(who);
    if (does === "say" || does === "act") return this.#say(deed, id);
    if (does === "leave") this.#leave(deed, id);
    else this.publish({ k: does, id, name: does === "name" ? deed.name : who.name }, deed);
  }

  /** Until all have heard of it the name is not free. Whose last words no message holds leaves without them. */
  #leave(deed: Deed & { does: "leave" }, id: number): void {
    this.#parts.others.leaving.add(deed.who);
    if (!this.publish({ k: "leave", id, how: deed.how }, deed)) this.publish({ k: "leave", id, how: "left" }, deed);
  }

  /** Splits what no single message holds. */
  #say(deed: Deed & { does: "say" | "act" }, id: number): void {
    const { does, who, texts } = deed;
    if (this.publish({ k: does, id, name: who.name, texts }, deed)) return;
    const half = texts.length >> 1;
    if (half === 0) {
      const limit = `the bus takes messages of ${this.#parts.stream.limit} bytes`;
      return this.#parts.home.tell(who, `Not said: ${quote(texts[0] ?? "")} is too long; ${limit}`);
    }
    this.#say({ does, who, texts: texts.slice(0, half) }, id);
    this.#say({ does, who, texts: texts.slice(half) }, id);
  }

  /** Something happens here alone. */
  #keep(deed: Deed): void {
    const { flow, stream, alone } = this.#parts;
    const size = "texts" in deed ? deed.texts.reduce((sum, { length }) => sum + length, 0) : 0;
    flow.add(size);
    stream.keep(size, () => {
      flow.done(size);
      this.#happen(deed);
      if ("texts" in deed) alone.heard(deed.who, deed.texts);
      else if (deed.does === "leave") alone.forget(deed.who);
    });
  }

  /** Lets something happen; gives the number of the first line that is said. */
  #happen(deed: Deed): number {
    const { home, others } = this.#parts;
    const { who } = deed;
    const line = this.#lines.get(who) ?? 0;
    if ("texts" in deed) this.#lines.set(who, line + deed.texts.length);
    if (deed.does === "name" && others.isTaken(deed.name, who)) {
      home.tell(who, `Not ${quote(deed.name)}: somebody else has that name`);
    } else home.happen(deed);
    return line;
  }
}
