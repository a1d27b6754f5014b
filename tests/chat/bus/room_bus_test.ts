import { assert, assertEquals } from "@std/assert";
import { decodeMessage, encode } from "../../../lib/chat/bus/wire.ts";
import { randomFrom } from "../../text/random.ts";
import { FakeClock } from "../../support/clock.ts";
import { FakeNats, settle, Site } from "./fake.ts";
import type { TestMember } from "./room.ts";

const AWAY = "*** The other servers are out of reach: only those at this one hear you";
const BACK = "*** The other servers are in reach";

/** Servers on one NATS, with time that stands still. */
async function make(
  count: number,
  body: (sites: Site[], nats: FakeNats, clock: FakeClock) => Promise<void>,
): Promise<void> {
  using clock = new FakeClock();
  const nats = new FakeNats();
  const sites = Array.from({ length: count }, (_, at) => new Site(nats, at + 1));
  await settle();
  try {
    await body(sites, nats, clock);
  } finally {
    nats.delay = () => 0;
    for (const { bus } of sites) {
      const done = bus[Symbol.asyncDispose]();
      await clock.advance(3_000);
      await done;
    }
    await settle();
  }
}

Deno.test("RoomBus applies what was done in one order, own actions included", async () => {
  await make(3, async ([a, b, c], nats) => {
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
    assert(![...nats.bucket.keys()].some((key) => key.endsWith("YW5u")), "a name was not given back");
  });
});

Deno.test("RoomBus gives a name to the one whose claim comes first, here or elsewhere, in any spelling", async () => {
  await make(2, async ([a, b]) => {
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

Deno.test("RoomBus finds whose name at another server looks like one, and no more where that has changed", async () => {
  await make(2, async ([a, b]) => {
    const ann = a!.room.join("ann");
    await settle();
    assertEquals([b!.bus.findAlike("аnn")?.name, b!.bus.find("аnn"), a!.bus.findAlike("ann")], [
      "ann",
      undefined,
      undefined,
    ]);
    a!.room.rename(ann, "eve");
    await settle();
    assertEquals([b!.bus.findAlike("аnn"), b!.bus.findAlike("ЕVЕ")?.name], [undefined, "eve"]);
  });
});

Deno.test("a member that joins under a name that is taken is known elsewhere by its next one", async () => {
  await make(2, async ([a, b]) => {
    const [ann, other] = [a!.room.join("ann"), b!.room.join("Ann")];
    await settle();
    assertEquals([ann.name, other.name.startsWith("spare")], ["ann", true]);
    assertEquals(a!.room.log.at(-1), `*** ${other.name} joined`);
    assertEquals(b!.room.log.includes(`*** Ann is ${other.name} now`), true);
  });
});

Deno.test("each of many that come or go together is told to the room", async () => {
  await make(2, async ([a, b]) => {
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
  await make(2, async ([a, b]) => {
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
  await make(2, async ([a, b], nats, clock) => {
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
  await make(3, async ([a, b, c], nats, clock) => {
    const dead = "d".repeat(16);
    const ann = a!.room.join("ann");
    nats.set(`server.${dead}`, new Uint8Array());
    nats.put("name.Ym9i", encode({ s: dead, id: 7, name: "bob" }));
    nats.append("x", "people", encode({ s: dead, i: "x", late: false, events: [{ k: "join", id: 7, name: "bob" }] }));
    await settle();
    a!.room.rename(ann, "BOB");
    await clock.advance(4_000);
    assertEquals(ann.told, ['Not "BOB": somebody else has that name']);
    await clock.advance(4_000);
    await settle();
    for (const { room } of [a!, b!, c!]) {
      assertEquals(room.log.filter((line) => /bob/.test(line)), ["*** bob joined", "*** bob left with their server"]);
    }
    assertEquals([...nats.bucket.keys()].filter((key) => key.includes(dead) || key === "name.Ym9i"), []);
    assertEquals(nats.log.filter(({ data }) => /"gone"/.test(new TextDecoder().decode(data))).length, 1);
    a!.room.rename(ann, "BOB");
    await settle();
    assertEquals(ann.name, "BOB");
  });
});

Deno.test("a server that the others believe to be gone comes back", async () => {
  await make(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    nats.append("x", "people", encode({ s: b!.id, i: "x", late: false, events: [{ k: "gone", server: a!.id }] }));
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

Deno.test("a hole in the stream, or another stream, is told, and who is where is looked up", async () => {
  for (const other of [false, true]) {
    await make(2, async ([a, b], nats, clock) => {
      const bob = b!.room.join("bob");
      await settle();
      const { connector } = a!;
      const { reconnect } = connector;
      const held = Promise.withResolvers<void>();
      connector.reconnect = async (signal) => {
        await held.promise;
        return await reconnect(signal);
      };
      a!.link!.cut();
      await clock.advance(1_500);
      for (const text of ["lost", "seen"]) {
        b!.room.say(bob, text);
        await settle();
      }
      b!.room.join("eve");
      await settle();
      if (other) nats.created = "twice";
      nats.log.splice(0, nats.log.length - 2);
      held.resolve();
      await settle();
      assertEquals(a!.room.said, ["<bob> seen"]);
      assert(a!.room.log.includes("*** Some of what was said at other servers may be missing"));
      assertEquals(a!.bus.elsewhere.map(({ name }) => name).sort(), ["bob", "eve"]);
    });
  }
});

Deno.test("what is no message is told once; forged messages take nothing from others", async () => {
  await make(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    for (const text of ["", "{}", "[1]", "\0"]) nats.append(undefined, "lines", new TextEncoder().encode(text));
    const eve = "f".repeat(16);
    const said = { k: "say" as const, id: 1, name: "eve", texts: ["hi"] };
    nats.append(undefined, "lines", encode({ s: eve, i: "1", late: false, events: [said] }));
    nats.append(undefined, "people", encode({ s: eve, i: "2", late: false, events: [{ k: "gone", server: a!.id }] }));
    nats.append(undefined, "lines", encode({ s: a!.id, i: "3", late: false, events: [{ ...said, name: "ann" }] }));
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
  await make(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    b!.room.slow = Promise.withResolvers();
    nats.delay = () => 3;
    for (let i = 0; i < 20; i++) a!.room.say(ann, String(i));
    assertEquals([a!.bus.full(true), a!.bus.full(false)], [true, false]);
    for (let i = 20; i < 100; i++) a!.room.say(ann, String(i));
    assertEquals(a!.bus.full(false), true);
    await a!.bus.ready();
    await settle();
    assertEquals([a!.bus.full(true), a!.room.said.length, b!.room.said.length], [false, 100, 0]);
    // What is said meanwhile goes out together.
    assert(nats.log.length < 10, `${nats.log.length} messages`);
    b!.room.slow.resolve();
    b!.room.slow = undefined;
    await settle();
    assertEquals(b!.room.said, a!.room.said);
    nats.limit = 300;
    a!.link!.cut();
    await settle();
    a!.room.say(ann, "x".repeat(400));
    a!.room.say(ann, "short");
    await settle();
    assertEquals([ann.told.at(-1)?.startsWith('Not said: "xxx'), b!.room.said.at(-1)], [true, "<ann> short"]);
  });
});

Deno.test("a server that stops says its last words, and takes its people with it", async () => {
  await make(2, async ([a, b], nats) => {
    const ann = a!.room.join("ann");
    await settle();
    a!.room.say(ann, "last words");
    a!.bus.leave();
    assertEquals(a!.room.said, ["<ann> last words"]);
    await settle();
    assertEquals(b!.room.log.slice(-2), ["<ann> last words", "*** ann left with their server"]);
    assertEquals(nats.log.map(({ data }) => decodeMessage(data)?.late).includes(true), false);
  });
});

const RUNS = 40;
const STEPS = 120;
const NAMES = ["ann", "bob", "cid", "Ann", "BOB"];

Deno.test("every line comes once everywhere and in one order, and names are held once, however connections break", async () => {
  let [alone, together] = [0, 0];
  for (let seed = 1; seed <= RUNS; seed++) {
    await make(3, async (sites, nats, clock) => {
      const random = randomFrom(seed);
      const members = sites.flatMap(({ room }, at) => [0, 1].map((i) => ({ room, member: room.join(`m${at}${i}`) })));
      await settle();
      nats.delay = () => random(3);
      const said: string[] = [];
      for (let step = 0; step < STEPS; step++) {
        const { room, member } = members[random(members.length)]!;
        const choice = random(40);
        if (choice < 20) {
          said.push(`${seed}-${step}`);
          room.say(member, `${seed}-${step}`);
        } else if (choice < 24) room.rename(member, NAMES[random(NAMES.length)]!);
        else if (choice < 26) sites[random(3)]!.link?.cut();
        else if (choice < 27) nats.down();
        else if (choice < 30) nats.up();
        else if (choice < 32) await clock.advance(random(2_500));
        else await settle(random(4));
      }
      nats.up();
      await settle(200);
      const texts = nats.log.flatMap(({ data }) => decodeMessage(data)?.events ?? []).flatMap((event) =>
        "texts" in event ? event.texts : []
      );
      assertEquals(texts.toSorted(), said.toSorted(), `run ${seed}: the stream`);
      for (const { room } of sites) {
        const heard = room.said.map((line) => line.replace(/^<.*> /, ""));
        assertEquals(heard.toSorted(), said.toSorted(), `run ${seed}: once`);
        if (room.log.includes(AWAY)) alone++;
        else {
          together++;
          assertEquals(heard, texts, `run ${seed}: order`);
        }
      }
      checkNames(sites, members, seed);
    });
  }
  assert(alone > 5 && together > 5, `${alone} ${together}`);
});

function checkNames(
  sites: readonly Site[],
  members: readonly { room: unknown; member: TestMember }[],
  seed: number,
): void {
  const names = members.map(({ member }) => member.name);
  assertEquals(new Set(names.map((name) => name.toLowerCase())).size, names.length, `run ${seed}: ${names}`);
  for (const { room, bus } of sites) {
    const seen = [...room.here, ...bus.elsewhere].map(({ name }) => name);
    assertEquals(seen.toSorted(), names.toSorted(), `run ${seed}: who is there`);
  }
}
