/** `sockeye tap --fault` over transports other than TCP, three faults at once, with sockeye's own server and client at the ends. */

import { assert, assertEquals } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { type Program, spawnSockeye } from "../../support/harness.ts";
import { assertNear } from "../../support/near.ts";

const SENT = "0123456789".repeat(20);

/** Where a program listens, the words of what connects there, and what divides what passes. */
const PLACES = {
  tls: ["tls://127.0.0.1:0", ["--insecure"], ["--fault", "down:split=7"]],
  unix: ["unix:NAME", [], ["--fault", "down:split=7"]],
  ws: ["ws://127.0.0.1:0", ["--binary"], ["--fault", "down:rate=100k"]],
  udp: ["udp://127.0.0.1:0", [], ["--fault", "down:duplicate=0.001"]],
} as const;

/** The address of a server, as a client writes it. */
async function addressOf(server: Program): Promise<string> {
  return (await server.stderrLine(/^Listening on (\S+)/))[1] ?? "";
}

for (const [transport, [listen, words, third]] of Object.entries(PLACES)) {
  Deno.test(`tap --fault over ${transport}: late, changed as the seed says, and in order`, async () => {
    await using folder = await Folder.make();
    const options = { permissions: ["--allow-net", "--allow-read", "--allow-write"], cwd: folder.path };
    await using server = spawnSockeye(["server", "echo", listen.replace("NAME", "target")], options);
    const target = await addressOf(server);
    const run = async (name: string) => {
      const faults = ["--fault", "delay=30ms", "--fault", "up:corrupt=0.2", ...third, "--seed", "27", "--json"];
      const secured = transport === "tls" ? ["--insecure"] : [];
      const args = ["tap", listen.replace("NAME", name), target, ...faults, ...secured];
      await using tap = spawnSockeye(args, options);
      const [, place = ""] = await tap.stdoutLine(/"listen","address":"([^"]*)"/);
      const began = performance.now();
      const ask = ["client", place, "--send", SENT, "--wait", "1s", ...words];
      const { bytes } = await spawnSockeye(ask, options).ends(0);
      assert(performance.now() - began >= 60);
      await tap.ends(143, "SIGTERM");
      return [...bytes];
    };
    const [one, other] = await Promise.all([run("one"), run("other")]);
    assertEquals(one, other);
    assertEquals(one.length, SENT.length);
    assertNear(one.filter((byte, i) => byte !== SENT.charCodeAt(i)).length, 40, 25);
  });
}

for (const transport of ["tls", "unix"] as const) {
  Deno.test(`tap --fault over ${transport}: cut and reset after exactly n bytes`, async () => {
    const [listen, words] = PLACES[transport];
    await using folder = await Folder.make();
    const options = { permissions: ["--allow-net", "--allow-read", "--allow-write"], cwd: folder.path };
    await using server = spawnSockeye(["server", "echo", listen.replace("NAME", "target")], options);
    const target = await addressOf(server);
    for (const kind of ["cut", "reset"]) {
      const faults = ["--fault", `down:${kind}=50`, ...words];
      await using tap = spawnSockeye(["tap", listen.replace("NAME", kind), target, ...faults], options);
      const client = spawnSockeye(["client", await addressOf(tap), "--send", SENT, "--wait", "5s", ...words], options);
      await using _ = client;
      const { code, stdout } = await client.status();
      // A Unix socket cannot be reset: it is closed.
      const expected = kind === "reset" && transport === "tls" ? 1 : 0;
      assertEquals([stdout, code], [SENT.slice(0, 50), expected], kind);
    }
  });
}
