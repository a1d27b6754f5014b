import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeClock, turn } from "../../support/clock.ts";
import { newsOf } from "../helpers.ts";
import { makeSite, makeSites } from "./helpers.ts";

/** What those hear who are alone. */
const ALONE = "*** The other servers are out of reach: only those at this one hear you\n";
const TOGETHER = "*** The other servers are in reach\n";

Deno.test("RoomBus shows a line when it comes back, to all but who said it, in one order", async () => {
  using sites = await makeSites(3);
  const [a, b, c] = sites.list;
  const [ann, bob, cid, dan] = [await a.guest("ann"), await b.guest("bob"), await c.guest("cid"), await a.guest("dan")];
  newsOf(ann, bob, cid, dan);
  await ann.says("one\n");
  assertEquals(newsOf(ann, bob, cid, dan), ["", "", "", ""]);
  await sites.hub.settle();
  await bob.says("two\n");
  await sites.hub.settle();
  await ann.says("three\nfour\n");
  await sites.hub.settle();
  assertEquals(newsOf(ann, bob, cid, dan), [
    "<bob> two\n",
    "<ann> one\n<ann> three\n<ann> four\n",
    "<ann> one\n<bob> two\n<ann> three\n<ann> four\n",
    "<ann> one\n<bob> two\n<ann> three\n<ann> four\n",
  ]);
  assertEquals(a.texts().slice(-4), c.texts().slice(-4));
});

Deno.test("RoomBus tells everywhere who comes, goes, acts and takes another name", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const bob = await b.guest("bob");
  bob.news();
  const ann = await a.guest("ann");
  await ann.says("/me waves\n/nick Anna\n/quit bye\n");
  await sites.hub.settle();
  assertEquals(
    bob.news(),
    "*** user1-a000 joined\n*** user1-a000 is ann now\n* ann waves\n*** ann is Anna now\n*** Anna left: bye\n",
  );
  ann.breaks();
});

Deno.test("RoomBus lists the people of all servers and counts them for newcomers", async () => {
  using sites = await makeSites(2, { interactive: true });
  const [a, b] = sites.list;
  await b.guest("bob");
  const ann = await a.guest("ann");
  assertStringIncludes(ann.news(), "*** You are user1-a000; 3 others are here.");
  await ann.says("/list\n");
  assertEquals(ann.news(), "*** 4 here: ann (you), operator-a000, operator-b000, bob\n");
});

Deno.test("RoomBus gives a name to whose claim comes first", async () => {
  using sites = await makeSites(3);
  const [a, b, c] = sites.list;
  const [one, two, three] = [await a.guest("one"), await b.guest("two"), await c.guest("three")];
  newsOf(one, two, three);
  await two.says("/nick bob\n");
  await new Promise((resolve) => setTimeout(resolve, 2)); // Claims of one moment are told apart by the servers' ids.
  await one.says("/nick BOB\n");
  await sites.hub.settle();
  assertEquals(newsOf(one, two, three), [
    '*** two is bob now\n*** Not "BOB": somebody else has that name\n',
    "*** You are bob now\n",
    "*** two is bob now\n",
  ]);
  await one.says("/nick bob\n");
  assertEquals(one.news(), '*** Not "bob": somebody else has that name\n');
});

Deno.test("RoomBus gives a name to one of two who claim it at one server", async () => {
  using sites = await makeSites(2);
  const [a] = sites.list;
  const [one, two] = [await a.guest("one"), await a.guest("two")];
  newsOf(one, two);
  await one.says("/nick bob\n");
  await two.says("/nick bob\n");
  await sites.hub.settle();
  assertEquals(newsOf(one, two), [
    "*** You are bob now\n",
    '*** one is bob now\n*** Not "bob": somebody else has that name\n',
  ]);
});

Deno.test("RoomBus brings a whisper to one person elsewhere", async () => {
  using sites = await makeSites(3);
  const [a, b, c] = sites.list;
  const [ann, bob, cid] = [await a.guest("ann"), await b.guest("bob"), await c.guest("cid")];
  newsOf(ann, bob, cid);
  await ann.says("/msg BOB psst\n/msg nobody hello\n");
  await turn();
  assertEquals(newsOf(ann, bob, cid), ['*** Nobody is called "nobody"\n', "[ann] psst\n", ""]);
  assertEquals(sites.list.map((site) => site.texts().some((text) => text.includes("psst"))), [false, false, false]);
});

Deno.test("RoomBus brings a whisper to who was meant, whoever has the name by then", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob, eve] = [await a.guest("ann"), await b.guest("bob"), await b.guest("eve")];
  await bob.says("/nick rob\n");
  await eve.says("/nick bob\n");
  sites.hub.take();
  b.carrier.deliver();
  await turn();
  newsOf(ann, bob, eve);
  // Nothing of it has come to the other server.
  await ann.says("/msg bob psst\n");
  await turn();
  assertEquals(newsOf(ann, bob, eve).map((news) => news.includes("psst")), [false, true, false]);
});

Deno.test("RoomBus says so when a whisper does not arrive", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  b.carrier.deaf = true;
  await ann.says("/msg bob psst\n");
  await turn();
  assertEquals(newsOf(ann, bob), ["*** Not said to bob: no answer came in time\n", ""]);
  b.carrier.deaf = false;
  bob.breaks();
  await ann.says("/msg bob psst\n");
  await turn();
  assertEquals(ann.news(), "*** Not said to bob: nobody is called so any more\n");
});

Deno.test("RoomBus removes nobody from another server", async () => {
  using sites = await makeSites(2, { interactive: true });
  const [a, b] = sites.list;
  const bob = await b.guest("bob");
  bob.news();
  a.operator.type("/kick bob");
  await turn();
  assertEquals(a.notices, ["*** bob is at another server, and is removed there"]);
  assertEquals([bob.news(), bob.peer.ends], ["", 0]);
});

Deno.test("a room that is alone lives on, and says once to each that only those here hear them", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, amy, bob] = [await a.guest("ann"), await a.guest("amy"), await b.guest("bob")];
  newsOf(ann, amy, bob);
  a.carrier.cut();
  await ann.says("anybody?\n");
  const goesOn = ", and only they hear you until the other servers are in reach\n";
  assertEquals(newsOf(ann, amy), [
    `${ALONE}*** Only those at this server heard "anybody?"${goesOn}`,
    `${ALONE}<ann> anybody?\n`,
  ]);
  await amy.says("no\n");
  await ann.says("hello\nthere\n");
  assertEquals(newsOf(ann, amy), [
    "<amy> no\n",
    `*** Only those at this server heard "no"${goesOn}<ann> hello\n<ann> there\n`,
  ]);
  await ann.says("/list\n/msg bob psst\n/nick bob\n");
  assertEquals(ann.news(), '*** 2 here: ann (you), amy\n*** Nobody is called "bob"\n*** You are bob now\n');
  const new1 = a.come(9);
  assertEquals(
    new1.news(),
    `*** You are user9-a000; 2 others are here. /help lists the commands\n${ALONE}`,
  );
  await sites.hub.settle();
  assertEquals(bob.news(), "");
  newsOf(ann, amy);
  a.carrier.connect();
  assertEquals(newsOf(ann, amy), [
    '*** Only those at this server heard 3 lines of yours, from "anybody?" to "there"\n',
    "",
  ]);
});

Deno.test("what was on its way when the bus broke happens here once, and who did it is told", async () => {
  for (const reached of [true, false]) {
    using sites = await makeSites(2);
    const [a, b] = sites.list;
    const [ann, amy, bob] = [await a.guest("ann"), await a.guest("amy"), await b.guest("bob")];
    newsOf(ann, amy, bob);
    await ann.says("first\nsecond\n");
    await amy.says("/nick eve\n");
    if (reached) {
      sites.hub.take();
      b.carrier.deliver();
    } else sites.hub.pending.length = 0;
    for (const { carrier } of [a, b]) carrier.cut();
    assertEquals(newsOf(ann, amy), [
      `*** Perhaps only those at this server heard "first" and 1 more\n*** amy is eve now\n${ALONE}`,
      `<ann> first\n<ann> second\n*** You are eve now\n${ALONE}`,
    ]);
    const heard = "<ann> first\n<ann> second\n*** amy is eve now\n";
    assertEquals(bob.news(), (reached ? heard : "") + ALONE);
    for (const { carrier } of [a, b]) carrier.connect();
    await sites.hub.settle();
    const news = reached ? "" : "*** amy is eve now\n";
    assertEquals(newsOf(ann, amy, bob), [TOGETHER, TOGETHER, news + TOGETHER]);
  }
});

Deno.test("after a break a name that two have taken stays with the server of the smaller id", async () => {
  for (const order of [[0, 1], [1, 0]] as const) {
    using sites = await makeSites(3);
    const [a, b, c] = sites.list;
    const [ann, bob, cid] = [await a.guest("ann"), await b.guest("bob"), await c.guest("cid")];
    for (const { carrier } of [a, b]) carrier.cut();
    await ann.says("/nick same\n");
    await bob.says("/nick Same\n");
    newsOf(ann, bob, cid);
    for (const at of order) {
      sites.list[at].carrier.connect();
      await sites.hub.settle();
    }
    const told = newsOf(ann, bob, cid).map((news) => [...news.match(/.* (?:joined|now|too)\n/g) ?? []]);
    assertEquals(told, [
      ["*** bob is user1-b000 now\n"],
      ["*** ann is same now\n", "*** You are user1-b000; somebody at another server is called Same, too\n"],
      order[0] === 0
        ? ["*** ann is same now\n", "*** bob is user1-b000 now\n"]
        : ["*** bob is Same now\n", "*** ann is same now\n", "*** Same is user1-b000 now\n"],
    ]);
    for (const client of [ann, bob, cid]) {
      client.news();
      await client.says("/list\n");
    }
    const lists = newsOf(ann, bob, cid).map((list) => list.replace(" (you)", "").match(/[\w-]+(?=[,\n])/g)?.sort());
    for (const list of lists) assertEquals(list, ["cid", "same", "user1-b000"]);
  }
});

Deno.test("a name that two have taken is known everywhere though the one with more right to it leaves at once", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(3);
  const { hub, list: [a, b, c] } = sites;
  const [ann, bob, cid] = [await a.guest("ann"), await b.guest("bob"), await c.guest("cid")];
  for (const { carrier } of [a, b]) carrier.cut();
  await ann.says("/nick same\n");
  await bob.says("/nick Same\n");
  a.carrier.connect();
  await hub.settle();
  b.carrier.connect();
  hub.take();
  for (const { carrier } of [b, c]) carrier.deliver();
  await ann.says("/quit\n");
  for (let i = 0; i < 3; i++) {
    await hub.settle();
    await clock.advance(1_000);
  }
  await hub.settle();
  cid.news();
  await bob.says("hello\n");
  await hub.settle();
  await cid.says("/list\n");
  assertEquals(cid.news(), "<Same> hello\n*** 2 here: cid (you), Same\n");
});

Deno.test("a newcomer knows the name that was claimed while it asked who is there", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const ann = await a.guest("ann");
  b.carrier.cut();
  b.carrier.connect();
  await ann.says("/nick eve\n");
  assertEquals(sites.hub.pending.length, 2);
  await sites.hub.settle();
  assertEquals([a.texts().at(-1), b.bus.people.map(({ name }) => name)], ["*** ann is eve now", ["eve"]]);
});

Deno.test("a server that stops takes its people with it", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const bob = await b.guest("bob");
  const ann = await a.guest("ann");
  newsOf(ann, bob);
  await ann.says("last words\n");
  a.mode.stop?.();
  await sites.hub.settle();
  assertEquals(newsOf(ann, bob), [
    "*** The server stops. Goodbye\n",
    "<ann> last words\n*** ann left with their server\n",
  ]);
  await bob.says("/list\n");
  assertEquals(bob.news(), "*** 1 here: bob (you)\n");
});

Deno.test("a server with many people comes and goes in one line", async () => {
  using sites = await makeSites(1);
  const [a] = sites.list;
  const ann = await a.guest("ann");
  const b = makeSite(sites.hub, 1);
  for (let id = 1; id <= 5; id++) b.come(id);
  ann.news();
  b.carrier.connect();
  await sites.hub.settle();
  assertEquals(ann.news(), "*** user1-b000, user2-b000, user3-b000 and 2 more joined from another server\n");
  b.bus.leave();
  await sites.hub.settle();
  assertEquals(ann.news(), "*** user1-b000, user2-b000, user3-b000 and 2 more left with their server\n");
});

Deno.test("a server that is silent for some seconds is gone, and comes back when it speaks", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  const seconds = async (count: number, deliver: boolean) => {
    for (let i = 0; i < count; i++) {
      await clock.advance(1_000);
      if (deliver) await sites.hub.settle();
      else {
        sites.hub.take();
        a.carrier.deliver();
        sites.hub.take();
        a.carrier.deliver();
      }
    }
  };
  await seconds(20, true);
  assertEquals(newsOf(ann, bob), ["", ""]);
  // The other one is frozen: it does not even beat.
  const { publish } = b.carrier;
  b.carrier.publish = () => {};
  await seconds(6, false);
  assertEquals(ann.news(), "");
  await seconds(1, false);
  assertEquals(ann.news(), "*** bob left with their server\n");
  b.carrier.publish = publish;
  b.carrier.cut();
  b.carrier.connect();
  await sites.hub.settle();
  assertEquals(ann.news(), "*** bob joined\n");
});

Deno.test("on a way that has gone silent nobody leaves: all are out of reach", async () => {
  for (const talking of [false, true]) {
    using clock = new FakeClock();
    using sites = await makeSites(3);
    const [a, b, c] = sites.list;
    const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
    await c.guest("cid");
    for (let i = 0; i < 3; i++) {
      await clock.advance(1_000);
      await sites.hub.settle();
    }
    if (talking) {
      // Words of another server have come, and wait for a sign of the third one.
      await bob.says("hello\n");
      sites.hub.take();
      a.carrier.deliver();
    }
    newsOf(ann, bob);
    for (let i = 0; i < 8; i++) await clock.advance(1_000);
    const [heard, told] = ["<bob> hello\n", '*** Perhaps only those at this server heard "hello"\n'];
    assertEquals(newsOf(ann, bob), talking ? [heard + ALONE, told + ALONE] : [ALONE, ALONE]);
  }
});

Deno.test("who does not come back some seconds after a break has left, and only then is the break over", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(3);
  const { hub, list: [a, b, c] } = sites;
  const [ann, bob, cid] = [await a.guest("ann"), await b.guest("bob"), await c.guest("cid")];
  for (const { carrier } of sites.list) carrier.cut();
  newsOf(ann, bob, cid);
  for (const { carrier } of [a, b]) carrier.connect();
  const seconds = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await clock.advance(1_000);
      await hub.settle();
    }
  };
  await seconds(9);
  assertEquals(newsOf(ann, bob), ["", ""]);
  assertEquals(a.come(9).news().endsWith(ALONE), true);
  await ann.says("hello\n");
  await hub.settle();
  assertEquals(newsOf(ann, bob), ["*** user9-a000 joined\n", "*** user9-a000 joined\n<ann> hello\n"]);
  await seconds(3);
  assertEquals(newsOf(ann, bob), [
    `*** cid left with their server\n${TOGETHER}`,
    `*** cid left with their server\n${TOGETHER}`,
  ]);
  c.carrier.connect();
  await seconds(2);
  const [toAnn, toBob, toCid] = newsOf(ann, bob, cid);
  const missed = '*** Another server was out of reach and did not hear "hello"\n';
  assertEquals([toAnn, toBob], [`*** cid joined\n${missed}`, "*** cid joined\n"]);
  assertEquals(toCid, `*** user9-a000 joined\n${TOGETHER}`);
});

Deno.test("a way on which nothing comes back is opened anew", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(1);
  const [a] = sites.list;
  const ann = await a.guest("ann");
  const amy = await a.guest("amy");
  newsOf(ann, amy);
  await ann.says("hello?\n");
  for (let i = 0; i < 7; i++) await clock.advance(1_000);
  assertEquals(a.carrier.restarts, ["nothing comes back"]);
  assertEquals(newsOf(ann, amy), [
    `*** Perhaps only those at this server heard "hello?"\n${ALONE}`,
    `<ann> hello?\n${ALONE}`,
  ]);
});

Deno.test("RoomBus refuses a line that no message holds, and splits what can be split", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  a.carrier.limit = 1000;
  await ann.says(`${"x".repeat(600)}\n${"y".repeat(600)}\n${"z".repeat(2000)}\nshort\n`);
  await sites.hub.settle();
  assertEquals(bob.news(), `<ann> ${"x".repeat(600)}\n<ann> ${"y".repeat(600)}\n<ann> short\n`);
  assertEquals(
    ann.news(),
    `*** Not said: "${"z".repeat(60)}…" is too long; the bus takes messages of 1000 bytes\n`,
  );
});

Deno.test("what is no message is ignored, and told once", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const bob = await b.guest("bob");
  bob.news();
  const strange = ["", "{}", "null", "[1]", "\0\xff", '{"v":2}', '{"v":1,"s":"x","n":1,"k":"beat"}'];
  for (const text of strange) sites.hub.put(new TextEncoder().encode(text));
  sites.hub.put(Uint8Array.of(0xff, 0xfe));
  await sites.hub.settle();
  const notice = "Something on the bus is no message of this version of sockeye; it is ignored";
  assertEquals([a.busNotices, b.busNotices, bob.news()], [[notice], [notice], ""]);
});

Deno.test("what others say for this server, or again, is ignored", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  await ann.says("once\n");
  const [message] = sites.hub.pending;
  sites.hub.pending.push(message!, message!);
  sites.hub.put(
    new TextEncoder().encode(
      JSON.stringify({ v: 1, s: a.carrier.id, n: 999_999, c: 1, k: "say", id: 1, name: "ann", texts: ["forged"] }),
    ),
  );
  await sites.hub.settle();
  assertEquals(newsOf(ann, bob)[0], "");
  assertEquals(a.texts().filter((text) => text.startsWith("<")), ["<ann> once"]);
});

Deno.test("writers wait when the bus is slow, those who pour out text earlier", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  let done = false;
  const line = `${"x".repeat(999)}\n`;
  const flood = ann.says(line.repeat(600)).then(() => done = true);
  await turn();
  const waiting = sites.hub.pending.reduce((sum, { bytes }) => sum + bytes.length, 0);
  assertEquals([done, waiting > 128 * 1024, waiting < 256 * 1024], [false, true, true]);
  while (!done) {
    await sites.hub.settle();
    await turn();
  }
  await flood;
  await sites.hub.settle();
  assertEquals(bob.news().split("\n").length - 1, 600);
});

Deno.test("those who pour out text wait for readers at another server, but not for ever", async () => {
  using sites = await makeSites(2);
  const [a, b] = sites.list;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  const held = Promise.withResolvers<void>();
  bob.peer.hold = held.promise;
  let done = false;
  const line = `${"x".repeat(999)}\n`;
  const flood = ann.says(line.repeat(2_000)).then(() => done = true);
  const start = performance.now();
  let sent = 0;
  while (!done && performance.now() - start < 300) {
    await sites.hub.settle();
    await turn();
    sent = bob.peer.sent.reduce((sum, { length }) => sum + length, 0);
  }
  assertEquals([done, sent < 600 * 1024], [false, true], String(sent));
  held.resolve();
  while (!done) {
    await sites.hub.settle();
    await turn();
  }
  await flood;
});

Deno.test("what waits for readers when the way breaks does not fill their outboxes", async () => {
  using sites = await makeSites(2);
  const { hub, list: [a, b] } = sites;
  const [ann, amy, bob] = [await a.guest("ann"), await a.guest("amy"), await b.guest("bob")];
  const slow = Promise.withResolvers<void>();
  amy.peer.hold = slow.promise;
  let held = 0;
  const post = amy.peer.post.bind(amy.peer);
  amy.peer.post = (bytes) => (held += bytes.length) <= 1024 * 1024 && post(bytes);
  amy.peer.flush = () => slow.promise.then(() => void (held = 0));
  // A server that takes no heed of readers elsewhere.
  b.bus.full = () => false;
  const line = `${"x".repeat(30_000)}\n`;
  for (let i = 0; i < 100; i++) await bob.says(line);
  await hub.settle();
  for (const { carrier } of [a, b]) carrier.cut();
  await ann.says("after it\n");
  assertEquals([amy.peer.kicks, held < 1024 * 1024], [[], true], String(held));
  slow.resolve();
  const start = performance.now();
  while (!a.texts().includes("<ann> after it") && performance.now() - start < 10_000) await turn();
  const heard = amy.news().split("\n").filter((text) => text.startsWith("<"));
  assertEquals([heard.length, heard.at(-1)], [101, "<ann> after it"]);
});

Deno.test("many servers that pour out text at once do not fill the outbox of who reads", async () => {
  using sites = await makeSites(11);
  const { hub, list } = sites;
  const { peer } = list[10].come(1);
  const speakers = await Promise.all(list.slice(0, 10).map(({ come }) => come(1)));
  await hub.settle();
  // The limit of a real outbox, of which a turn of the event loop takes everything.
  let [held, most] = [0, 0];
  const post = peer.post.bind(peer);
  peer.post = (bytes) => {
    held += bytes.length;
    most = Math.max(most, held);
    return held <= 1024 * 1024 && post(bytes);
  };
  peer.flush = async () => {
    await turn();
    held = 0;
  };
  const line = `${"x".repeat(30_000)}\n`;
  let waiting = speakers.length;
  for (const speaker of speakers) void speaker.says(line.repeat(20)).then(() => waiting--);
  const start = performance.now();
  const got = () => peer.sent.reduce((sum, { length }) => sum + length, 0);
  while ((waiting > 0 || got() < 200 * 30_000) && peer.open && performance.now() - start < 20_000) await hub.settle();
  assertEquals([waiting, peer.kicks, most < 512 * 1024], [0, [], true], String(most));
});
