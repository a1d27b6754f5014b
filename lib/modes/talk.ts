/**
 * `talk`: the operator answers, one client at a time. The others wait in line: they are told so, and nothing is read from
 * them before it is their turn, so what they wrote meanwhile is not lost. `q` ends a talk and takes the next client.
 *
 * An answer ends the way the client ends its messages: with a newline for nc or telnet, without one for a program that
 * sends bare texts.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { messageOf } from "../errors.ts";
import { encodeText } from "../text/encode.ts";
import { stripEol } from "../text/lines.ts";
import { defineMode, type Mode, type ModeContext, type ModeSpec, type Peer } from "../server/mode.ts";

/** What the operator types to end a talk. */
const GOODBYE = "q";

/** The table entry. */
export const talk: ModeSpec = defineMode({
  name: "talk",
  summary: "answer by hand, one client at a time; q ends a talk",
  example: "talk 9000 -e gbk",
  options: {},
  operator: true,
  create: (_values, context) => new Talk(context),
});

/** One client in line; the first one is talked to. */
interface Visit {
  readonly peer: Peer;
  /** Settles when it is its turn. */
  readonly turn: PromiseWithResolvers<void>;
  /** Settles when the operator has ended the talk. */
  readonly over: PromiseWithResolvers<void>;
  /** How its messages end. */
  eol: Uint8Array;
  /** Whether something came that was not answered. */
  waiting: boolean;
}

class Talk implements Mode {
  readonly #context: ModeContext;
  readonly #line: Visit[] = [];
  readonly #newline: Uint8Array;
  #arrival = Promise.withResolvers<void>();
  #operatorLeft = false;

  constructor(context: ModeContext) {
    this.#context = context;
    this.#newline = encodeText("\n", context.encoding);
    void this.#hearOperator();
  }

  open(peer: Peer): Promise<void> {
    const visit: Visit = {
      peer,
      turn: Promise.withResolvers(),
      over: Promise.withResolvers(),
      eol: this.#newline,
      waiting: false,
    };
    const before = this.#line.push(visit) - 1;
    if (before === 0) this.#begin(visit);
    else this.#queue(visit, before);
    return visit.turn.promise;
  }

  data(peer: Peer, bytes: Uint8Array): void {
    const visit = this.#visitOf(peer);
    if (!visit) return;
    visit.eol = bytes.slice(stripEol(bytes, this.#context.encoding).length);
    visit.waiting = true;
  }

  /** A client that finished sending still reads: what it said last can be answered. */
  async end(peer: Peer): Promise<void> {
    const visit = this.#visitOf(peer);
    if (!visit?.waiting || this.#operatorLeft) return;
    this.#context.notice(`has finished sending; it may still read your answers, ${GOODBYE} ends the talk`, peer);
    await visit.over.promise;
  }

  close(peer: Peer): void {
    const index = this.#line.findIndex((visit) => visit.peer === peer);
    if (index < 0) return;
    const [visit] = this.#line.splice(index, 1);
    visit?.turn.resolve();
    visit?.over.resolve();
    if (index === 0) this.#next();
  }

  #visitOf(peer: Peer): Visit | undefined {
    return this.#line.find((visit) => visit.peer === peer);
  }

  #queue(visit: Visit, before: number): void {
    const people = before === 1 ? "1 client is" : `${before} clients are`;
    visit.peer.post(encodeText(`Please wait: ${people} before you\n`, this.#context.encoding));
    this.#context.notice(`waits in line (${before} before it)`, visit.peer);
  }

  #begin(visit: Visit): void {
    const { operator } = this.#context;
    const hint = this.#operatorLeft
      ? "nobody can answer: the input has ended"
      : `type an answer, ${GOODBYE} ends the talk`;
    this.#context.notice(`is here: ${hint}`, visit.peer);
    operator.prompt(`#${visit.peer.id}> `);
    visit.turn.resolve();
    this.#arrival.resolve();
  }

  #next(): void {
    this.#arrival = Promise.withResolvers();
    this.#context.operator.prompt("");
    const [first] = this.#line;
    if (first) this.#begin(first);
  }

  async #hearOperator(): Promise<void> {
    const { operator } = this.#context;
    try {
      for await (const line of operator.lines()) {
        await this.#obey(line).catch((error) => this.#context.notice(`Not sent: ${messageOf(error)}`));
      }
    } catch (error) {
      this.#context.notice(`The input cannot be read: ${messageOf(error)}`);
    }
    this.#operatorLeft = true;
    if (this.#line.length > 0) {
      this.#context.notice("Nobody can answer any more: the input has ended; Ctrl-C stops the server");
    }
    this.#line[0]?.over.resolve();
  }

  async #obey(line: string): Promise<void> {
    if (this.#line.length === 0) {
      // What a pipe holds is kept for the next client; a person would be surprised to see it go to somebody else.
      if (this.#context.operator.interactive) return this.#context.notice("Nobody is here: not sent");
      if (line === GOODBYE) return;
      await this.#arrival.promise;
    }
    const [visit] = this.#line;
    if (!visit) return;
    if (line === GOODBYE) this.#dismiss(visit);
    else this.#answer(visit, line);
  }

  #answer(visit: Visit, line: string): void {
    const answer = concat([encodeText(line, this.#context.encoding), visit.eol]);
    if (visit.peer.post(answer)) visit.waiting = false;
    else this.#context.notice("Not sent: it does not read what was sent before", visit.peer);
  }

  /** Ends the talk with a client; the next one need not wait until it has gone. */
  #dismiss(visit: Visit): void {
    this.#line.shift();
    visit.over.resolve();
    void visit.peer.end();
    this.#next();
  }
}
