/**
 * Cases of a chat in which members talk: what one says, all others hear, whole, once and in one order.
 *
 * @module
 */

import type { Finding } from "../finding.ts";
import { fail, OK, weak, words } from "../verdict.ts";
import { notHeard } from "./faults.ts";
import { countOf, type Member, type Phrase, type Room } from "./room.ts";

/** Lines that each of some members says at once, to see whether all hear them in one order. */
const ORDER_LINES = 20;

/** Lines that each of twenty members says at once. */
const CROWD_LINES = 5;

/** chat/1. */
export async function othersHear(room: Room): Promise<Finding> {
  const [speaker, ...others] = room.members as [Member, Member, Member];
  const phrase = room.phrase(" 你好");
  await room.say(speaker, phrase);
  const [deaf] = await room.deaf(others, [phrase]);
  if (deaf) return notHeard(room, speaker, deaf, phrase, MISSED_BY_ONE);
  await room.settle();
  return twice(room, speaker, others, phrase) ?? ownVoice(room, speaker, phrase);
}

const MISSED_BY_ONE = words(
  "One of the other clients did not hear the line. Send it to each client on the list.",
  "有一个客户端没有收到这一行。要发给列表里的每一个客户端。",
);

function twice(room: Room, speaker: Member, others: readonly Member[], phrase: Phrase): Finding | undefined {
  const listener = others.find((other) => countOf(room.heard(other), phrase) > 1);
  if (!listener) return undefined;
  const text = words(
    "A client hears the same line more than once. A client that is on the list twice gets everything twice.",
    "同一行被收到了不止一次。如果一个客户端在列表里出现两次，它就会收到两遍。",
  );
  const at = room.heard(listener).lastIndexOf(phrase.text);
  return fail(text, room.evidence(speaker, listener, phrase, at));
}

/** With `--echo` the speaker hears itself, once; without it does not. */
function ownVoice(room: Room, speaker: Member, phrase: Phrase): Finding {
  const count = countOf(room.heard(speaker), phrase);
  const expected = room.context.echo ? 1 : 0;
  if (count === expected) return OK;
  const [en, zh] = count > 1
    ? ["The client that speaks hears its own line more than once.", "说话的客户端不止一次收到自己的话。"]
    : count === 1
    ? [
      "The client that speaks hears its own line: the others should hear it, and not the sender. If it is meant so, add --echo.",
      "说话的客户端收到了自己的话：应该只发给其他人。如果本来就要这样，请加上 --echo。",
    ]
    : [
      "The client that speaks does not hear its own line, as --echo says it should.",
      "按 --echo 的要求，说话的客户端也应该收到自己的话，但没有收到。",
    ];
  // Many chats pass a line on to its sender, too; what was asked for, or comes doubled, is judged.
  return (count === 1 ? weak : fail)(
    words(en, zh),
    room.evidence(speaker, speaker, words("one line for each other client", "其他人各收到一行")),
  );
}

/** chat/3. */
export async function oneOrder(room: Room): Promise<Finding> {
  const half = room.members.length / 2;
  const [speakers, listeners] = [room.members.slice(0, half), room.members.slice(half)];
  const said = speakers.map(() => Array.from({ length: ORDER_LINES }, () => room.phrase()));
  await Promise.all(speakers.map(async (speaker, index) => {
    for (const phrase of said[index]!) await room.say(speaker, phrase);
  }));
  const lost = await firstLost(room, speakers, listeners, said);
  if (lost) return lost;
  const ordersOf = (member: Member, phrases: readonly Phrase[]) => {
    const heard = room.heard(member);
    return phrases.toSorted((a, b) => heard.indexOf(a.text) - heard.indexOf(b.text));
  };
  for (const listener of listeners) {
    const wrong = said.findIndex((phrases) => ordersOf(listener, phrases).some((phrase, at) => phrase !== phrases[at]));
    if (wrong >= 0) return fail(OWN_ORDER, room.evidence(speakers[wrong]!, listener));
  }
  const [first, ...others] = listeners.map((listener) => ordersOf(listener, said.flat()));
  const other = others.findIndex((order) => order.some((phrase, at) => phrase !== first![at]));
  return other < 0 ? OK : fail(OTHER_ORDER, room.evidence(speakers[0]!, listeners[other + 1]!));
}

const OWN_ORDER = words(
  "Lines of one client came in another order than it said them.",
  "同一个客户端说的几行，到达的顺序和说的顺序不一样。",
);

const OTHER_ORDER = words(
  "Two clients heard the same lines in different orders. When several threads send at the same time, hold one lock while a line " +
    "is sent to all clients, or let one thread do all sending.",
  "两个客户端听到同样的话，顺序却不同。多个线程同时发送时，向所有人发送一行的整个过程要用同一把锁，或者只由一个线程发送。",
);

/** The first line of the speakers that one of the listeners does not hear. */
async function firstLost(
  room: Room,
  speakers: readonly Member[],
  listeners: readonly Member[],
  said: readonly (readonly Phrase[])[],
): Promise<Finding | undefined> {
  const wanted = (listener: Member) => said.filter((_, index) => speakers[index] !== listener).flat();
  const hear = await Promise.all(listeners.map((listener) => room.hears(listener, wanted(listener))));
  const listener = listeners.find((_, index) => !hear[index]);
  if (!listener) return undefined;
  const heard = room.heard(listener);
  const missing = wanted(listener).filter((phrase) => countOf(heard, phrase) === 0);
  const lost = missing[0] ?? wanted(listener)[0]!;
  const speaker = speakers[said.findIndex((phrases) => phrases.includes(lost))]!;
  const [count, all] = [missing.length, wanted(listener).length];
  const text = words(
    `${count} of ${all} lines did not come to one of the clients while ${speakers.length} clients talked at once.`,
    `${speakers.length} 个客户端同时说话时，有一个客户端少收到了 ${all} 行中的 ${count} 行。`,
  );
  return notHeard(room, speaker, listener, lost, text);
}

/** chat/9. */
export async function crowd(room: Room): Promise<Finding> {
  const { members } = room;
  const said = members.map(() => Array.from({ length: CROWD_LINES }, () => room.phrase()));
  await Promise.all(members.map(async (speaker, index) => {
    for (const phrase of said[index]!) await room.say(speaker, phrase);
  }));
  const lost = await firstLost(room, members, members, said);
  if (lost) return lost;
  await room.settle();
  for (const [index, speaker] of members.entries()) {
    const others = members.filter((member) => member !== speaker);
    for (const phrase of said[index]!) {
      const doubled = twice(room, speaker, others, phrase);
      if (doubled) return doubled;
    }
  }
  return OK;
}
