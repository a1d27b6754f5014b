import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../support/clock.ts";
import { makeRoom } from "./room_helpers.ts";

Deno.test("ChatRoom drops a member that does not read, after the line for all", () => {
  const { room, come } = makeRoom();
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
  const { room, shown, come } = makeRoom();
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
  const { room, come } = makeRoom();
  const guests = Array.from({ length: 1000 }, (_, at) => come(at + 1));
  for (const { peer } of guests.slice(1)) peer.full = true;
  room.say(guests[0]!.member, ["a"]);
  assertEquals(room.members, [guests[0]!.member]);
  room.close();
});

Deno.test("ChatRoom drops a member that does not read what is said to it alone", () => {
  const { room, come } = makeRoom();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.sendPrivate(one.member, two.member, "psst");
  assertEquals(one.news(), ["*** user2 was dropped: it does not read"]);
});

Deno.test("ChatRoom does not drop a member that is leaving", () => {
  const { room, come } = makeRoom();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.open = false;
  room.say(one.member, ["a"]);
  room.sendPrivate(one.member, two.member, "b");
  assertEquals([one.news(), two.peer.kicks, room.members.includes(two.member)], [[], [], true]);
});

Deno.test("ChatRoom gives a member that was removed a second to read why", async () => {
  using clock = new FakeClock();
  const { room, come } = makeRoom();
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
  const { room, come } = makeRoom();
  const { member, peer } = come(1);
  room.remove(member);
  room.disconnects.cancel(peer);
  assertEquals(clock.pending, 0);
});

Deno.test("ChatRoom removes a member that does not read at once", () => {
  using clock = new FakeClock();
  const { room, come } = makeRoom();
  const [one, two] = [come(1), come(2)];
  one.news();
  two.peer.full = true;
  room.remove(two.member);
  assertEquals([one.news().length, two.peer.kicks.length, clock.pending], [1, 1, 0]);
});

Deno.test("ChatRoom says goodbye to all as it closes", () => {
  const { room, shown, come } = makeRoom();
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
  const { room, come } = makeRoom();
  const [one, two] = [come(1), come(2)];
  for (const guest of [one, two]) guest.news();
  two.peer.full = true;
  room.close();
  assertEquals(one.news(), ["*** The server stops. Goodbye"]);
});
