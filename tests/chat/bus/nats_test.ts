/** Servers in their own processes on a real nats-server, which is killed and stopped under them. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseBusAddress } from "../../../lib/chat/bus/address.ts";
import { openBus } from "../../../lib/chat/bus/stream.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { needs } from "../../support/harness.ts";
import { Nats } from "../../support/nats.ts";
import { converse } from "./talk.ts";

/** A closed bus has a timer left, which removes the listener for late resets and keeps no process alive. */
const nats = { ...needs(["nats-server"]), sanitizeResources: false };

Deno.test({
  name: "a NATS that takes too little, or a login that lacks a right, is one clear line",
  ...nats,
  fn: async () => {
    for (
      const [allowed, more, why] of [
        [">", "max_payload: 100000", /its max_payload is 100000, and a room needs 5\d{5}$/],
        ["foo", "", /this login has no right to "\$JS\.API\.INFO"/],
        ["$JS.API.>", "", /this login has no right to "sockeye\.chat\.2\.chat\.lines"/],
        ['$JS.API.>", "sockeye.>', "", /this login has no right to "\$KV\.sockeye-chat-chat\.server\./],
      ] as const
    ) {
      const folder = await Deno.makeTempDir();
      const config = `${folder}/nats.conf`;
      const user = `{user: me, password: s3cret, permissions: {publish: ["${allowed}"], subscribe: [">"]}}`;
      await Deno.writeTextFile(config, `${more}\nauthorization {users: [${user}]}\n`);
      await using bus = await Nats.startJetStream("-c", config);
      const address = parseBusAddress(bus.url.replace("//", "//me:s3cret@"));
      const error = await assertRejects(() => openBus(address, { room: "chat", notice: () => {} }), SockeyeError);
      assertEquals([error.kind, error.message.includes("s3cret")], ["connect", false]);
      assert(why.test(error.message), error.message);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a room is kept by as many servers of a cluster as the last one asks for, or the server does not start",
  ...nats,
  fn: async () => {
    await using bus = await Nats.startJetStream();
    const open = (replicas?: number) => openBus(parseBusAddress(bus.url), { room: "x", notice: () => {}, replicas });
    for (const replicas of [undefined, 1]) await (await open(replicas))[Symbol.asyncDispose]();
    const { kind, message } = await assertRejects(() => open(3), SockeyeError);
    assertEquals(
      [kind, /: this NATS server is not in a cluster, so it cannot keep 3 copies \(--bus-replicas 3\)$/.test(message)],
      ["connect", true],
      message,
    );
  },
});

Deno.test({
  name: "sixty people at three servers talk on while NATS and a server are killed: every line once, in one order",
  ...nats,
  fn: async () => await converse(20),
});
