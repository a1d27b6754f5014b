/**
 * Rooms that stretch over several servers, joined by a real NATS server. Many people and a NATS that is killed are in
 * `tests/soak/bus_soak.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Certificates } from "../support/certificates.ts";
import { READ } from "../support/failing.ts";
import { Chatter } from "../support/chatter.ts";
import { freePort, linux, needs, type Program, spawnSockeye } from "../support/harness.ts";
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

Deno.test("server chat --bus: one room, one order, names once, private words, at two servers", nats, async () => {
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
});

Deno.test("server chat --bus: the people of a killed server leave, those of another one go on", nats, async () => {
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
});

Deno.test("server chat --bus begins without NATS, says so, and joins when it comes", nats, async () => {
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
});

Deno.test("server chat --bus lets nobody see the password, and does not start with a wrong one", nats, async () => {
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
});

Deno.test("server chat --bus takes a token, and the next server of a list", nats, async () => {
  await using bus = await Nats.start("--auth", "t0ken");
  const { server } = await chatOn(`nats://t0ken@127.0.0.1:${freePort()},127.0.0.1:${bus.port}`);
  await using _server = server;
  assertMatch(server.stderr, /^The room chat is on the bus nats:\/\/\*\*\*@/m);
});

Deno.test("server chat --bus tls:// trusts the authority that it is given, and no other", nats, async () => {
  await using made = await Certificates.make();
  await made.signed();
  await using bus = await Nats.start("--tls", "--tlscert", made.at("1.pem"), "--tlskey", made.at("1.key"));
  const url = `tls://localhost:${bus.port}`;
  await using wrong = spawnSockeye(["server", "chat", "0", "--bus", url]);
  assertEquals((await wrong.status()).code, 6);
  const args = ["server", "chat", "0", "--bus", url, "--bus-ca", made.at("ca.pem")];
  await using right = spawnSockeye(args, { permissions: READ });
  await right.stderrLine(/^The room chat is on the bus tls:/);
});

Deno.test(
  "server chat --bus notices that NATS has gone silent, and finds it again",
  needs(["nats-server"], linux),
  async () => {
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
);
