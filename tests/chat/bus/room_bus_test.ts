import { assert, assertEquals } from "@std/assert";
import { isSettled } from "../../support/clock.ts";
import { decodeMessage } from "../../../lib/chat/bus/wire.ts";
import { AWAY, BACK, settle, Site, withSites } from "./fake.ts";

Deno.test("RoomBus applies what was done in one order, own actions included", async () => {
  await withSites(3, async ([a, b, c]) => {
    const [ann, bob] = [a!.room.join("ann"), b!.room.join("bob")];
    await settle();
    a!.room.say(ann, "one", "two");
    assertEquals(a!.room.said, []);
    b!.room.say(bob, "three");
    a!.room.rename(ann, "Anna");
    a!.room.say(ann, "four");
    await settle();
    a!.room.leave(ann, "bye");
    await settle();
    assertEquals(c!.room.log.slice(-6), a!.room.log.slice(-6));
    assertEquals(
      c!.room.log.filter((line) => !line.endsWith("joined")).sort(),
      [
        "*** Anna left: bye",
        "*** ann is Anna now",
        "<Anna> four",
        "<ann> one",
        "<ann> two",
        "<bob> three",
      ].sort(),
    );
    assertEquals(c!.bus.elsewhere.map(({ name }) => name), ["bob"]);
  });
});

Deno.test("RoomBus gives a name to the one whose claim comes first, here or elsewhere, in any spelling", async () => {
  await withSites(2, async ([a, b]) => {
    const [one, two, three] = [a!.room.join("one"), a!.room.join("two"), b!.room.join("three")];
    await settle();
    a!.room.rename(one, "bob");
    a!.room.rename(two, "BOB");
    await settle();
    b!.room.rename(three, "Bob");
    await settle();
    assertEquals([one.name, two.told, three.told], [
      "bob",
      ['Not "BOB": somebody else has that name'],
      ['Not "Bob": somebody else has that name'],
    ]);
    a!.room.rename(one, "Bob");
    await settle();
    assertEquals(b!.bus.find("BOB")?.name, "Bob");
    a!.room.leave(one);
    const next = a!.room.join("bob");
    await settle();
    assertEquals([next.name, b!.bus.find("bob")?.name], ["bob", "bob"]);
  });
});

Deno.test("a member that joins under a name that is taken is known elsewhere by its next one", async () => {
  await withSites(2, async ([a, b]) => {
    const [ann, other] = [a!.room.join("ann"), b!.room.join("Ann")];
    await settle();
    assertEquals([ann.name, other.name.startsWith("spare")], ["ann", true]);
    assertEquals(a!.room.log.at(-1), `*** ${other.name} joined`);
    assertEquals(b!.room.log.includes(`*** Ann is ${other.name} now`), true);
  });
});

Deno.test("each of many that come or go together is told to the room", async () => {
  await withSites(2, async ([a, b]) => {
    const names = ["u", "v", "w", "x", "y"];
    const members = names.map((name) => a!.room.join(name));
    await settle();
    assertEquals(b!.room.log, names.map((name) => `*** ${name} joined`));
    for (const member of members) a!.room.leave(member);
    await settle();
    assertEquals(b!.bus.elsewhere.length, 0);
    assertEquals(b!.room.log.slice(names.length), names.map((name) => `*** ${name} left`));
  });
});

Deno.test("a private line goes to one participant, or the sender is told why not", async () => {
  await withSites(2, async ([a, b]) => {
    const [ann, bob] = [a!.room.join("ann"), b!.room.join("bob")];
    await settle();
    const far = a!.bus.find("BOB")!;
    assertEquals([a!.bus.sendPrivate(ann, far, "psst"), a!.bus.sendPrivate(ann, ann, "me")], [true, false]);
    await settle();
    assertEquals(bob.told, ["[ann] psst"]);
    b!.room.leave(bob);
    assertEquals(a!.bus.sendPrivate(ann, far, "gone?"), true);
    await settle();
    b!.link!.cut();
    a!.bus.sendPrivate(ann, far, "there?");
    await settle();
    assertEquals(ann.told, [
      "Not said to bob: that member has left",
      "Not said to bob: their server does not answer",
    ]);
  });
});

Deno.test("a short break is not noticed; in a longer one the room lives on and what was said comes late", async () => {
  await withSites(2, async ([a, b], nats, clock) => {
    const [ann, bob] = [a!.room.join("ann"), b!.room.join("bob")];
    await settle();
    nats.down();
    a!.room.say(ann, "short");
    await clock.advance(500);
    nats.up();
    await settle();
    assertEquals(b!.room.said, ["<ann> short"]);
    nats.down();
    a!.room.say(ann, "first");
    await clock.advance(1_500);
    assertEquals([a!.bus.warning?.code, a!.bus.elsewhere.length, a!.bus.find("bob")], ["bus-away", 0, undefined]);
    a!.room.say(ann, "second");
    a!.room.rename(ann, "anna");
    a!.room.say(ann, "third");
    assertEquals(a!.room.log.slice(-5), [AWAY, "<ann> first", "<ann> second", "*** ann is anna now", "<anna> third"]);
    nats.up();
    await settle();
    b!.room.say(bob, "hello");
    await settle();
    assertEquals(a!.room.log.slice(-2), [BACK, "<bob> hello"]);
    assertEquals(
      b!.room.log.slice(-8),
      [
        AWAY,
        BACK,
        "*** The next line was said while another server was out of reach",
        "<ann> first",
        "*** ann is anna now",
        "*** The next 2 lines were said while another server was out of reach",
        "<ann> second",
        "<anna> third",
      ].concat("<bob> hello").slice(-8),
    );
    assertEquals(a!.room.said.length, 5);
  });
});

Deno.test("a server that renews no lease is gone, once, and its names are free", async () => {
  await withSites(3, async ([a, b, c], nats, clock) => {
    const dead = "d".repeat(16);
    const ann = a!.room.join("ann");
    nats.renew(dead);
    nats.forge(dead, { k: "join", id: 7, name: "bob" });
    await settle();
    a!.room.rename(ann, "BOB");
    await clock.advance(4_000);
    assertEquals(ann.told, ['Not "BOB": somebody else has that name']);
    await clock.advance(4_000);
    await settle();
    for (const { room } of [a!, b!, c!]) {
      assertEquals(room.log.filter((line) => /bob/.test(line)), ["*** bob joined", "*** bob left with their server"]);
    }
    assertEquals(nats.log.filter(({ data }) => /"gone"/.test(new TextDecoder().decode(data))).length, 1);
    a!.room.rename(ann, "BOB");
    await settle();
    assertEquals(ann.name, "BOB");
  });
});

Deno.test("a newcomer gives no name before each server has said who is there, or is announced as gone", async () => {
  await withSites(2, async ([a, b], nats, clock) => {
    const frozen = "d".repeat(16);
    nats.renew(frozen);
    await settle();
    const next = new Site(nats, 3);
    const arrived = next.stream.arrived();
    await settle();
    await clock.advance(4_000);
    assertEquals(await isSettled(arrived), false);
    await clock.advance(3_000);
    await settle();
    assertEquals(await isSettled(arrived), true);
    const gone = nats.log.map(({ data }) => decodeMessage(data)?.events[0]).filter((event) => event?.k === "gone");
    assertEquals(gone, [{ k: "gone", server: frozen }]);
    const bob = next.room.join("bob");
    await settle();
    assertEquals([a!, b!].map(({ bus }) => bus.find("bob")?.name), [bob.name, bob.name]);
    await next.stream[Symbol.asyncDispose]();
  });
});

Deno.test("a name of a dead server that its successor has given is known to all when the dead one is gone", async () => {
  await withSites(1, async ([a], nats, clock) => {
    const dead = "d".repeat(16);
    nats.renew(dead);
    nats.forge(dead, { k: "join", id: 7, name: "bob" });
    await settle();
    const next = new Site(nats, 3);
    await settle();
    const bob = next.room.join("bob");
    await clock.advance(8_000);
    await settle();
    assertEquals([bob.name, a!.bus.find("bob") === undefined], ["bob", false]);
    assertEquals(a!.room.log.filter((line) => /bob/.test(line)).slice(-2), [
      "*** bob left with their server",
      "*** bob joined",
    ]);
    await next.stream[Symbol.asyncDispose]();
  });
});

Deno.test("a server that the others believe to be gone comes back", async () => {
  await withSites(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    nats.forge(b!.id, { k: "gone", server: a!.id });
    await settle();
    a!.room.say(ann, "still here");
    await settle();
    assertEquals(b!.room.log, [
      "*** ann joined",
      "*** ann left with their server",
      "*** ann joined",
      "<ann> still here",
    ]);
    assertEquals(a!.room.log.includes(AWAY), false);
  });
});

Deno.test("what is no message is told once; forged messages take nothing from others", async () => {
  await withSites(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    for (const text of ["", "{}", "[1]", "\0"]) nats.append("", new TextEncoder().encode(text));
    const eve = "f".repeat(16);
    const said = { k: "say" as const, id: 1, name: "eve", texts: ["hi"] };
    nats.forge(eve, said);
    nats.forge(eve, { k: "gone", server: a!.id });
    nats.forge(a!.id, { ...said, name: "ann" });
    await settle();
    a!.room.say(ann, "still here");
    await settle();
    assertEquals([a!.notices.length, b!.notices.length], [1, 1]);
    assertEquals(a!.room.said, ["<eve> hi", "<ann> still here"]);
    assertEquals(b!.room.said, ["<eve> hi", "<ann> hi", "<ann> still here"]);
    assertEquals(b!.bus.elsewhere.map(({ name }) => name), ["ann"]);
  });
});

Deno.test("a slow room slows only itself; writers wait when too much is under way, those that flood earlier", async () => {
  await withSites(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    b!.room.slow = Promise.withResolvers();
    nats.delay = () => 3;
    for (let i = 0; i < 20; i++) a!.room.say(ann, String(i).repeat(5_000));
    assertEquals([a!.bus.full(true), a!.bus.full(false)], [true, false]);
    for (let i = 20; i < 100; i++) a!.room.say(ann, String(i).repeat(5_000));
    assertEquals(a!.bus.full(false), true);
    await a!.bus.ready();
    await settle(400);
    assertEquals([a!.bus.full(true), a!.room.said.length, b!.room.said.length], [false, 100, 0]);
    // What is said meanwhile goes out together.
    assert(nats.log.length < 50, `${nats.log.length} messages`);
    b!.room.slow.resolve();
    b!.room.slow = undefined;
    await settle();
    assertEquals(b!.room.said, a!.room.said);
  });
});

Deno.test("a server that stops says its last words, and takes its people with it", async () => {
  await withSites(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    a!.room.say(ann, "last words");
    a!.bus.leave();
    assertEquals(a!.room.said, ["<ann> last words"]);
    await settle();
    assertEquals(b!.room.log.slice(-2), ["<ann> last words", "*** ann left with their server"]);
    assertEquals(nats.log.map(({ data }) => decodeMessage(data)?.late).includes(true), false);
    await a!.stream[Symbol.asyncDispose]();
    assertEquals(nats.leases.get(a!.id)?.time, 0);
    assertEquals(b!.room.join("ANN").name, "ANN");
    await settle();
    assertEquals(b!.room.log.at(-1), "*** ANN joined");
  });
});
