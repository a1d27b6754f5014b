import { assertEquals } from "@std/assert";
import { FakeClock } from "../support/clock.ts";
import { makeRoom } from "./room_helpers.ts";

Deno.test("ChatRoom drops several at once, each with one notice", () => {
  const { room, shown, people } = makeRoom();
  const [one, two, three, four] = people(4);
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
  const { room, people } = makeRoom();
  const [one, two] = people(2);
  two.peer.full = true;
  room.sendPrivate(one.member, two.member, "psst");
  assertEquals(one.news(), ["*** user2 was dropped: it does not read"]);
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

Deno.test("ChatRoom says nothing after its goodbye, not even that a member does not read it", () => {
  const { room, people } = makeRoom();
  const [one, two] = people(2);
  two.peer.full = true;
  room.close();
  assertEquals(one.news(), ["*** The server stops. Goodbye"]);
});
