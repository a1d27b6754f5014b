/** Servers in their own processes on a real nats-server, which is killed and stopped under them. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parseBusAddress } from "../../../lib/chat/bus/address.ts";
import { openBus } from "../../../lib/chat/bus/stream.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { eventually, needs, tool } from "../../support/harness.ts";
import { Nats } from "../../support/nats.ts";
import { TestRoom } from "./room.ts";
import { converse, startNats, tornDown } from "./talk.ts";

/** A closed bus has a timer left, which removes the listener for late resets and keeps no process alive. */
const nats = { ...needs(["nats-server"]), sanitizeResources: false };

Deno.test({
  name: "a bus without JetStream, or with a login that lacks a right, is one clear line",
  ...nats,
  fn: async () => {
    const open = (url: string) => openBus(parseBusAddress(url), { room: "chat", notice: () => {} });
    await using plain = await Nats.start();
    const without = await assertRejects(() => open(plain.url), SockeyeError);
    assertEquals([without.kind, without.message], [
      "connect",
      `Cannot use the bus ${plain.url}: it has no JetStream; start it with: nats-server -js`,
    ]);
    for (
      const [allowed, lacking] of [
        ["foo", "$JS.API.INFO"],
        ["$JS.API.>", "sockeye.chat.2.chat.lines"],
        ['$JS.API.>", "sockeye.>', "$KV.sockeye-chat-chat.server."],
      ] as const
    ) {
      await using folder = await tornDown();
      const config = `${folder.path}/nats.conf`;
      const user = `{user: me, password: s3cret, permissions: {publish: ["${allowed}"], subscribe: [">"]}}`;
      await Deno.writeTextFile(config, `jetstream {store_dir: "${folder.path}"}\nauthorization {users: [${user}]}\n`);
      await using bus = await Nats.start("-c", config);
      const error = await assertRejects(() => open(bus.url.replace("//", "//me:s3cret@")), SockeyeError);
      assertEquals(error.kind, "connect");
      assert(error.message.includes(`this login has no right to "${lacking}`), error.message);
      assert(!error.message.includes("s3cret"));
    }
  },
});

Deno.test({
  name:
    "history comes from the stream, for a server that has never been there, and a room may have a name of any script",
  ...nats,
  fn: async () => {
    await using folder = await tornDown();
    await using bus = await startNats(folder.path);
    const open = () => openBus(parseBusAddress(bus.url), { room: "大厅", notice: () => {}, history: 20 });
    {
      await using one = await open();
      assertEquals(await one.history(5), []);
      const room = new TestRoom(one);
      await one.arrived();
      const ann = room.join("ann");
      for (let i = 1; i <= 30; i++) {
        room.say(ann, `line ${i}`);
        assert(await eventually(() => room.said.length === i));
      }
    }
    await using two = await open();
    const lines = await two.history(3);
    assertEquals(
      lines.map(({ event }) => event),
      [28, 29, 30].map((i) => ({ kind: "say" as const, name: "ann", text: `line ${i}` })),
    );
    assert(lines.every(({ t }) => Math.abs(t - Date.now()) < 60_000));
    assertEquals((await two.history(1_000)).length, 20);
  },
});

Deno.test({
  name: "sixty people at three servers talk on while NATS and a server are killed: every line once, in one order",
  ...nats,
  fn: async () => await converse({ members: 20, freezeMs: 0 }),
});

Deno.test({
  name: "a name is held by one server, and free when its server is gone",
  ...nats,
  fn: async () => {
    await using folder = await tornDown();
    await using bus = await startNats(folder.path);
    const notices: string[] = [];
    const open = async () => {
      const opened = await openBus(parseBusAddress(bus.url), { room: "names", notice: (text) => notices.push(text) });
      const room = new TestRoom(opened);
      await opened.arrived();
      return { room, bus: room.bus, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
    };
    await using one = await open();
    await using two = await open();
    const [ann, bob] = [one.room.join("ann"), two.room.join("Ann")];
    assert(await eventually(() => [ann, bob].filter(({ name }) => /^spare/.test(name)).length === 1));
    const [holder, other] = ann.name === "ann" ? [one, two] : [two, one];
    const second = holder === one ? bob : ann;
    other.room.rename(second, "ANN");
    assert(await eventually(() => second.told.includes('Not "ANN": somebody else has that name')));
    await holder[Symbol.asyncDispose]();
    assert(await eventually(() => other.bus.elsewhere.length === 0));
    assertMatch(other.room.log.at(-1) ?? "", /^\*\*\* ann left with their server$/i);
    other.room.rename(second, "ANN");
    assert(await eventually(() => second.name === "ANN"));
    // What is no message is told once.
    await using raw = tool("sh", ["-c", `exec nc -q 1 127.0.0.1 ${bus.port}`], {
      stdin: {
        content:
          "CONNECT {}\r\nPUB sockeye.chat.2.names.people 2\r\n{}\r\nPUB sockeye.chat.2.names.lines 5\r\nhello\r\nPING\r\n",
      },
    });
    await raw.status();
    assert(await eventually(() => notices.some((text) => /is no message of this version/.test(text))));
  },
});
