/** `sockeye tap` between every two transports, with sockeye's own server and client at the ends. */

import { assertEquals } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { type Program, spawnSockeye } from "../../support/harness.ts";

const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-write"];

/** Where a program listens, and the words of what connects there. */
const PLACES = {
  tcp: ["tcp://127.0.0.1:0", []],
  tls: ["tls://127.0.0.1:0", ["--insecure"]],
  ws: ["ws://127.0.0.1:0", []],
  wss: ["wss://127.0.0.1:0", ["--insecure"]],
  unix: ["unix:NAME", []],
  udp: ["udp://127.0.0.1:0", []],
} as const;

type Name = keyof typeof PLACES;

const NAMES = Object.keys(PLACES) as Name[];

/** The address of a server, as a client writes it. */
async function addressOf(server: Program): Promise<string> {
  return (await server.stderrLine(/^Listening on (\S+)/))[1] ?? "";
}

for (const to of NAMES) {
  Deno.test(`tap passes what is said from every transport to ${to} and back`, async () => {
    await using folder = await Folder.make();
    const options = { permissions: PERMISSIONS, cwd: folder.path };
    const [place, words] = PLACES[to];
    await using server = spawnSockeye(["server", "echo", place.replace("NAME", "target")], options);
    const target = await addressOf(server);
    await Promise.all(NAMES.map(async (from) => {
      const [listen, ask] = PLACES[from];
      await using tap = spawnSockeye(["tap", listen.replace("NAME", `from-${from}`), target, ...words], options);
      const client = ["client", await addressOf(tap), "--send", `from ${from} 你好\n`, "--expect", "你好", ...ask];
      const { stdout } = await spawnSockeye(client, options).ends(0);
      assertEquals(stdout, `from ${from} 你好\n`);

      tap.signal("SIGTERM");
      const shown = (await tap.ends(143)).stdout;
      assertEquals(shown, `#1 > from ${from} 你好\n#1 < from ${from} 你好\n`, `from ${from}`);
    }));
  });
}
