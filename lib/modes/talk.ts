/**
 * `talk`: the operator answers one client at a time. Other clients wait in a queue and receive nothing: a client that
 * waits for the reply to its first message would mistake a notice about the queue for it. The server reads from them
 * only when their talk begins, so that no data is lost meanwhile. An answer ends like the client's messages: with a
 * newline for nc or telnet, without one for a program that sends texts without line ends. `q` is sent as well before it
 * ends a talk, for clients that end at it; the next talk begins when the connection is closed. When the operator's
 * input has ended the talk under way goes on, and all other clients are turned away.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { phraseOf } from "../errors.ts";
import { say } from "../phrase.ts";
import { encodeText } from "../text/encode.ts";
import { seal } from "../text/message_form.ts";
import { stripEol } from "../text/lines.ts";
import { hasNoByteFf, TelnetFilter } from "../text/telnet.ts";
import { seenOf } from "../text/typed.ts";
import { defineMode, type Mode, type ModeContext, type ModeSpec, type Peer } from "../server/mode.ts";

/** Why a client is turned away after the end of the operator's input. */
const NOBODY = "no replies can be typed: the input has ended";

/** The line that the operator types to end a talk; the client gets it, too. */
const END_COMMAND = "q";

/** The table entry. */
export const talk: ModeSpec = defineMode({
  name: "talk",
  summary: "type the replies, one client at a time; q ends a conversation",
  example: "talk 9000 -e gbk",
  options: {},
  typed: [{ title: "You type", rows: [["TEXT", "an answer"], [END_COMMAND, "end this talk, take the next client"]] }],
  operator: true,
  create: (_values, context) => new Talk(context),
});

/** A client in the queue; the operator talks to the first one. */
interface QueuedClient {
  readonly peer: Peer;
  /** Settles when the client's talk begins, or it disconnects before that. */
  readonly begun: PromiseWithResolvers<void>;
  /** Settles when the talk has ended. */
  readonly over: PromiseWithResolvers<void>;
  /** Line end of the client's last message, or none. */
  eol: Uint8Array;
  /** True if the client has sent a message since the last answer. */
  waiting: boolean;
  /** True from the operator's `q` on, until the connection is closed. */
  ending: boolean;
}

class Talk implements Mode {
  readonly #context: ModeContext;
  readonly #queue: QueuedClient[] = [];
  readonly #newline: Uint8Array;
  readonly #filters = new Map<Peer, TelnetFilter>();
  /** Settles when a client can be answered; replaced when its talk has ended. */
  #arrival = Promise.withResolvers<void>();
  /** True after the end of the operator's input. */
  #inputEnded = false;

  constructor(context: ModeContext) {
    this.#context = context;
    this.#newline = encodeText("\n", context.encoding);
    void this.#readInput();
  }

  open(peer: Peer): Promise<void> {
    if (this.#inputEnded) return this.#turnAway(peer);
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const encoding = peer.encoding ?? this.#context.encoding;
    if (!peer.messageBoundaries && hasNoByteFf(encoding)) this.#filters.set(peer, new TelnetFilter(encoding));
    const client: QueuedClient = { peer, begun, over, eol: this.#newline, waiting: false, ending: false };
    const before = this.#queue.push(client) - 1;
    if (before === 0) this.#begin(client);
    else this.#context.notice(say("waits-in-line")`waits in line (${before} before it)`, peer);
    return begun.promise;
  }

  clean(peer: Peer, bytes: Uint8Array): Uint8Array {
    const { text, answer } = this.#filters.get(peer)?.push(bytes) ?? { text: bytes };
    if (answer) peer.post([answer]);
    return text;
  }

  data(peer: Peer, bytes: Uint8Array): void {
    const client = this.#clientOf(peer);
    if (!client) return;
    client.eol = bytes.slice(stripEol(bytes, this.#context.encoding).length);
    client.waiting = true;
  }

  /** After a client's FIN its last message can still be answered: the connection stays open until the talk ends. */
  async end(peer: Peer): Promise<void> {
    const client = this.#clientOf(peer);
    if (!client?.waiting || this.#inputEnded) return;
    this.#context.notice(
      say("may-still-read")`has finished sending; it may still read your answers, ${END_COMMAND} ends the talk`,
      peer,
    );
    await client.over.promise;
  }

  close(peer: Peer): void {
    this.#filters.delete(peer);
    const index = this.#queue.findIndex((client) => client.peer === peer);
    if (index < 0) return;
    const [client] = this.#queue.splice(index, 1);
    client?.begun.resolve();
    client?.over.resolve();
    if (index > 0) return;
    if (!client?.ending) this.#pause();
    const [first] = this.#queue;
    if (first) this.#begin(first);
  }

  /** The client reads why; its end is not awaited. */
  #turnAway(peer: Peer): Promise<void> {
    peer.post([encodeText(`Sorry, ${NOBODY}\n`, this.#context.encoding)]);
    void peer.end(undefined, NOBODY);
    return Promise.resolve();
  }

  #clientOf(peer: Peer): QueuedClient | undefined {
    return this.#queue.find((client) => client.peer === peer);
  }

  #begin(client: QueuedClient): void {
    const { operator } = this.#context;
    this.#context.notice(say("is-here")`is here: type an answer, ${END_COMMAND} ends the talk`, client.peer);
    operator.prompt(`#${client.peer.id}> `);
    client.begun.resolve();
    this.#arrival.resolve();
  }

  /** Nobody can be answered until the next talk begins. */
  #pause(): void {
    this.#arrival = Promise.withResolvers();
    this.#context.operator.prompt("");
  }

  /** The client that the operator answers. */
  get #current(): QueuedClient | undefined {
    const [first] = this.#queue;
    return first?.ending ? undefined : first;
  }

  async #readInput(): Promise<void> {
    const { operator } = this.#context;
    try {
      for await (const line of operator.lines()) {
        await this.#handle(line).catch((error) =>
          this.#context.notice(say("not-sent-why")`Not sent: ${phraseOf(error)}`)
        );
      }
    } catch (error) {
      this.#context.notice(say("input-unreadable")`The input cannot be read: ${phraseOf(error)}`);
    }
    this.#inputEnded = true;
    if (this.#current || this.#queue.length > 1) {
      this.#context.notice(
        say("input-ended")`Nobody can answer any more: the input has ended; Ctrl-C stops the server`,
      );
    }
    this.#queue[0]?.over.resolve();
    for (const { peer, begun } of this.#queue.splice(1)) {
      begun.resolve();
      void this.#turnAway(peer);
    }
  }

  async #handle(line: string): Promise<void> {
    if (!this.#current) {
      // Piped input waits for the next client; a line typed at a terminal was meant for the client that has just left.
      if (this.#context.operator.interactive) return this.#context.notice(say("nobody-here")`Nobody is here: not sent`);
      if (isEndCommand(line)) return;
      await this.#arrival.promise;
    }
    const client = this.#current;
    if (!client) return;
    const ends = isEndCommand(line);
    const { encoding, form = {} } = this.#context;
    const answer = seal(form, concat([encodeText(ends ? END_COMMAND : line, encoding), client.eol]));
    if (client.peer.post([answer])) client.waiting = false;
    else this.#context.notice(say("not-sent-unread")`Not sent: it does not read what was sent before`, client.peer);
    if (ends) this.#endTalk(client);
  }

  /** Ends the talk with a client. */
  #endTalk(client: QueuedClient): void {
    client.ending = true;
    this.#pause();
    client.over.resolve();
    void client.peer.end();
  }
}

/** What is not seen makes no answer of it; a blank before it does. */
function isEndCommand(line: string): boolean {
  return !line.startsWith(" ") && seenOf(line).trimEnd() === END_COMMAND;
}
