import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type ChatLimits, ChatRoom } from "../../lib/chat/room.ts";
import type { Member } from "../../lib/chat/member.ts";
import type { Peer } from "../../lib/server/mode.ts";
import { FakeClock } from "../support/clock.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";

/** Somebody in a room. */
interface Guest {
  readonly peer: FakePeer;
  readonly member: Member;
  /** The lines since the last time. */
  news(): string[];
}

/** A room, and what the person at the server sees of it: `user1: text` when it is from or about a peer. */
function make(options: Partial<ChatLimits> & { interactive?: boolean } = {}): {
  room: ChatRoom;
  shown: string[];
  notices: string[];
  come(id: number): Guest;
} {
  const { interactive = false, ...limits } = options;
  const shown: string[] = [];
  const show = (text: string, from?: Peer | "operator") =>
    void shown.push(`${typeof from === "object" ? `#${from.id}` : from}: ${text}`);
  const host = makeHost({ operator: new FakeOperator(interactive), show });
  const room = new ChatRoom(host.host, { history: 0, ...limits });
  const come = (id: number) => {
    const peer = new FakePeer(id);
    peer.onKick = () => room.disconnects.cancel(peer);
    room.join(peer);
    return { peer, member: room.of(peer)!, news: () => drain(peer) };
  };
  return { room, shown, notices: host.notices, come };
}

/** What a peer was sent since it was asked last. */
function drain(peer: FakePeer): string[] {
  const text = peer.heard.join("");
  peer.sent.length = 0;
  return text.split("\n").slice(0, -1);
}

Deno.test("ChatRoom welcomes who comes and tells the others", () => {
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

Deno.test("ChatRoom counts the person at the server among those who are here", () => {
  const { room, come } = make({ interactive: true });
  assertEquals(come(1).news(), ["*** You are user1; 1 other is here. /help lists the commands"]);
  assertEquals(room.people.map(({ name }) => name), ["user1", "operator"]);
  assertStrictEquals(room.find("Operator"), room.operator);
});

Deno.test("ChatRoom without a person at the server finds no operator", () => {
  const { room } = make();
  assertEquals([room.people, room.find("operator")], [[], undefined]);
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

Deno.test("ChatRoom shows who acts, and the whispers of nobody", () => {
  const { room, shown, come, notices } = make({ interactive: true });
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.act(one.member, "waves");
  room.whisper(one.member, two.member, "psst");
  room.whisper(one.member, room.operator, "boss");
  room.whisper(room.operator, one.member, "yes?");
  assertEquals([one.news(), two.news()], [["[operator] yes?"], ["* user1 waves", "[user1] psst"]]);
  assertEquals([shown, notices], [["#1: * user1 waves"], ["[user1] boss"]]);
});

Deno.test("ChatRoom says goodbye once to who leaves", () => {
  const { room, shown, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  shown.length = 0;
  room.leave(two.member, "left: bye");
  room.leave(two.member, "left");
  assertEquals([one.news(), two.news(), shown], [["*** user2 left: bye"], [], ["#2: *** user2 left: bye"]]);
  assertEquals([room.of(two.peer), room.find("user2"), two.member.gone.aborted], [undefined, undefined, true]);
});

Deno.test("ChatRoom gives a name to one at a time", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  assertEquals(room.rename(one.member, "Bob"), undefined);
  for (const name of ["Bob", "bob", "ＢＯＢ", "𝐁ob"]) {
    assertEquals(room.rename(two.member, name), "somebody else has that name");
  }
  assertEquals(room.rename(one.member, "bOB"), undefined);
  assertStrictEquals(room.find("BOB"), one.member);
  room.leave(one.member, "left");
  assertEquals([room.rename(two.member, "bob"), two.member.name], [undefined, "bob"]);
});

Deno.test("ChatRoom tells who has a new name, and the others, but nothing when it is the old one", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  for (const name of ["Zoe\u0308", "Zo\u00eb", "user1"]) assertEquals(room.rename(one.member, name), undefined);
  assertEquals([one.news(), two.news()], [
    ["*** You are Zoë now", "*** You are Zoë now", "*** You are user1 now"],
    ["*** user1 is Zoë now", "*** Zoë is user1 now"],
  ]);
  assertEquals([room.find("zoë"), room.find("user1")], [undefined, one.member]);
});

Deno.test("ChatRoom drops who does not read, after the line for everybody", () => {
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

Deno.test("ChatRoom drops who does not read what is said to them alone", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.whisper(one.member, two.member, "psst");
  assertEquals(one.news(), ["*** user2 was dropped: it does not read"]);
});

Deno.test("ChatRoom does not take for a bad reader who is leaving", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.open = false;
  room.say(one.member, ["a"]);
  room.whisper(one.member, two.member, "b");
  assertEquals([one.news(), two.peer.kicks, room.of(two.peer)], [[], [], two.member]);
});

Deno.test("ChatRoom gives who was removed a second to read why", async () => {
  using clock = new FakeClock();
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  room.remove(two.member, "was removed by the operator");
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
  room.remove(member, "was removed by the operator");
  room.disconnects.cancel(peer);
  assertEquals(clock.pending, 0);
});

Deno.test("ChatRoom removes who does not read at once", () => {
  using clock = new FakeClock();
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  one.news();
  two.peer.full = true;
  room.remove(two.member, "was removed by the operator");
  assertEquals([one.news().length, two.peer.kicks.length, clock.pending], [1, 1, 0]);
});

Deno.test("ChatRoom gives newcomers what was said before, and nothing else", () => {
  const { room, come } = make({ history: 3, interactive: true });
  const [one, two] = [come(1), come(2)];
  room.say(one.member, ["a", "b"]);
  room.rename(one.member, "bob");
  room.whisper(one.member, two.member, "psst");
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

Deno.test("ChatRoom says nothing after its goodbye, not even of who does not read it", () => {
  const { room, come } = make();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.close();
  assertEquals(one.news(), ["*** The server stops. Goodbye"]);
});
