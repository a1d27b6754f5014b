import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type ChatLimits, ChatRoom } from "../../lib/chat/room.ts";
import type { Broadcast } from "../../lib/chat/broadcast.ts";
import { note } from "../../lib/chat/events.ts";
import type { StoredEvent } from "../../lib/chat/history.ts";
import { LineMember, Member } from "../../lib/chat/member.ts";
import type { Peer } from "../../lib/server/mode.ts";
import { FakeClock } from "../support/clock.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";

/** A member of a room and its connection. */
interface Guest {
  readonly peer: FakePeer;
  readonly member: LineMember;
  /** The lines since the last call. */
  news(): string[];
}

/** A room, and what the person at the server sees of it: `#1: text` when it is from or about a peer. */
function make(options: Partial<ChatLimits> & { interactive?: boolean; web?: boolean } = {}): {
  room: ChatRoom;
  shown: string[];
  notices: string[];
  come(id: number): Guest;
} {
  const { interactive = false, web, ...limits } = options;
  const shown: string[] = [];
  const show = (text: string, from?: Peer | "operator") =>
    void shown.push(`${typeof from === "object" ? `#${from.id}` : from}: ${text}`);
  const host = makeHost({ operator: new FakeOperator(interactive), show, web });
  const room = new ChatRoom(host.host, { history: 0, ...limits });
  const come = (id: number) => {
    const peer = new FakePeer(id);
    peer.onKick = () => room.disconnects.cancel(peer);
    const member = new LineMember(peer, { encoding: "utf-8", whole: false });
    room.join(member);
    assertStrictEquals(room.of(peer), member);
    return { peer, member, news: () => drain(peer) };
  };
  return { room, shown, notices: host.notices, come };
}

/** What a peer was sent since the last call. */
function drain(peer: FakePeer): string[] {
  const text = peer.heard.join("");
  peer.sent.length = 0;
  return text.split("\n").slice(0, -1);
}

Deno.test("ChatRoom welcomes a newcomer, and tells the others", () => {
  const { room, shown, come } = make();
  const [one, two, three] = [come(1), come(2), come(3)];
  assertEquals(one.news(), [
    "*** You are user1; nobody else is here. /help lists the commands",
    "*** user2 joined",
    "*** user3 joined",
  ]);
  assertEquals(two.news(), ["*** You are user2; 1 other is here. /help lists the commands", "*** user3 joined"]);
  assertEquals(three.news(), ["*** You are user3; 2 others are here. /help lists the commands"]);
  assertEquals(shown, ["#1: *** user1 joined", "#2: *** user2 joined", "#3: *** user3 joined"]);
  assertEquals(room.members.map(({ name }) => name), ["user1", "user2", "user3"]);
});

Deno.test("ChatRoom counts the person at the server among the participants", () => {
  const { room, come } = make({ interactive: true });
  assertEquals(come(1).news(), ["*** You are user1; 1 other is here. /help lists the commands"]);
  assertEquals(room.participants.map(({ name }) => name), ["user1", "operator"]);
  assertStrictEquals(room.find("Operator"), room.operator);
});

Deno.test("ChatRoom without a person at the server finds no operator", () => {
  const { room } = make();
  assertEquals([room.participants, room.find("operator")], [[], undefined]);
});

Deno.test("ChatRoom says lines to all but the speaker, in one go", () => {
  const { room, shown, come } = make();
  const [one, two, three] = [come(1), come(2), come(3)];
  for (const guest of [one, two, three]) guest.news();
  shown.length = 0;
  room.say(two.member, ["a", "", "b"]);
  const expected = ["<user2> a", "<user2> ", "<user2> b"];
  assertEquals([one.peer.sent.length, one.news(), two.news(), three.news()], [1, expected, [], expected]);
  assertEquals(shown, expected.map((text) => `#2: ${text}`));
});

Deno.test("ChatRoom shows the person at the server what members do, and no private line of others", () => {
  const { room, shown, come, notices } = make({ interactive: true });
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.act(one.member, "waves");
  room.sendPrivate(one.member, two.member, "psst");
  room.sendPrivate(one.member, room.operator, "boss");
  room.sendPrivate(room.operator, one.member, "yes?");
  assertEquals([one.news(), two.news()], [["[operator] yes?"], ["* user1 waves", "[user1] psst"]]);
  assertEquals([shown, notices], [["#1: * user1 waves"], ["[user1] boss"]]);
});

Deno.test("ChatRoom tells the others once that a member has left, with its last words", () => {
  const { room, shown, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.leave(two.member, "left", "bye");
  room.leave(two.member, "left");
  assertEquals([one.news(), two.news(), shown], [["*** user2 left: bye"], [], ["#2: *** user2 left: bye"]]);
  assertEquals([room.of(two.peer), room.find("user2"), two.member.gone.aborted], [undefined, undefined, true]);
});

Deno.test("ChatRoom gives a name to one at a time", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  room.rename(one.member, "Bob");
  for (const guest of [one, two]) guest.news();
  for (const name of ["Bob", "bob", "ＢＯＢ", "𝐁ob"]) {
    room.rename(two.member, name);
    assertEquals([one.news(), two.news()], [[], [`*** Not "${name}": somebody else has that name`]]);
    assertEquals(two.member.name, "user2");
  }
  room.rename(one.member, "bOB");
  assertEquals(one.member.name, "bOB");
  assertStrictEquals(room.find("BOB"), one.member);
  room.leave(one.member, "left");
  room.rename(two.member, "bob");
  assertEquals([two.member.name, room.find("BOB")], ["bob", two.member]);
});

Deno.test("ChatRoom refuses what is no name, to the member alone", () => {
  const { room, shown, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  for (const name of ["a b", "operator"]) room.rename(one.member, name);
  assertEquals([one.news(), two.news(), shown], [
    [
      '*** Not "a b": a name is made of letters and digits, then also _ . -',
      '*** Not "operator": names like that are given by the server',
    ],
    [],
    [],
  ]);
});

Deno.test("ChatRoom tells a member its new name, and the others, who are not told when it is the old one", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  for (const name of ["Zoe\u0308", "Zo\u00eb", "user1"]) room.rename(one.member, name);
  assertEquals([one.news(), two.news()], [
    ["*** You are Zoë now", "*** You are Zoë now", "*** You are user1 now"],
    ["*** user1 is Zoë now", "*** Zoë is user1 now"],
  ]);
  assertEquals([room.find("zoë"), room.find("user1")], [undefined, one.member]);
});

/** A member that asks for a name when it joins, and gets its own events, too. */
class AskingMember extends Member {
  readonly wanted: string;
  readonly lines: string[] = [];

  constructor(peer: Peer, wanted: string) {
    super(peer);
    this.wanted = wanted;
  }

  send({ lines }: Broadcast): boolean {
    this.lines.push(...lines);
    return true;
  }

  sendOwn({ lines }: Broadcast): boolean {
    this.lines.push(...lines.map((line) => `own: ${line}`));
    return true;
  }

  sendHistory(events: readonly StoredEvent[], { lines }: Broadcast): boolean {
    this.lines.push(...lines.map((line, at) => `${typeof events[at]?.t}: ${line}`));
    return true;
  }
}

Deno.test("ChatRoom gives a newcomer the name that it asks for, else another one and says why", () => {
  const { room } = make();
  const cases: [wanted: string, name: string, why: string | undefined][] = [
    ["Zoe\u0308", "Zo\u00eb", undefined],
    ["ZOE\u0308", "user2", "somebody else has that name"],
    ["admin", "user3", "names like that are given by the server"],
    ["user4", "user4", undefined],
  ];
  for (const [at, [wanted, name, why]] of cases.entries()) {
    const member = new AskingMember(new FakePeer(at + 1), wanted);
    room.join(member);
    assertEquals(member.name, name);
    const notes = member.lines.filter((line) => line.startsWith("*** Not "));
    assertEquals(notes, why === undefined ? [] : [`*** Not "${wanted.normalize("NFC")}": ${why}`]);
  }
});

Deno.test("ChatRoom sends a member its own events, the first one when it joins, then its welcome and the history", () => {
  const { room, come } = make({ history: 5 });
  const one = come(1);
  room.say(one.member, ["early"]);
  const member = new AskingMember(new FakePeer(2), "Ann");
  room.join(member);
  room.say(member, ["a"]);
  room.say(one.member, ["b"]);
  room.act(member, "waves");
  room.rename(member, "Bea");
  assertEquals(member.lines, [
    "own: *** Ann joined",
    "*** You are Ann; 1 other is here. /help lists the commands",
    "number: <user1> early",
    "own: <Ann> a",
    "<user1> b",
    "own: * Ann waves",
    "own: *** Ann is Bea now",
    "*** You are Bea now",
  ]);
});

Deno.test("ChatRoom logs what all are sent where pages can join, each event before it is sent", () => {
  for (const web of [false, true]) {
    const { room, come } = make({ interactive: true, web });
    const one = come(1);
    const member = new AskingMember(new FakePeer(2), "Ann");
    const numbers: (number | undefined)[] = [];
    member.send = ({ logged }) => (numbers.push(logged[0]?.n), true);
    room.join(member);
    room.say(one.member, ["a"]);
    room.sendPrivate(one.member, member, "psst");
    room.act(one.member, "waves");
    const { log } = room;
    const kinds = log?.after(0).events.map(({ event }) => event.kind);
    assertEquals(kinds, web ? ["join", "join", "say", "act"] : undefined);
    assertEquals(log?.names, web ? ["user1", "Ann", "operator"] : undefined);
    assertEquals(numbers, web ? [undefined, 3, undefined, 4] : Array(4).fill(undefined));
  }
});

Deno.test("ChatRoom drops a member that does not read, after the line for all", () => {
  const { room, come } = make();
  const [one, two, three] = [come(1), come(2), come(3)];
  for (const guest of [one, two, three]) guest.news();
  two.peer.full = true;
  room.say(one.member, ["a"]);
  room.say(one.member, ["b"]);
  const dropped = "*** user2 was dropped: it does not read";
  assertEquals([one.news(), two.news(), three.news()], [[dropped], [], ["<user1> a", dropped, "<user1> b"]]);
  assertEquals([two.peer.kicks, two.peer.ends], [["does not read what it is sent"], 0]);
});

Deno.test("ChatRoom drops several at once, each with one notice", () => {
  const { room, shown, come } = make();
  const [one, two, three, four] = [come(1), come(2), come(3), come(4)];
  for (const guest of [one, two, three, four]) guest.news();
  shown.length = 0;
  for (const { peer } of [two, three]) peer.full = true;
  room.say(one.member, ["a"]);
  const notices = [2, 3].map((id) => `*** user${id} was dropped: it does not read`);
  assertEquals([one.news(), four.news()], [notices, ["<user1> a", ...notices]]);
  assertEquals(shown, ["#1: <user1> a", `#2: ${notices[0]}`, `#3: ${notices[1]}`]);
  assertEquals(room.members, [one.member, four.member]);
});

Deno.test("ChatRoom drops a thousand at once", () => {
  const { room, come } = make();
  const guests = Array.from({ length: 1000 }, (_, at) => come(at + 1));
  for (const { peer } of guests.slice(1)) peer.full = true;
  room.say(guests[0]!.member, ["a"]);
  assertEquals(room.members, [guests[0]!.member]);
});

Deno.test("ChatRoom drops a member that does not read what is said to it alone", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.sendPrivate(one.member, two.member, "psst");
  assertEquals(one.news(), ["*** user2 was dropped: it does not read"]);
});

Deno.test("ChatRoom does not drop a member that is leaving", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.open = false;
  room.say(one.member, ["a"]);
  room.sendPrivate(one.member, two.member, "b");
  assertEquals([one.news(), two.peer.kicks, room.of(two.peer)], [[], [], two.member]);
});

Deno.test("ChatRoom gives a member that was removed a second to read why", async () => {
  using clock = new FakeClock();
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  room.remove(two.member);
  assertEquals([one.news(), two.news()], [["*** user2 was removed by the operator"], [
    "*** You were removed by the operator",
  ]]);
  assertEquals([two.peer.ends, two.peer.kicks], [1, []]);
  await clock.advance(999);
  assertEquals(two.peer.kicks, []);
  await clock.advance(1);
  assertEquals([two.peer.kicks, clock.pending], [["was removed by the operator"], 0]);
});

Deno.test("ChatRoom forgets the removal when the connection is over", () => {
  using clock = new FakeClock();
  const { room, come } = make();
  const { member, peer } = come(1);
  room.remove(member);
  room.disconnects.cancel(peer);
  assertEquals(clock.pending, 0);
});

Deno.test("ChatRoom removes a member that does not read at once", () => {
  using clock = new FakeClock();
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  one.news();
  two.peer.full = true;
  room.remove(two.member);
  assertEquals([one.news().length, two.peer.kicks.length, clock.pending], [1, 1, 0]);
});

Deno.test("ChatRoom gives newcomers what was said before, and nothing else", () => {
  const { room, come } = make({ history: 3, interactive: true });
  const [one, two] = [come(1), come(2)];
  room.say(one.member, ["a", "b"]);
  room.rename(one.member, "bob");
  room.sendPrivate(one.member, two.member, "psst");
  room.act(one.member, "waves");
  room.say(room.operator, ["c"]);
  const welcome = "*** You are user3; 3 others are here. /help lists the commands";
  assertEquals(come(3).news(), [welcome, "<user1> b", "* bob waves", "<operator> c"]);
});

Deno.test("ChatRoom says goodbye to all as it closes", () => {
  const { room, shown, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.close();
  room.leave(one.member, "left");
  assertEquals([one.news(), two.news()], [["*** The server stops. Goodbye"], ["*** The server stops. Goodbye"]]);
  assertEquals([shown, room.members], [["undefined: *** The server stops. Goodbye"], []]);
  assert(one.member.gone.aborted && two.member.gone.aborted);
});

Deno.test("ChatRoom says nothing after its goodbye, not even that a member does not read it", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.close();
  assertEquals(one.news(), ["*** The server stops. Goodbye"]);
});

Deno.test("ChatRoom announces notes to all, and sends others to one", () => {
  const { room, shown, come, notices } = make({ interactive: true });
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.announce(note("bus-back"));
  room.notify(one.member, note("you", "Ann"), note("removed"));
  room.notify(room.operator, note("nobody", '"x"'));
  const all = "*** The other servers are in reach";
  assertEquals(one.news(), [all, "*** You are Ann now", "*** You were removed by the operator"]);
  assertEquals([two.news(), shown], [[all], [`undefined: ${all}`]]);
  assertEquals(notices, ['*** Nobody is called "x"']);
});
