/**
 * The room of a chat under test. Chats differ in what they say besides: a greeting, a question for a name, notices, a name or a
 * time before each line. So the members first say lines that occur nowhere else, and the cases judge only such lines.
 *
 * @module
 */

import { latin1 } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { quote } from "../../printable.ts";
import { type Random, randomOf } from "../../random.ts";
import { encodeText } from "../../text/encode.ts";
import { wait } from "../../wait.ts";
import type { Actor } from "../actor.ts";
import type { CaseContext } from "../case.ts";
import type { Evidence } from "../finding.ts";
import { words } from "../verdict.ts";

/** Lines that a member says before it is heard: an answer to a question for a name, another one, and a line of talk. */
const GREETING_LINES = 3;

/** Silence after which members go on, as a part of `quietMs`: what is judged by silence waits for more of it. */
const SETTLE_PART = 1 / 3;

/** How often silence is waited for: some chats never stop talking. */
const SETTLE_ROUNDS = 9;

/** Bytes beyond which what came while a line was waited for is a flood, and is read no further. */
const FLOOD_BYTES = 1024 * 1024;

/** The same again and again, without a line end: no talk either, where more has come than these bytes. */
const REPEATED = /([^\n]{2,60}?)\1{12}/;
const LITTLE_BYTES = 2048;

/** Bytes of what was heard that a finding shows. */
const SHOWN_BYTES = 2048;

/** Characters of a phrase without more behind it. */
export const PHRASE_LENGTH = 11;

/** What a member says, without a line end. */
export interface Phrase {
  /** As it is sent. */
  readonly bytes: Uint8Array;
  /** The same with one character for each byte, to be looked for in what was heard. */
  readonly text: string;
}

/** A client in the room. */
export interface Member {
  /** Its connection. */
  readonly actor: Actor;
  /** What it answers when it is asked for a name. Letters only. */
  readonly name: string;
  /** Whether another member has heard it. */
  isHeard: boolean;
  /** Bytes that it had heard when it was last told to forget. */
  mark: number;
}

/** Several members that hear each other. */
export class Room {
  /** In the order in which they connected. */
  readonly members: Member[] = [];
  /** Whether the chat tells its members of newcomers. */
  announces = false;
  /** Not of the seed: a chat with a history repeats what an earlier run with the same seed said. */
  readonly #random = randomOf(crypto.randomUUID());
  readonly #tag = letters(this.#random, 5);
  #phrases = 0;

  /** The cases' context gives the connections and the times. */
  constructor(readonly context: CaseContext) {}

  /** A text that occurs nowhere else, of always the same length; `more` comes after it. */
  phrase(more = ""): Phrase {
    const number = String(++this.#phrases).padStart(5, "0");
    const bytes = encodeText(`${this.#tag}${number}z${more}`, this.context.encoding);
    return { bytes, text: latin1(bytes) };
  }

  /** Connects a client, which says its name. */
  async connect(name: string = letters(this.#random, 8)): Promise<Member> {
    const actor = await this.context.connect();
    const member: Member = { actor, name, isHeard: false, mark: 0 };
    await this.say(member, { bytes: encodeText(name, this.context.encoding), text: name });
    this.members.push(member);
    return member;
  }

  /** A member says a line. */
  async say({ actor }: Member, ...phrases: Phrase[]): Promise<void> {
    await actor.send(lineOf(phrases));
  }

  /** What a member has heard since it was told to forget, one character for each byte. */
  heard({ actor, mark }: Member): string {
    return latin1(actor.received.subarray(mark));
  }

  /** Whether a member has heard any phrase; `changed`: in upper or lower case. */
  hasTalk(member: Member, form: "exact" | "changed" = "exact"): boolean {
    const heard = this.heard(member);
    return (form === "exact" ? heard : heard.toLowerCase()).includes(this.#tag);
  }

  /** Whether far more came to a member than was said, or the same again and again. It reads no more then. */
  isFlooded(member: Member): boolean {
    const { length } = member.actor.received;
    if (length - member.mark < LITTLE_BYTES) return false;
    const tail = latin1(member.actor.received.subarray(length - LITTLE_BYTES / 2));
    const isFlooded = length - member.mark > FLOOD_BYTES || REPEATED.test(tail);
    if (isFlooded) member.actor.hold(true);
    return isFlooded;
  }

  /** Waits until a member has heard all of it. */
  async hears(member: Member, phrases: readonly Phrase[], ms: number = this.context.answerMs): Promise<boolean> {
    const all = () => {
      const heard = this.heard(member);
      return phrases.every(({ text }) => heard.includes(text));
    };
    await member.actor.until(() => this.isFlooded(member) || all(), ms);
    return !this.isFlooded(member) && all();
  }

  /** Waits until all of these members have heard all of it; gives those that have not. */
  async deaf(members: readonly Member[], phrases: readonly Phrase[], ms?: number): Promise<Member[]> {
    const hear = await Promise.all(members.map((member) => this.hears(member, phrases, ms)));
    return members.filter((_, index) => !hear[index]);
  }

  /** Waits until nothing more comes to any member. */
  async settle(rounds = SETTLE_ROUNDS): Promise<void> {
    const count = () => this.members.reduce((sum, { actor }) => sum + actor.received.length, 0);
    for (let before = -1, round = 0; before !== count() && round < rounds; round++) {
      before = count();
      this.members.forEach((member) => this.isFlooded(member));
      await wait(this.context.quietMs * SETTLE_PART, this.context.signal);
    }
  }

  /** Other lines may stand before and behind it, so that there are no bytes to compare one by one. */
  #lineWords({ bytes }: Phrase): Bilingual {
    const line = quote(new TextDecoder(this.context.encoding).decode(bytes));
    return words(`the whole line ${line}, once`, `完整的一行 ${line}，只有一次`);
  }

  /** What was heard so far does not count any more. */
  forget(): void {
    for (const member of this.members) member.mark = member.actor.received.length;
  }

  /** What a speaker did and a listener heard, around a place in it, and the line that it should have heard, or what else. */
  evidence(speaker: Member, listener: Member, expected?: Phrase | Bilingual, at?: number): Evidence {
    const all = listener.actor.received.subarray(listener.mark);
    const from = at === undefined ? Math.max(0, all.length - SHOWN_BYTES) : Math.max(0, at - SHOWN_BYTES / 2);
    return {
      steps: [...speaker.actor.steps],
      ...(expected && { expected: "bytes" in expected ? this.#lineWords(expected) : expected }),
      received: all.slice(from, from + SHOWN_BYTES),
      ...(at !== undefined && { at: at - from }),
      end: listener.actor.end,
    };
  }
}

/** The text of lines that a client sends. */
export function lineOf(phrases: readonly Phrase[]): Uint8Array {
  const parts = phrases.flatMap(({ bytes }) => [...bytes, 0x0a]);
  return Uint8Array.from(parts);
}

/** How a line of one member looks to another one. */
export interface Look {
  /** What stands before it on its line: a name, a time, or nothing. */
  readonly before: string;
  /** What comes behind it, to the end of its line, or all that came. */
  readonly after: string;
  /** Whether a line end comes behind it. */
  readonly hasEnd: boolean;
}

/** Lets a member speak, and sees what another one hears; undefined when it hears nothing. */
export async function learn(room: Room, speaker: Member, listener: Member): Promise<Look | undefined> {
  room.forget();
  const phrase = room.phrase();
  await room.say(speaker, phrase);
  const isHeard = await room.hears(listener, [phrase]);
  await room.settle();
  const line = isHeard ? lineWith(room.heard(listener), phrase) : undefined;
  return line && { before: line.before, after: line.after, hasEnd: line.hasEnd };
}

/** How often a phrase was heard. */
export function countOf(heard: string, { text }: Phrase): number {
  return heard.split(text).length - 1;
}

/** The line in which a phrase stands first, and where; undefined when it was not heard. */
export function lineWith(heard: string, { text }: Phrase): Look & { readonly at: number } | undefined {
  const at = heard.indexOf(text);
  if (at < 0) return undefined;
  const end = heard.indexOf("\n", at);
  const after = heard.slice(at + text.length, end < 0 ? undefined : end).replace(/\r$/, "");
  return { before: heard.slice(heard.lastIndexOf("\n", at) + 1, at), after, hasEnd: end >= 0, at };
}

/** Random lower-case letters: all chats take them as a name. */
function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(0x61 + Math.floor(random() * 26))).join("");
}

/**
 * Fills a room: each client connects, says its name, and lines until another member hears one. Those that are not heard then are
 * told by {@linkcode Member.isHeard}.
 */
export async function enter(context: CaseContext, count: number): Promise<Room> {
  const room = new Room(context);
  for (let i = 0; i < count; i++) await room.connect();
  await room.settle();
  room.announces = hasNotice(room);
  for (let line = 1; line < GREETING_LINES; line++) {
    const silent = room.members.filter((member) => !member.isHeard);
    await Promise.all(silent.map((member) => introduce(room, member)));
  }
  if (room.members.some((member) => !member.isHeard)) return room;
  await room.settle();
  room.forget();
  return room;
}

/** Lets a member say a line, and notes whether any other one hears it. */
async function introduce(room: Room, member: Member): Promise<void> {
  const phrase = room.phrase();
  await room.say(member, phrase);
  const waits = room.members.filter((one) => one !== member)
    .map(async (one) => await room.hears(one, [phrase]) || Promise.reject());
  member.isHeard = await Promise.any(waits).catch(() => false);
}

/** Whether the first member was told of others: their names with words behind them, or lines that the last one did not get. */
function hasNotice(room: Room): boolean {
  const names = room.members.map(({ name }) => name);
  const linesOf = (member: Member | undefined) => member ? room.heard(member).split("\n") : [];
  const others = (lines: string[]) => lines.filter((line) => !names.some((name) => line.includes(name))).length;
  const [first, last] = [linesOf(room.members[0]), linesOf(room.members.at(-1))];
  const named = new RegExp(`(${names.slice(1).join("|")}).*\\S`);
  return first.length > 1 && (first.some((line) => named.test(line)) || others(first) > others(last));
}
