/** Rooms that stretch over several servers, joined by a real NATS server. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { refusedOf } from "../chat/bus/notes.ts";
import { Chatter, Chatters } from "../support/chatter.ts";
import { eventually, freePort, linux, modern, needs, type Program, spawnSockeye, tool } from "../support/harness.ts";
import { Nats } from "../support/nats.ts";

const nats = needs(["nats-server"]);

/** Those of a server are alone; they are not any more. */
const ALONE = /^\*\*\* The other servers are out of reach: only those at this one hear you$/;
const TOGETHER = /^\*\*\* The other servers are in reach$/;

/** Starts a chat on a bus, and waits until it is there. */
async function chatOn(url: string, ...args: string[]): Promise<{ server: Program; port: number }> {
  const server = spawnSockeye(["server", "chat", "0", "--bus", url, ...args]);
  const port = await server.port();
  return { server, port };
}

/** Lines that people said, in the order of a server. */
function said(server: Program): string[] {
  return server.stdout.split("\n").filter((line) => /^<[\w-]+> /.test(line));
}

Deno.test({
  name: "server chat --bus: one room, one order, names once, private words, at two servers",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start();
    const [one, two] = [await chatOn(bus.url, "--room", "大厅"), await chatOn(bus.url, "--room", "大厅")];
    await using _one = one.server;
    await using _two = two.server;
    const other = await chatOn(bus.url);
    await using _other = other.server;
    await using ann = await Chatter.join(one.port);
    await using bob = await Chatter.join(two.port);
    await using stranger = await Chatter.join(other.port);
    await ann.hears(new RegExp(`^\\*\\*\\* ${bob.name} joined$`));
    await ann.say("/nick ann");
    await bob.hears(/ is ann now$/);
    await bob.say("/nick ANN");
    await bob.hears(/^\*\*\* Not "ANN": somebody else has that name$/);
    await ann.say("你好");
    await bob.hears(/^<ann> 你好$/);
    await bob.say("/msg ann psst");
    await ann.hears(/^\[user1-[a-z][0-9a-f]{3}\] psst$/);
    await bob.say("/list");
    await bob.hears(/^\*\*\* 2 here: user1-\w+ \(you\), ann$/);
    await ann.say("/quit bye");
    await bob.hears(/^\*\*\* ann left: bye$/);
    await stranger.say("alone");
    await other.server.stdoutLine(/> alone$/);
    assert(!/alone/.test(two.server.stdout + bob.heard.join()), "another room was heard");
    for (const { server } of [one, two, other]) server.signal("SIGTERM");
    await bob.hears(/Goodbye$/);
  },
});

const SERVERS = 3;
const CLIENTS = 20;

Deno.test({
  name: "server chat --bus: 60 people at 3 servers talk on while NATS is killed and comes back",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start();
    await using stack = new AsyncDisposableStack();
    const sites: { server: Program; chatters: Chatter[] }[] = [];
    for (let i = 0; i < SERVERS; i++) {
      const { server, port } = await chatOn(bus.url);
      stack.use(server);
      sites.push({ server, chatters: stack.use(await Chatters.join(port, CLIENTS)).list });
    }
    const people = sites.flatMap(({ chatters }) => chatters);
    await everybodyKnowsAll(people);

    // Everybody says a line and then the next one, until told to stop.
    let talking = true;
    const lines = new Map<Chatter, string[]>(people.map((one) => [one, []]));
    const talks = people.map(async (one) => {
      while (talking) {
        const line = `${one.name}:${lines.get(one)!.length}`;
        lines.get(one)!.push(line);
        await one.say(line);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    await people[0]!.all(/^<.*:10$/, 3 * CLIENTS - 1);
    await bus.kill();
    for (const { chatters: [first] } of sites) await first!.hears(ALONE);
    for (const { chatters } of sites) {
      const [first] = chatters;
      const before = first!.heard.filter((line) => line.startsWith("<")).length;
      await first!.all(/^</, before + 5 * CLIENTS);
    }
    await bus.restart();
    for (const { chatters: [first] } of sites) await first!.hears(TOGETHER);
    const goneOn = Math.max(...[...lines.values()].map(({ length }) => length)) + 10;
    await people[0]!.all(new RegExp(`^<.*:${goneOn}$`), 3 * CLIENTS - 1);
    talking = false;
    await Promise.all(talks);
    for (const one of people) await one.say("the end");
    await Promise.all(people.map((one) => one.all(/^<.*> the end$/, 3 * CLIENTS - 1)));

    const ends = (server: Program) => said(server).filter((line) => line.endsWith("> the end")).length;
    for (const { server } of sites) assert(await eventually(() => ends(server) === 3 * CLIENTS));
    const orders = sites.map(({ server }) => said(server));
    const sets = orders.map((order) => new Set(order));
    orders.forEach((order, i) => {
      assertEquals(sets[i]!.size, order.length, "a line came twice");
      for (const set of sets) {
        const common = order.filter((line) => set.has(line));
        assertEquals(common, orders[sets.indexOf(set)]!.filter((line) => sets[i]!.has(line)), "two orders");
      }
    });
    // A server tells what it missed with its next beat: that may come after the last words.
    const silent = (one: Chatter) => {
      const refused = refusedOf(one.heard, lines.get(one)!);
      return lines.get(one)!.filter((line) =>
        !refused.has(line) && !sets.every((set) => set.has(`<${one.name}> ${line}`))
      );
    };
    await eventually(() => people.every((one) => silent(one).length === 0));
    let [told, everywhere] = [0, 0];
    sites.forEach(({ chatters }, i) => {
      for (const one of chatters) {
        assertEquals(silent(one), [], "lines that were not heard everywhere, and nobody was told");
        // What all at one server hear is what the server shows, without one's own lines.
        const mine = `<${one.name}> `;
        assertEquals(
          one.heard.filter((line) => /^<[\w-]+> /.test(line)),
          orders[i]!.filter((line) => !line.startsWith(mine)),
        );
        const refused = refusedOf(one.heard, lines.get(one)!);
        for (const line of lines.get(one)!) {
          assert(sets[i]!.has(mine + line), `${line} is lost at its own server`);
          if (refused.has(line)) told++;
          else everywhere++;
        }
      }
    });
    assert(told > 100 && everywhere > 60 * 15, `${told} lines told, ${everywhere} heard everywhere`);
    for (const { server } of sites) server.signal("SIGTERM");
    for (const one of people) await one.getsEnd();
  },
});

/** Waits until those who came first have heard of the last ones at all servers. */
async function everybodyKnowsAll(people: readonly Chatter[]): Promise<void> {
  const last = people.at(-1)!;
  await last.say("/list");
  await last.hears(new RegExp(`^\\*\\*\\* ${people.length} here: `));
  for (const one of people) if (one !== last) await one.all(new RegExp(`^\\*\\*\\* ${last.name} joined$`), 1);
}

Deno.test({
  name: "server chat --bus: the people of a killed server leave, those of another one go on",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start();
    const [one, two, three] = [await chatOn(bus.url), await chatOn(bus.url), await chatOn(bus.url)];
    await using _one = one.server;
    await using _two = two.server;
    await using _three = three.server;
    await using ann = await Chatter.join(one.port);
    await using bob = await Chatter.join(two.port);
    await using cid = await Chatter.join(three.port);
    await ann.hears(new RegExp(`^\\*\\*\\* ${cid.name} joined$`));
    two.server.signal("SIGKILL");
    await bob.getsEnd();
    await cid.say("still here");
    for (const one of [ann, cid]) await one.hears(new RegExp(`^\\*\\*\\* ${bob.name} left with their server$`));
    await ann.hears(/still here$/);
    await ann.say("/list");
    await ann.hears(/^\*\*\* 2 here: /);
  },
});

Deno.test({
  name: "server chat --bus begins without NATS, says so, and joins when it comes",
  ...nats,
  fn: async () => {
    const bus = await Nats.start();
    await using _bus = bus;
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
  name: "server chat --bus lets nobody see the password, and does not start with a wrong one",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start("--user", "me", "--pass", "s3cret");
    const at = (login: string) => `nats://${login}@127.0.0.1:${bus.port}`;
    await using wrong = spawnSockeye(["server", "chat", "0", "--bus", at("me:wr0ng")]);
    const { code, stdout, stderr } = await wrong.status();
    assertEquals([code, stdout, stderr], [
      4,
      "",
      `sockeye: Cannot use the bus ${at("***")}: it does not accept the user, password or token\n`,
    ]);
    const { server, port } = await chatOn(at("me:s3cret"), "-v");
    await using _server = server;
    await using ann = await Chatter.join(port);
    await ann.say("hello");
    await server.stdoutLine(/> hello$/);
    await bus.kill();
    await ann.hears(ALONE);
    server.signal("SIGTERM");
    await ann.getsEnd();
    const told = await server.status();
    assert(!/s3cret/.test(told.stdout + told.stderr), told.stderr);
  },
});

Deno.test({
  name: "server chat --bus takes a token, and the next server of a list",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start("--auth", "t0ken");
    const { server } = await chatOn(`nats://t0ken@127.0.0.1:${freePort()},127.0.0.1:${bus.port}`);
    await using _server = server;
    assertMatch(server.stderr, /^The room chat is on the bus nats:\/\/\*\*\*@/m);
  },
});

// Old Deno cannot begin TLS on a connection that stands, as NATS wants it.
if (modern) {
  Deno.test({
    name: "server chat --bus tls:// trusts the authority that it is given, and no other",
    ...nats,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        const write = { permissions: ["--allow-write"], cwd: folder };
        await using cert = spawnSockeye(["cert", "localhost", "-o", `${folder}/bus`], write);
        assertEquals((await cert.status()).code, 0);
        await using bus = await Nats.start("--tls", "--tlscert", `${folder}/bus.crt`, "--tlskey", `${folder}/bus.key`);
        const url = `tls://localhost:${bus.port}`;
        await using wrong = spawnSockeye(["server", "chat", "0", "--bus", url]);
        assertEquals((await wrong.status()).code, 6);
        const args = ["server", "chat", "0", "--bus", url, "--bus-ca", `${folder}/bus-ca.crt`];
        await using right = spawnSockeye(args, { permissions: ["--allow-net", "--allow-read"] });
        await right.stderrLine(/^The room chat is on the bus tls:/);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "server chat --bus notices that NATS has gone silent, and finds it again",
  ignore: nats.ignore || !linux,
  fn: async () => {
    await using bus = await Nats.start();
    const [one, two] = [await chatOn(bus.url), await chatOn(bus.url)];
    await using _one = one.server;
    await using _two = two.server;
    await using ann = await Chatter.join(one.port);
    await using bob = await Chatter.join(one.port);
    await using cid = await Chatter.join(two.port);
    await ann.hears(new RegExp(`^\\*\\*\\* ${cid.name} joined$`));
    await bus.freeze();
    await ann.say("hello?");
    await ann.hears(/^\*\*\* Perhaps only those at this server heard "hello\?"$/);
    await bob.hears(/> hello\?$/);
    await cid.hears(ALONE);
    bus.thaw();
    for (const one of [ann, cid]) await one.hears(TOGETHER);
    await ann.say("there you are");
    for (const one of [bob, cid]) await one.hears(/> there you are$/);
    assertEquals(bob.heard.filter((line) => /hello/.test(line)).length, 1);
    // Nobody has left meanwhile, nor come.
    for (const { heard } of [ann, cid]) assertEquals(heard.filter((line) => / left| joined from/.test(line)), []);
  },
});

Deno.test("server chat refuses a strange bus, a strange room, and options without their partners, in one line", async () => {
  const cases: [string[], RegExp][] = [
    [["--bus", "http://u:s3cret@h"], /^sockeye: Bad --bus: expected nats:\/\/[^\n]*\n$/],
    [["--bus", "nats://h", "--room", "a.b"], /^sockeye: Bad --room "a\.b": [^\n]*\n$/],
    [["--room", "x"], /^sockeye: Option --room needs --bus too\n$/],
    [["--bus-ca", "x"], /^sockeye: Option --bus-ca needs --bus too\n$/],
    [["--history-max", "5"], /^sockeye: Option --history-max needs --history-file too\n$/],
  ];
  for (const [args, pattern] of cases) {
    await using server = spawnSockeye(["server", "chat", "0", ...args]);
    const { code, stderr } = await server.status();
    assertEquals(code, 2);
    assertMatch(stderr, pattern);
  }
});

Deno.test({
  name: "server chat --bus shrugs at strange messages",
  ...nats,
  fn: async () => {
    await using bus = await Nats.start();
    const { server, port } = await chatOn(bus.url);
    await using _server = server;
    await using ann = await Chatter.join(port);
    const speak = [
      "CONNECT {}",
      ...[
        "hello",
        "{}",
        '{"v":1}',
        '{"v":1,"s":"0000000000000000","n":1,"c":' + (Date.now() + 1000) * 1000 +
        ',"k":"say","id":1,"name":"eve","texts":["\\u001b[2J"]}',
      ]
        .flatMap((text) => [`PUB sockeye.chat.1.chat ${new TextEncoder().encode(text).length}`, text]),
      "PING",
      "",
    ].join("\r\n");
    await using raw = tool("sh", ["-c", `exec nc -q 1 127.0.0.1 ${bus.port}`], {
      stdin: { content: speak },
    });
    await ann.hears(/^<eve> \\x1b\[2J$/);
    await server.stderrLine(/^Something on the bus is no message of this version of sockeye; it is ignored$/);
    await raw.status();
  },
});
