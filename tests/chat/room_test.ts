import { assertEquals } from "@std/assert";
import { note } from "../../lib/chat/events.ts";
import { FakePeer } from "../support/modes.ts";
import { AskingMember, makeRoom } from "./room_helpers.ts";

Deno.test("ChatRoom welcomes a newcomer, and tells the others", () => {
  const { room, shown, come } = makeRoom();
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

Deno.test("ChatRoom says lines to all but the speaker, in one go", () => {
  const { room, shown, people } = makeRoom();
  const [one, two, three] = people(3);
  room.say(two.member, ["a", "", "b"]);
  const expected = ["<user2> a", "<user2> ", "<user2> b"];
  assertEquals([one.peer.sent.length, one.news(), two.news(), three.news()], [1, expected, [], expected]);
  assertEquals(shown, expected.map((text) => `#2: ${text}`));
});

Deno.test("ChatRoom tells a member its new name, and the others, but not them when it is the old one", () => {
  const { room, people } = makeRoom();
  const [one, two] = people(2);
  for (const name of ["Zoe\u0308", "Zo\u00eb", "user1"]) room.rename(one.member, name);
  assertEquals([one.news(), two.news()], [
    ["*** You are Zoë now", "*** You are Zoë now", "*** You are user1 now"],
    ["*** user1 is Zoë now", "*** Zoë is user1 now"],
  ]);
  assertEquals([room.find("zoë"), room.find("user1")], [undefined, one.member]);
});

Deno.test("ChatRoom gives a newcomer the name that it asks for, else another one and says why", () => {
  const { room } = makeRoom();
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
  const { room, come } = makeRoom({ history: 5 });
  const one = come(1);
  room.say(one.member, ["early"]);
  const member = new AskingMember(new FakePeer(2), "Ann");
  room.join(member);
  room.say(member, ["a"]);
  room.say(one.member, ["b"]);
  room.say(member, ["waves"], "act");
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
    const { room, come } = makeRoom({ interactive: true, web });
    const one = come(1);
    const member = new AskingMember(new FakePeer(2), "Ann");
    const numbers: (number | undefined)[] = [];
    member.send = ({ logged }) => (numbers.push(logged[0]?.n), true);
    room.join(member);
    room.say(one.member, ["a"]);
    room.sendPrivate(one.member, member, "psst");
    room.say(one.member, ["waves"], "act");
    const { log } = room;
    const kinds = log?.after(0).events.map(({ event }) => event.kind);
    assertEquals(kinds, web ? ["join", "join", "say", "act"] : undefined);
    assertEquals(log?.names(), web ? ["user1", "Ann", "operator"] : undefined);
    assertEquals(numbers, web ? [undefined, 3, undefined, 4] : Array(4).fill(undefined));
  }
});

Deno.test("ChatRoom gives newcomers what was said before, and nothing else", () => {
  const { room, come } = makeRoom({ history: 3, interactive: true });
  const [one, two] = [come(1), come(2)];
  room.say(one.member, ["a", "b"]);
  room.rename(one.member, "bob");
  room.sendPrivate(one.member, two.member, "psst");
  room.say(one.member, ["waves"], "act");
  room.say(room.operator, ["c"]);
  const welcome = "*** You are user3; 3 others are here. /help lists the commands";
  assertEquals(come(3).news(), [welcome, "<user1> b", "* bob waves", "<operator> c"]);
});

Deno.test("ChatRoom announces notes to all, and sends others to one", () => {
  const { room, shown, people, notices } = makeRoom({ interactive: true });
  const [one, two] = people(2);
  room.announce(note("bus-back"));
  room.notify(one.member, note("you", "Ann"), note("removed"));
  room.notify(room.operator, note("nobody", '"x"'));
  const all = "*** The other servers are in reach";
  assertEquals(one.news(), [all, "*** You are Ann now", "*** You were removed by the operator"]);
  assertEquals([two.news(), shown], [[all], [`undefined: ${all}`]]);
  assertEquals(notices, ['*** Nobody is called "x"']);
});
