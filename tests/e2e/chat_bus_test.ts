/** Rooms that stretch over several servers, joined by a real NATS server with JetStream. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Chatter, Chatters } from "../support/chatter.ts";
import { freePort, needs, spawnSockeye } from "../support/harness.ts";
import { Nats, NatsClient } from "../support/nats.ts";
import { ROOT } from "../../scripts/root.ts";
import { ALONE, chatOn, join } from "./site.ts";

const nats = needs(["nats-server"]);

Deno.test({
  name: "server chat --bus: one room, one order, names once, private words, at two servers",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
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
    await bob.say("/nick ann_");
    await bob.hears(/^\*\*\* Not "ann_": it looks like "ann", the name of somebody else$/);
    // At the same moment: the first claim counts.
    await Promise.all([ann.say("/nick ace"), bob.say("/nick асе")]);
    const verdicts = await Promise.all([ann, bob].map((one) => one.hears(/^\*\*\* (You are|Not) "?(ace|асе)/)));
    assertEquals([...verdicts].filter(([, verdict]) => verdict === "You are").length, 1);
    for (const one of [ann, bob]) await one.say(one === ann ? "/nick ann" : "/nick bob");
    await ann.hears(/ is bob now$/);
    await bob.hears(/ is ann now$/);
    await ann.say("你好");
    await bob.hears(/^<ann> 你好$/);
    await bob.say("/msg ann psst");
    await ann.hears(/^\[bob\] psst$/);
    await bob.say("/list");
    await bob.hears(/^\*\*\* 2 here: bob \(you\), ann$/);
    await ann.say("/quit bye");
    await bob.hears(/^\*\*\* ann left: bye$/);
    await stranger.say("alone");
    await other.server.stdoutLine(/> alone$/);
    assert(!/alone/.test(two.server.stdout + bob.heard.join()), "another room was heard");
    for (const { server } of [one, two, other]) server.signal("SIGTERM");
    await bob.hears(/Goodbye$/);
  },
});

Deno.test({
  name: "server chat --bus: many who speak at the same moment are all heard, once and in one order",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    await using one = await chatOn(bus.url);
    await using two = await chatOn(bus.url);
    await using many = await Chatters.join(one.port, 40);
    await using ann = await Chatter.join(two.port);
    for (const word of ["one", "two"]) await Promise.all(many.list.map((each) => each.say(word)));
    const order = await ann.all(/^</, 80);
    assertEquals(new Set(order).size, 80);
    for (const each of many.list) {
      const others = order.filter((line) => !line.startsWith(`<${each.name}> `));
      assertEquals(await each.all(/^</, others.length), others);
    }
  },
});

Deno.test({
  name: "server chat --bus --history: newcomers of every server get the last lines, also after a restart of all",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    const said = (count: number) => ["one", "two", "three"].slice(3 - count).map((word) => `<ann> ${word}`);
    const heardBy = async (newcomer: Chatter, count: number) => {
      await newcomer.say("/list");
      await newcomer.hears(/ here: /);
      assertEquals(newcomer.heard.filter((line) => line.startsWith("<")), said(count));
    };
    {
      await using one = await chatOn(bus.url, "--room", "大厅", "--history", "5");
      await using ann = await join(one, "ann");
      for (const line of ["one", "two", "three"]) await ann.say(line);
      await one.server.stdoutLine(/> three$/);
      await using two = await chatOn(bus.url, "--room", "大厅", "--history", "2");
      await using bob = await Chatter.join(two.port);
      await heardBy(bob, 2);
      await using cid = await Chatter.join(one.port);
      await heardBy(cid, 3);
    }
    await bus.kill();
    await bus.restart();
    await using three = await chatOn(bus.url, "--room", "大厅", "--history", "9");
    await using dan = await Chatter.join(three.port);
    await heardBy(dan, 3);
    await using none = await chatOn(bus.url, "--room", "大厅");
    await using eve = await Chatter.join(none.port);
    await heardBy(eve, 0);
  },
});

Deno.test({
  name: "server chat --bus keeps what --history-max and --history-age say, 10,000 lines of seven days by default",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    using client = await NatsClient.connect(bus.port);
    const kept = async () => {
      const { config } = await client.ask("$JS.API.STREAM.INFO.sockeye-chat-chat");
      const { max_msgs_per_subject: lines, max_age: ns, storage, num_replicas: replicas } = config;
      return { lines, hours: ns / 3_600_000_000_000, storage, replicas };
    };
    const onDisk = { storage: "file", replicas: 1 };
    {
      await using _site = await chatOn(bus.url);
      assertEquals(await kept(), { lines: 10_000, hours: 168, ...onDisk });
    }
    await using _site = await chatOn(bus.url, "--history-max", "3", "--history-age", "2h", "--bus-replicas", "1");
    assertEquals(await kept(), { lines: 3, hours: 2, ...onDisk });
    // What is not asked for stays as it is.
    {
      await using _more = await chatOn(bus.url, "--history-max", "4");
      assertEquals(await kept(), { lines: 4, hours: 2, ...onDisk });
      await using _less = await chatOn(bus.url, "--history-max", "3");
    }
    await using other = await chatOn(bus.url, "--history", "9");
    assertEquals(await kept(), { lines: 3, hours: 2, ...onDisk });
    await using ann = await join(other, "ann");
    for (let i = 1; i <= 5; i++) {
      await ann.say(`line ${i}`);
      await other.server.stdoutLine(new RegExp(`line ${i}$`));
    }
    await using late = await chatOn(bus.url, "--history", "9");
    await using bob = await Chatter.join(late.port);
    await bob.hears(/line 5$/);
    assertEquals(bob.heard.filter((line) => line.startsWith("<")), ["<ann> line 3", "<ann> line 4", "<ann> line 5"]);
  },
});

Deno.test({
  name:
    "server chat --bus does not start without JetStream, or with a login that lacks a right, and says which in one line",
  ...nats,
  fn: async () => {
    const fails = async (url: string, why: string, exitCode = 4) => {
      await using server = spawnSockeye(["server", "chat", "0", "--bus", url]);
      const { code, stdout, stderr } = await server.status();
      assertEquals([code, stdout, stderr], [
        exitCode,
        "",
        `sockeye: Cannot use the bus ${url.replace(/[^/]+@/, "***@")}: ${why}\n`,
      ]);
    };
    await using plain = await Nats.start();
    await fails(plain.url, "it has no JetStream; start it with: nats-server -js");
    await fails(plain.url.replace("nats:", "tls:"), "it does not speak TLS, which tls:// and --bus-ca ask for", 6);
    const folder = await Deno.makeTempDir();
    try {
      const user = '{user: me, password: s3cret, permissions: {publish: ["$JS.API.>"], subscribe: [">"]}}';
      const config = `jetstream {store_dir: "${folder}"}\nauthorization {users: [${user}]}\n`;
      await Deno.writeTextFile(`${folder}/nats.conf`, config);
      await using bus = await Nats.start("-c", `${folder}/nats.conf`);
      await fails(bus.url, "it requires a login: nats://user:password@host or nats://token@host");
      const lacks = 'this login has no right to "sockeye.chat.2.chat.lines" (publish)';
      await fails(bus.url.replace("//", "//me:s3cret@"), lacks);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "server chat --bus needs the rights that docs/scale.md lists, and no others",
  ...nats,
  fn: async () => {
    const [, rights = ""] = /```\n(permissions: .*?)\n```/s.exec(await Deno.readTextFile(`${ROOT}/docs/scale.md`)) ??
      [];
    assertMatch(rights, /publish/);
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(
        `${folder}/nats.conf`,
        `authorization {users: [{user: me, password: s3cret, ${rights}}]}\n`,
      );
      await using bus = await Nats.startJetStream("-c", `${folder}/nats.conf`);
      const url = bus.url.replace("//", "//me:s3cret@");
      const [one, two] = [await chatOn(url, "--room", "lobby"), await chatOn(url, "--room", "lobby", "--history", "5")];
      await using _one = one.server;
      await using _two = two.server;
      await using ann = await join(one, "ann");
      await using bob = await join(two, "bob");
      await ann.hears(/ is bob now$/);
      await ann.say("hello");
      await bob.hears(/^<ann> hello$/);
      await bob.say("/msg ann psst");
      await ann.hears(/^\[bob\] psst$/);
      await using three = await chatOn(url, "--room", "lobby", "--history", "5", "--history-max", "9");
      await using cid = await Chatter.join(three.port);
      await cid.hears(/^<ann> hello$/);
      assert(!/out of reach|no right/.test(one.server.stderr + two.server.stderr + three.server.stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "server chat --bus lets nobody see the password, and does not start with a wrong one",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream("--user", "me", "--pass", "s3cret");
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
    await using bus = await Nats.startJetStream("--auth", "t0ken");
    const { server } = await chatOn(`nats://t0ken@127.0.0.1:${freePort()},127.0.0.1:${bus.port}`);
    await using _server = server;
    assertMatch(server.stderr, /^The room chat is on the bus nats:\/\/\*\*\*@/m);
  },
});

Deno.test({
  name: "server chat --bus tls:// trusts the authority that it is given, and no other",
  ...nats,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const write = { permissions: ["--allow-write"], cwd: folder };
      await using cert = spawnSockeye(["cert", "localhost", "-o", `${folder}/bus`], write);
      assertEquals((await cert.status()).code, 0);
      await using bus = await Nats.startJetStream(
        "--tls",
        "--tlscert",
        `${folder}/bus.crt`,
        "--tlskey",
        `${folder}/bus.key`,
      );
      const url = `tls://localhost:${bus.port}`;
      await using wrong = spawnSockeye(["server", "chat", "0", "--bus", url]);
      const { code, stderr } = await wrong.status();
      assertEquals(code, 6);
      assertMatch(stderr, /: its certificate is not trusted; --bus-ca FILE adds an authority$/m);
      const args = ["server", "chat", "0", "--bus", url, "--bus-ca", `${folder}/bus-ca.crt`];
      await using right = spawnSockeye(args, { permissions: ["--allow-net", "--allow-read"] });
      await right.stderrLine(/^The room chat is on the bus tls:/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("server chat refuses a strange bus, a strange room, and options without their partners, in one line", async () => {
  const cases: [string[], RegExp][] = [
    [["--bus", "http://u:s3cret@h"], /^sockeye: Bad --bus: expected nats:\/\/[^\n]*\n$/],
    [["--bus", "nats://h", "--room", "a.b"], /^sockeye: Bad --room "a\.b": [^\n]*\n$/],
    [["--room", "x"], /^sockeye: Option --room needs --bus or --web too\n$/],
    ...["--bus-ca", "--bus-replicas", "--history-age"].map((name): [string[], RegExp] => [
      [name, "1"],
      new RegExp(`^sockeye: Option ${name} needs --bus too\n$`),
    ]),
    [["--history-max", "5"], /^sockeye: Option --history-max needs --history-file or --bus too\n$/],
  ];
  for (const [args, pattern] of cases) {
    await using server = spawnSockeye(["server", "chat", "0", ...args]);
    const { code, stderr } = await server.status();
    assertEquals(code, 2);
    assertMatch(stderr, pattern);
  }
});
