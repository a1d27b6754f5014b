/**
 * What comes from the bus: whose it is, whether something is missing before it, and what it means in its turn.
 *
 * @module
 */

import type { Home } from "./contract.ts";
import type { Flow } from "./flow.ts";
import type { Gaps } from "./gaps.ts";
import type { Presence } from "./presence.ts";
import type { Recent } from "./recent.ts";
import { Far, type Server } from "./roster.ts";
import type { Stream } from "./stream.ts";
import { type Body, decodeMessage, type Message } from "./wire.ts";

/** Milliseconds between two notices about strange messages. */
const COMPLAINT_MS = 60_000;

/** What an inbox hands its messages to. */
export interface InboxParts {
  /** The id of this server. */
  readonly id: string;
  /** The room. */
  readonly home: Home;
  /** The order. */
  readonly stream: Stream;
  /** The other servers. */
  readonly others: Presence;
  /** What did not come here. */
  readonly gaps: Gaps;
  /** What may not have come elsewhere. */
  readonly recent: Recent;
  /** What may be on its way. */
  readonly flow: Flow;
  /** A server has said who is there, or that it goes. */
  told(): void;
  /** Sends to all, while the way is open. */
  publish(body: Body): void;
  /** Tells the person at the server something. */
  notice(message: string): void;
}

/** The inbox. */
export class Inbox {
  readonly #parts: InboxParts;
  #holding = false;
  #complained = -Infinity;

  /** Has heard nothing. */
  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** Something came while the way is open. */
  hear(bytes: Uint8Array): void {
    const { id, stream, others, gaps, publish } = this.#parts;
    const message = decodeMessage(bytes);
    if (message?.s === id) return stream.comeBack(message.n);
    const noted = message && stream.believes(message) ? others.note(message) : "strange";
    if (!message || noted === "strange") return this.complain();
    if (!noted) return;
    const { server, lost } = noted;
    const { n, k } = message;
    if (lost > 0) gaps.note(server.id, n - lost, n - 1);
    // Who asks waits for a sign of each server; the list itself comes in its turn.
    if (k === "here" && message.ask) publish({ k: "beat" });
    if (!stream.hear(server, message, bytes.length, () => this.#take(server, message))) gaps.note(server.id, n, n);
  }

  /** Something is no message. */
  complain(): void {
    const now = performance.now();
    if (now - this.#complained < COMPLAINT_MS) return;
    this.#complained = now;
    this.#parts.notice("Something on the bus is no message of this version of sockeye; it is ignored");
  }

  /** The way is closed. */
  close(): void {
    this.#holding = false;
  }

  #take(server: Server, message: Message): void {
    const { others, gaps, flow, told } = this.#parts;
    switch (message.k) {
      case "say":
      case "act":
        return this.#say(server, message);
      case "missed":
        return this.#regret(message);
    }
    if (!others.roster.has(server)) return;
    switch (message.k) {
      case "here":
        others.meet(server, message.people, message.ask);
        told();
        if (!message.ask) return;
        others.answer();
        return gaps.tell();
      case "also":
        return others.greet(server, message.people);
      case "ask":
        others.owe();
        return gaps.owe();
      case "bye":
        others.drop(server);
        return told();
      case "hold":
        return flow.hold(server.id, message.on);
      case "join":
        return others.greet(server, [[message.id, message.name]]);
      case "leave":
        return others.part(server, message.id, message.how);
      case "name":
        return others.rename(server, message.id, message.name);
    }
  }

  /** Words count, though their server may have gone since they came. */
  #say(server: Server, { k, id, name, texts }: Message & { k: "say" | "act" }): void {
    const who = server.people.get(id) ?? new Far(server.id, id, name);
    this.#parts.home.happen({ does: k, who, texts });
    this.#mindReaders();
  }

  #regret({ gaps }: Message & { k: "missed" }): void {
    const { id, recent } = this.#parts;
    for (const [server, first, last] of gaps) if (server === id) recent.regret(first, last);
  }

  /** Those who pour out text elsewhere wait while readers here are behind. */
  #mindReaders(): void {
    const { home, publish } = this.#parts;
    if (this.#holding || !home.full()) return;
    this.#holding = true;
    publish({ k: "hold", on: true });
    void home.ready().then(() => {
      if (this.#holding) publish({ k: "hold", on: false });
      this.#holding = false;
    });
  }
}
