import { assertEquals } from "@std/assert";
import type { Participant } from "../../lib/chat/contract.ts";
import { note } from "../../lib/chat/events.ts";
import { LateBus } from "./late_bus.ts";
import { makeRoom } from "./room_helpers.ts";

/** A participant at another server. */
function remote(name: string): Participant {
  return { name, send: () => true };
}

/** A room with a bus and two members that have read that both are here. */
function make(options: { interactive?: boolean } = {}) {
  const bus = new LateBus();
  const made = makeRoom({ ...options, bus });
  const [one, two] = [made.come(1), made.come(2)];
  bus.deliver();
  for (const member of [one, two]) member.news();
  made.shown.length = 0;
  return { ...made, bus, one, two };
}

Deno.test("ChatRoom with a bus applies actions when they come back, in that order", () => {
  const { room, shown, bus, one, two } = make();
  room.say(one.member, ["a"]);
  room.say(two.member, ["waves"], "act");
  room.rename(one.member, "Ann");
  room.leave(two.member, "left", "bye");
  assertEquals([one.news(), two.news(), shown, one.member.name], [[], [], [], "user1-k3f9"]);
  bus.deliver();
  assertEquals(one.news(), ["* user2-k3f9 waves", "*** You are Ann now", "*** user2-k3f9 left: bye"]);
  assertEquals(shown, [
    "#1: <user1-k3f9> a",
    "#2: * user2-k3f9 waves",
    "#1: *** user1-k3f9 is Ann now",
    "#2: *** user2-k3f9 left: bye",
  ]);
});

Deno.test("ChatRoom with a bus tells a newcomer its name at once, and what is wrong with the bus", () => {
  const { bus, come, one } = make();
  bus.warning = note("bus-away");
  bus.elsewhere = [remote("Bob")];
  const three = come(3);
  assertEquals(three.news(), [
    "*** You are user3-k3f9; 3 others are here. /help lists the commands",
    "*** The other servers are out of reach: only those at this one hear you",
  ]);
  assertEquals(one.news(), []);
  bus.deliver();
  assertEquals([one.news(), three.news()], [["*** user3-k3f9 joined"], []]);
});

Deno.test("ChatRoom applies actions of participants at other servers", () => {
  const { room, shown, one, two } = make();
  const bob = remote("Bob");
  room.apply({ kind: "join", from: bob });
  room.apply({ kind: "say", from: bob, texts: ["hi", "ho"] });
  room.apply({ kind: "rename", from: bob, to: "Rob" });
  room.apply({ kind: "leave", from: bob, how: "server" });
  const lines = ["*** Bob joined", "<Bob> hi", "<Bob> ho", "*** Bob is Rob now", "*** Bob left with their server"];
  assertEquals([one.news(), two.news(), shown], [lines, lines, lines.map((line) => `undefined: ${line}`)]);
});

Deno.test("ChatRoom gives a member another name when another server has the better right to it", () => {
  const { room, bus, one, two } = make();
  room.rename(one.member, "Ann");
  bus.deliver();
  one.news();
  two.news();
  room.yieldName(one.member);
  bus.deliver();
  assertEquals(one.news(), ["*** You are user1-k3f9; somebody at another server has Ann or a name like it"]);
  assertEquals(two.news(), ["*** Ann is user1-k3f9 now"]);
  bus.elsewhere = [remote("user2-k3f9")];
  room.yieldName(two.member);
  bus.deliver();
  assertEquals(/^user2-x[a-z0-9]{3}$/.test(two.member.name), true, two.member.name);
  room.yieldName(remote("Bob"));
  assertEquals(bus.sent, []);
});

Deno.test("ChatRoom knows no member by a name that comes back after it has left", () => {
  const { room, bus, one, two } = make();
  room.rename(two.member, "Bob");
  room.leave(two.member, "left");
  bus.deliver();
  assertEquals(one.news(), ["*** user2-k3f9 is Bob now", "*** Bob left"]);
  assertEquals([room.find("Bob"), room.find("user2-k3f9")], [undefined, undefined]);
});

Deno.test("ChatRoom refuses a name that a participant at another server has", () => {
  const { room, bus, one } = make();
  bus.elsewhere = [remote("Bob")];
  room.rename(one.member, "Bob");
  assertEquals([one.news(), bus.sent], [['*** Not "Bob": somebody else has that name'], []]);
  assertEquals([room.find("Bob"), room.findAnywhere("Bob")], [undefined, bus.elsewhere[0]]);
  assertEquals(room.names, ["user1-k3f9", "user2-k3f9", "Bob"]);
});

Deno.test("ChatRoom gives the bus private lines to other servers, and delivers those from there", () => {
  const { room, shown, bus, one, two } = make();
  const bob = remote("Bob");
  bus.elsewhere = [bob];
  room.sendPrivate(one.member, bob, "psst");
  room.sendPrivate(one.member, two.member, "here");
  room.deliverPrivate("Bob", two.member, "hm?");
  assertEquals(bus.private, ["user1-k3f9 to Bob: psst"]);
  assertEquals([one.news(), two.news(), shown], [[], ["[user1-k3f9] here", "[Bob] hm?"], []]);
});

Deno.test("ChatRoom tells other servers that the person at this one has left", () => {
  const { room, bus } = make({ interactive: true });
  assertEquals(room.here.map(({ name }) => name), ["user1-k3f9", "user2-k3f9", "operator-k3f9"]);
  room.operatorLeaves();
  room.operatorLeaves();
  assertEquals(bus.sent, [{ kind: "leave", from: room.operator, how: "left" }]);
  assertEquals(room.here.length, 2);
});

Deno.test("ChatRoom leaves its bus before it closes, and sends it nothing afterwards", () => {
  const { room, bus, one, two } = make();
  room.say(one.member, ["last"]);
  room.close();
  assertEquals([one.news(), two.news()], [
    ["*** The server stops. Goodbye"],
    ["<user1-k3f9> last", "*** The server stops. Goodbye"],
  ]);
  room.say(one.member, ["more"]);
  room.apply({ kind: "join", from: remote("Bob") });
  assertEquals([bus.left, bus.sent, one.news()], [1, [], []]);
});
