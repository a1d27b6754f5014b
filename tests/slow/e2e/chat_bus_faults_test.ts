/** Rooms on a bus when NATS or a server goes away, or something else speaks on their subjects. */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { strangeMessages } from "../../chat/bus/strange.ts";
import { Chatter } from "../../support/chatter.ts";
import { linux, needs } from "../../support/harness.ts";
import { freeze, Nats, NatsClient } from "../../support/nats.ts";
import { ALONE, chatOn, hearsOnce, join, meet, TOGETHER } from "../../e2e/site.ts";

const nats = needs(["nats-server"]);

/** A server whose lease is not renewed is gone after five seconds; the others look each second. */
const GONE_MS = 10_000;

Deno.test({
  name: "server chat --bus: what is said while NATS is away comes to the others when it is back, late and once",
  ...nats,
  fn: async () => {
    await using met = await meet("ann", "bob");
    const { bus, sites: [one], people: [ann, bob] } = met;
    await using amy = await join(one, "amy");
    await ann.say("before");
    await hearsOnce(bob, ["<ann> before"]);
    await bus.kill();
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    await ann.say(lines.slice(0, 10).join("\n"));
    for (const chatter of [ann, bob]) await chatter.hears(ALONE);
    await ann.say(lines.slice(10).join("\n"));
    await bob.say("alone");
    // The local room lives on, with its names and its newcomers.
    await hearsOnce(amy, lines.map((line) => `<ann> ${line}`));
    await amy.say("/msg ann psst");
    await ann.hears(/^\[amy\] psst$/);
    await using newcomer = await Chatter.join(one.port);
    await newcomer.hears(ALONE);
    await newcomer.say("/nick new");
    await newcomer.hears(/ is new now$|^\*\*\* You are new now$/);
    await bus.restart();
    for (const chatter of [ann, bob, newcomer]) await chatter.hears(TOGETHER);
    await one.server.stderrLine(/^The room chat is on the bus \S+ again$/);
    const told = one.server.stderr.match(/^The (bus|room) .*$/gm);
    assertEquals(told?.map((line) => line.replace(/nats:\S+/, "URL").replace(/[;]$/, "")), [
      "The room chat is on the bus URL",
      "The bus URL is out of reach: the connection to NATS broke; trying again and again",
      "The room chat is on the bus URL again",
    ]);
    await hearsOnce(bob, ["*** new joined", ...lines.map((line) => `<ann> ${line}`)]);
    await hearsOnce(ann, ["<bob> alone"]);
    assert(bob.heard.some((line) => /^\*\*\* The next \d+ lines were said while another server was/.test(line)));
    assert(ann.heard.includes("*** The next line was said while another server was out of reach"));
    await newcomer.say("after");
    await hearsOnce(bob, ["<new> after"]);
    await bob.say("/list");
    await bob.hears(/^\*\*\* 4 here: bob \(you\)/);
    const order = bob.heard.filter((line) => line.startsWith("<ann> line"));
    assertEquals(order, lines.map((line) => `<ann> ${line}`));
  },
});

Deno.test({
  name: "server chat --bus: who leaves or comes while NATS is away has left or come for the others when it is back",
  ...nats,
  fn: async () => {
    await using met = await meet("bob", "ann");
    const { bus, people: [bob, ann] } = met;
    await using three = await chatOn(bus.url);
    await bus.kill();
    for (const chatter of [ann, bob]) await chatter.hears(ALONE);
    await ann.leave();
    await using cid = await join(three, "cid");
    await bus.restart();
    for (const chatter of [bob, cid]) await chatter.hears(TOGETHER);
    await hearsOnce(bob, ["*** ann left", "*** cid joined"]);
    await bob.say("/list");
    await bob.hears(/^\*\*\* 2 here: bob \(you\), cid$/);
    await bob.say("/nick ann");
    await bob.hears(/^\*\*\* You are ann now$/);
  },
});

Deno.test({
  name: "server chat --bus: the people of a killed server leave, once and soon, and their names are free",
  ...nats,
  fn: async () => {
    await using met = await meet("ann", "bob", "cid");
    const { sites: [, two], people: [ann, bob, cid] } = met;
    await bob.say("last words");
    await hearsOnce(ann, ["<bob> last words"]);
    two.server.signal("SIGKILL");
    const start = performance.now();
    await bob.getsEnd();
    await cid.say("still here");
    await ann.hears(/still here$/);
    for (const chatter of [ann, cid]) await chatter.hears(/^\*\*\* bob left with their server$/);
    assertLess(performance.now() - start, GONE_MS);
    await cid.say("/nick bob");
    await cid.hears(/^\*\*\* You are bob now$/);
    await ann.say("/list");
    await ann.hears(/^\*\*\* 2 here: ann \(you\), bob$/);
    for (const chatter of [ann, cid]) await hearsOnce(chatter, ["*** bob left with their server"]);
  },
});

Deno.test({
  name: "server chat --bus: a member of a server that was stopped cannot speak as the one that has its name by then",
  ignore: nats.ignore || !linux,
  fn: async () => {
    await using met = await meet("ann", "Bob", "cid");
    const { sites: [, two], people: [ann, bob, cid] } = met;
    await freeze(two.server);
    await bob.say("I said this as Bob");
    await ann.hears(/^\*\*\* Bob left with their server$/);
    await cid.say("/nick Bob");
    await cid.hears(/^\*\*\* You are Bob now$/);
    two.server.signal("SIGCONT");
    for (const chatter of [ann, cid]) {
      const [line] = await chatter.hears(/^.*> I said this as Bob$/);
      assertMatch(line, /^<Bob@[a-z][0-9a-f]{3}> /);
      // The server may read the line before it knows that it was away: then nothing is said of that.
      const before = chatter.heard[chatter.heard.indexOf(line) - 1] ?? "";
      assertMatch(before, /^\*\*\* (The next line was said while another server was out of reach|.* Bob now)$/);
    }
    await bob.hears(/^\*\*\* The other servers had lost this one: for them you had left the room$/);
    await bob.hears(/^\*\*\* You are user1-\w+; somebody at another server has Bob or a name like it$/);
  },
});

Deno.test({
  name: "server chat --bus: a server that is stopped for 8 s is gone, and then back with all that was said",
  ignore: nats.ignore || !linux,
  fn: async () => {
    await using met = await meet("ann", "bob");
    const { sites: [, two], people: [ann, bob] } = met;
    await freeze(two.server);
    const start = performance.now();
    await ann.say("are you there?");
    await bob.say("I cannot know");
    await ann.hears(/^\*\*\* bob left with their server$/);
    await ann.say("too bad");
    await wait(8_000 - (performance.now() - start));
    two.server.signal("SIGCONT");
    await ann.hears(/^\*\*\* bob joined$/);
    await bob.say("I am");
    await hearsOnce(ann, ["<bob> I cannot know", "<bob> I am", "*** bob left with their server", "*** bob joined"]);
    await hearsOnce(bob, ["<ann> are you there?", "<ann> too bad"]);
    assertEquals(bob.heard.filter((line) => /^\*\*\* ann (left|joined)/.test(line)), []);
    for (const chatter of [ann, bob]) await chatter.say("/list");
    for (const chatter of [ann, bob]) await chatter.hears(/^\*\*\* 2 here: /);
  },
});

Deno.test({
  name: "server chat --bus notices that NATS has gone silent, and finds it again",
  ignore: nats.ignore || !linux,
  fn: async () => {
    await using met = await meet("ann", "cid");
    const { bus, sites: [one], people: [ann, cid] } = met;
    await using bob = await join(one, "bob");
    await cid.hears(/ is bob now$/);
    await bus.freeze();
    await ann.say("hello?");
    for (const one of [ann, cid]) await one.hears(ALONE);
    await hearsOnce(bob, ["<ann> hello?"]);
    bus.thaw();
    for (const one of [ann, cid]) await one.hears(TOGETHER);
    await ann.say("there you are");
    await hearsOnce(bob, ["<ann> hello?", "<ann> there you are"]);
    await hearsOnce(cid, ["<ann> hello?", "<ann> there you are"]);
    // Nobody has left meanwhile, nor come.
    for (const { heard } of [ann, cid]) assertEquals(heard.filter((line) => / left| joined from/.test(line)), []);
  },
});

Deno.test({
  name: "server chat --bus begins without NATS, says so, and joins when it comes",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    await bus.kill();
    const { server, port } = await chatOn(bus.url);
    await using _server = server;
    await using ann = await Chatter.join(port);
    await ann.hears(ALONE);
    assertMatch(
      server.stderr,
      /^The bus nats:\/\/127\.0\.0\.1:\d+ is out of reach: connection refused; trying again and again$/m,
    );
    await bus.restart();
    await ann.hears(TOGETHER);
  },
});

Deno.test({
  name: "server chat --bus goes on when NATS has lost what it stored, and says that something may be missing",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    await using sites = new AsyncDisposableStack();
    // All at once: each of them may be the one that makes the stream.
    const [one, two] = await Promise.all(
      [chatOn(bus.url), chatOn(bus.url), chatOn(bus.url)].map(async (site) => sites.use(await site)),
    );
    await using ann = await join(one!, "ann");
    await using bob = await join(two!, "bob");
    await ann.hears(/ is bob now$/);
    await bus.kill();
    await bus.forget();
    for (const chatter of [ann, bob]) await chatter.hears(ALONE);
    await ann.say("alone");
    await bus.restart();
    for (const chatter of [ann, bob]) {
      await chatter.hears(/^\*\*\* Some of what was said at other servers may be missing$/);
    }
    for (const chatter of [ann, bob]) await chatter.hears(TOGETHER);
    await hearsOnce(bob, ["<ann> alone"]);
    await bob.say("/nick ann");
    await bob.hears(/^\*\*\* Not "ann": somebody else has that name$/);
    await bob.say("together");
    await hearsOnce(ann, ["<bob> together"]);
    await ann.say("/list");
    await ann.hears(/^\*\*\* 2 here: ann \(you\), bob$/);
  },
});

/** Ids of the servers that have leases. */
async function serversOf(client: NatsClient): Promise<string[]> {
  const prefix = "$KV.sockeye-chat-chat.server.";
  const question = { subjects_filter: `${prefix}>` };
  const { state } = await client.ask("$JS.API.STREAM.INFO.KV_sockeye-chat-chat", question);
  return Object.keys(state.subjects ?? {}).map((key) => key.slice(prefix.length));
}

Deno.test({
  name: "server chat --bus survives strange messages on all its subjects and in its bucket",
  ...nats,
  fn: async () => {
    await using met = await meet("ann", "bob");
    const { bus, sites: [one, two], people: [ann, bob] } = met;
    using client = await NatsClient.connect(bus.port);
    const servers = await serversOf(client);
    assertEquals(servers.length, 2);
    const room = "sockeye.chat.2.chat";
    for (const text of strangeMessages(servers[0]!)) {
      for (const to of ["lines", "people", ...servers.map((id) => `to.${id}`)]) {
        await client.publish(`${room}.${to}`, text);
      }
      for (const key of ["name.eve", "server.x", "server.0000", "x.y"]) {
        await client.publish(`$KV.sockeye-chat-chat.${key}`, text);
      }
    }
    await client.flush();
    const talk = async (word: string) => {
      await ann.say(`from ann ${word}`);
      await bob.say(`from bob ${word}`);
      await hearsOnce(bob, [`<ann> from ann ${word}`]);
      await hearsOnce(ann, [`<bob> from bob ${word}`]);
    };
    await talk("1");
    // A message that a server could have sent is believed, and harmless to a terminal.
    const event = { k: "say", id: 1, name: "eve", texts: ["\x1b[2J"] };
    const forged = JSON.stringify({ v: 2, s: "f".repeat(16), late: false, events: [event] });
    await client.publish(`${room}.lines`, forged);
    for (const chatter of [ann, bob]) await hearsOnce(chatter, ["<eve> \\x1b[2J"]);
    // Both servers are told that they are gone.
    for (const server of servers) {
      const gone = { v: 2, s: "e".repeat(16), late: false, events: [{ k: "gone", server }] };
      await client.publish(`${room}.people`, JSON.stringify(gone));
    }
    await client.flush();
    await talk("2");
    for (const chatter of [ann, bob]) await chatter.say("/list");
    for (const chatter of [ann, bob]) await chatter.hears(/^\*\*\* 2 here: /);
    // Leases that are none are not announced again and again.
    await wait(7_000);
    assertEquals(await client.count(`${room}.people`, 2_500), 0);
    for (const { server } of [one, two]) {
      assertEquals(
        server.stderr.match(/^Ignoring a message on sockeye\.chat\.2\.chat\.\w+ that this version/gm)?.length,
        1,
      );
    }
  },
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
