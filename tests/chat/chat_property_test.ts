import { FakeClock } from "../support/clock.ts";
import { assertEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { escapeControls } from "../../lib/printable.ts";
import { TextStream } from "../../lib/text/decode.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { randomCuts, randomFrom } from "../text/random.ts";
import { type Chat, type Client, makeChat } from "./helpers.ts";

const RUNS = 40;
const STEPS = 80;

type Random = (below: number) => number;

/** What lines are made of: nothing that is a command, and nothing that an encoding here lacks. */
const WORDS = ["", "a", "hello ", "你好", "世", " ", "\t", "\r", "\0", "\x1b[2J", "\x07", "*** ", "<user1> ", "\\n"];

/** A client that writes random lines in pieces, and what the room must make of them. */
class Talker {
  readonly client: Client;
  /** Where in the room's order it came and went. */
  readonly #from: number;
  #until: number | undefined;
  readonly #chat: Chat;
  readonly #unsent: Uint8Array[];
  readonly #sent: Uint8Array[] = [];

  constructor(chat: Chat, id: number, encoding: string, random: Random) {
    this.#chat = chat;
    this.client = chat.come(id);
    this.#from = chat.shown.length;
    void this.client.says(`/enc ${encoding}\n`);
    this.client.encoding = encoding;
    this.#unsent = randomCuts(encodeText(randomText(random), encoding), random);
  }

  get #name(): string {
    return `<user${this.client.peer.id}> `;
  }

  /** Sends some of what it has not sent yet. */
  async talk(pieces: number): Promise<void> {
    for (const piece of this.#unsent.splice(0, pieces)) {
      this.#sent.push(piece);
      await this.client.says(piece);
    }
  }

  async leave(politely: boolean): Promise<void> {
    this.#until = this.#chat.shown.length;
    if (politely) await this.client.ends();
    else this.client.breaks();
  }

  /** What the room heard of it, all others, and what it should have. */
  heard(): [actual: string[], expected: string[]] {
    const said = this.#chat.shown.filter(({ from, text }) => from === this.client.peer && !text.startsWith("***"));
    const stream = new TextStream(this.client.encoding);
    const text = stream.push(concat(this.#sent)).text + stream.end().text;
    const lines = text.replaceAll("\r\0", "\r\n").split("\n");
    const withoutNuls = (line: string) => line.replace(/^\0+|\0+$/g, "");
    const last = withoutNuls(lines.pop()!);
    const ended = lines.map((line) => withoutNuls(line.replace(/\r$/, "")));
    const expected = [...ended, ...(last === "" ? [] : [last.replace(/\r$/, "")])];
    return [said.map(({ text }) => text), expected.map((line) => this.#name + escapeControls(line))];
  }

  /** What it heard of the room, and what it should have. */
  hears(): [actual: string[], expected: string[]] {
    const lines = this.client.news().split(/\r?\n/).slice(0, -1).filter((line) =>
      !/^\*\*\* (?:You|Nobody hears) /.test(line)
    );
    const order = this.#chat.shown.slice(this.#from, this.#until);
    return [lines, order.filter(({ from }) => from !== this.client.peer).map(({ text }) => text)];
  }
}

/** Lines with ends of both kinds, the last one perhaps without. */
function randomText(random: Random): string {
  const word = () => WORDS[random(WORDS.length)]!;
  const line = () => Array.from({ length: random(5) }, word).join("") + ["\n", "\r\n"][random(2)];
  return Array.from({ length: random(12) }, line).join("") + (random(2) === 0 ? word() : "");
}

/** A chat in which clients come, talk and go at random, until the server stops. */
async function converse(random: Random, clock: FakeClock): Promise<Talker[]> {
  const chat = makeChat({ encoding: ["utf-8", "gbk"][random(2)]! });
  const all: Talker[] = [];
  const here: Talker[] = [];
  for (let step = 0; step < STEPS; step++) {
    // Announcements are made at once.
    await clock.advance(1_000);
    const at = random(here.length || 1);
    const choice = random(20);
    if (here.length < 2 || (choice === 0 && here.length < 8)) {
      const talker = new Talker(chat, all.length + 1, ["utf-8", "gbk"][random(2)]!, random);
      all.push(talker);
      here.push(talker);
    } else if (choice === 1) await here.splice(at, 1)[0]!.leave(random(2) === 0);
    else await here[at]!.talk(1 + random(12));
  }
  chat.mode.stop?.();
  return all;
}

Deno.test("chat gives each client the room's order without its own lines, however the bytes come", async () => {
  using clock = new FakeClock();
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const talker of await converse(randomFrom(seed), clock)) {
      const who = `user${talker.client.peer.id} in run ${seed}`;
      const [heard, said] = talker.heard();
      assertEquals(heard, said, `what the room heard of ${who}`);
      const [got, order] = talker.hears();
      assertEquals(got, order, `what ${who} heard of the room`);
    }
  }
});
