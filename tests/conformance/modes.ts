/**
 * What a client must get of each mode for what it says, over any transport. A mode that is not described here fails a test.
 */

import { assertEquals } from "@std/assert";
import type { ModeSpec } from "../../lib/server/mode.ts";
import { traitsOf } from "../../lib/transport/mod.ts";
import type { ServeOptions } from "../../lib/server/serve.ts";
import { FakeOperator, givenOf, makeContext } from "../support/modes.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { type Client, hears, hearsNoMore, isStream } from "./clients.ts";
import { Stage } from "./stage.ts";
import type { TransportCase } from "./transports.ts";

/** Who talks: a word of its own, and its number in the server. */
export interface Visitor {
  readonly mark: string;
  readonly id: number;
}

/** One exchange: the client says something, the operator may type something, the client hears something. */
export interface Turn {
  readonly says: string;
  readonly types?: readonly string[];
  readonly hears: readonly string[];
}

/** A mode as the tests know it. */
export interface ModeCase {
  readonly values: Record<string, unknown>;
  /** The whole talk of a client that is alone, and goes on to be there. */
  talk(visitor: Visitor): readonly Turn[];
  /** The only turn of a client that then sends no more but still reads; after it comes the end. */
  last(visitor: Visitor): Turn;
  /** What a client hears when the server stops. */
  readonly goodbye: readonly string[];
  /** What happens when several are there at the same time; without it each of them has a {@linkcode talk} of its own. */
  together?(meeting: Meeting): Promise<void>;
}

/** A server with a mode, and the person at it. */
export class Meeting<C extends Client = Client> implements AsyncDisposable {
  #said = 0;
  #heard = 0;
  #counted = 0;

  /** The server and its clients, the person, and what the mode showed the person. */
  private constructor(
    readonly stage: Stage<C>,
    readonly operator: FakeOperator,
    readonly shown: readonly string[],
  ) {}

  static async open<C extends Client>(
    transport: TransportCase<C>,
    spec: ModeSpec,
    values: Record<string, unknown>,
    options: ServeOptions = {},
  ): Promise<Meeting<C>> {
    const operator = new FakeOperator();
    const messageMax = transport.messageBoundaries ? traitsOf(transport.name).messageMax : undefined;
    const context = makeContext({ operator, messageMax });
    const mode = await spec.create(givenOf(values), context);
    return new Meeting(await Stage.open(transport, mode, options), operator, context.shown);
  }

  async play(client: Client, ...turns: readonly Turn[]): Promise<void> {
    for (const turn of turns) {
      await this.says(client, turn);
      await hears(client, ...turn.hears);
      // Where nothing is to be heard, the server is asked whether it got it.
      if (turn.hears.length === 0) await this.#heardAll();
    }
  }

  /** The first half of a turn: what is heard may wait. */
  async says(client: Client, { says, types }: Turn): Promise<void> {
    this.#said += bytesOf(says).length;
    await client.say(says);
    if (types) await this.types(says, ...types);
  }

  /** Waits until the server has heard all that was said in turns. */
  async #heardAll(): Promise<void> {
    const said = this.#said;
    await this.stage.recorder.until("recv", () => this.#countHeard() >= said);
  }

  #countHeard(): number {
    const { events } = this.stage.recorder;
    for (; this.#counted < events.length; this.#counted++) {
      const event = events[this.#counted];
      if (event?.event === "recv") this.#heard += event.data.length;
    }
    return this.#heard;
  }

  /** The person types, as soon as the mode has heard what it is an answer to. */
  async types(heard: string, ...lines: string[]): Promise<void> {
    await this.stage.recorder.until("recv", ({ data }) => textOf(data) === heard);
    this.operator.type(...lines);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stage[Symbol.asyncDispose]();
  }
}

const echo: ModeCase = {
  values: {},
  talk: ({ mark }) => [mark, `${mark} again\r\n`, "é".repeat(50)].map((text) => ({ says: text, hears: [text] })),
  last: () => ({ says: "last words", hears: ["last words"] }),
  goodbye: [],
};

const reply: ModeCase = {
  values: { text: "{n}: {data}!", greet: "welcome" },
  talk: ({ mark }) => [
    { says: mark, hears: ["welcome", `1: ${mark}!`] },
    { says: `${mark} again\n`, hears: [`2: ${mark} again!`] },
  ],
  last: () => ({ says: "last words", hears: ["welcome", "1: last words!"] }),
  goodbye: [],
};

const talk: ModeCase = {
  values: {},
  talk: ({ mark }) => [
    { says: `${mark}\n`, types: [`hello ${mark}`], hears: [`hello ${mark}\n`] },
    { says: `how are you, ${mark}?`, types: ["well", "and you?"], hears: ["well", "and you?"] },
  ],
  last: () => ({ says: "last question\n", types: ["last answer", "q"], hears: ["last answer\n", "q\n"] }),
  goodbye: [],
  together: async ({ stage, operator }) => {
    const clients = [await stage.connect()];
    await clients[0]?.say("question 0\n");
    await stage.recorder.until("recv");
    for (let i = 1; i <= 2; i++) {
      const client = await stage.connect();
      await client.say(`question ${clients.push(client) - 1}\n`);
      await stage.recorder.until("open", ({ id }) => id === clients.length);
    }
    for (const [i, client] of clients.entries()) {
      await stage.recorder.until("recv", ({ data }) => textOf(data) === `question ${i}\n`);
      operator.type(`answer ${i}`, "q");
      await hears(client, `answer ${i}\n`, "q\n");
      await hearsNoMore(client);
      client.close();
    }
  },
};

/** How many talk in a chat at the same time. */
const CHATTERS = 12;

const chat: ModeCase = {
  values: {},
  talk: ({ mark, id }) => [
    { says: `/nick ${mark}\n`, hears: [greeting(id, 1), `*** You are ${mark} now\n`] },
    { says: `/msg ${mark} hi\n`, hears: [`[${mark}] hi\n`] },
  ],
  last: ({ id }) => ({ says: `/msg user${id} bye`, hears: [greeting(id, 1), `[user${id}] bye\n`] }),
  goodbye: ["*** The server stops. Goodbye\n"],
  together: async ({ stage, shown }) => {
    const clients: Client[] = [];
    for (let id = 1; id <= CHATTERS; id++) {
      const client = await stage.connect();
      await client.say("/list\n");
      await hears(client, greeting(id, id));
      clients.push(client);
    }
    const [first, ...others] = clients;
    await first?.say("hi\n");
    for (const client of others) await hearsUntil(client, 1);
    await Promise.all(clients.map((client, i) => client.say(`I am ${i}\n`)));
    const heard = await Promise.all(clients.map((client) => hearsUntil(client, CHATTERS - 1)));
    const order = shown.filter((line) => line.startsWith("<")).slice(1);
    assertEquals(shown.find((line) => line.startsWith("<")), "<user1> hi");
    assertEquals(order.toSorted(), clients.map((_, i) => `<user${i + 1}> I am ${i}`).toSorted());
    for (const [i, lines] of heard.entries()) {
      assertEquals(lines, order.filter((line) => !line.startsWith(`<user${i + 1}> `)), `what user${i + 1} heard`);
    }
  },
};

const discard: ModeCase = {
  values: {},
  talk: ({ mark }) => [{ says: mark, hears: [] }, { says: `${mark} again`, hears: [] }],
  last: () => ({ says: "last words", hears: [] }),
  goodbye: [],
};

export const MODE_CASES: Readonly<Record<string, ModeCase>> = { echo, reply, talk, chat, discard };

/** What a newcomer of a chat is told; the operator is one of the others. */
function greeting(id: number, others: number): string {
  const here = others === 1 ? "1 other is" : `${others} others are`;
  return `*** You are user${id}; ${here} here. /help lists the commands\n`;
}

/** The lines that clients said, up to so many of them; what the room itself says is passed over. */
async function hearsUntil(client: Client, count: number): Promise<string[]> {
  const said: string[] = [];
  while (said.length < count) {
    const line = await lineOf(client);
    if (line.startsWith("<")) said.push(line);
  }
  return said;
}

/** The next line; where borders are kept a line is a message. */
async function lineOf(client: Client): Promise<string> {
  let line = textOf(await client.hear(1));
  while (isStream(client) && !line.endsWith("\n")) {
    const next = textOf(await client.hear(1));
    if (next === "") throw new Error("The end came before the line did");
    line += next;
  }
  assertEquals(line.indexOf("\n"), line.length - 1, "a message that is not one line");
  assertEquals(bytesOf(line).length, line.length);
  return line.slice(0, -1);
}
