/** sockeye and nc (the OpenBSD one). */

import { assertEquals, assertMatch } from "@std/assert";
import { Chatter } from "../support/chatter.ts";
import { needs, spawnSockeye, tool } from "../support/harness.ts";
import { asClient, asServer, chatsWith } from "../support/both.ts";

/** The traditional nc has no `-N`. */
const ignore = needs(["nc"], await isOpenBsd());

async function isOpenBsd(): Promise<boolean> {
  if (needs(["nc"]).ignore) return false;
  await using help = tool("nc", ["-h"]);
  return /-N\b/.test((await help.status()).stderr);
}

Deno.test("nc -N gets its stream back from server echo", ignore, async () => {
  await asClient((port, stdin) => tool("nc", ["-N", "127.0.0.1", String(port)], { stdin }));
});

Deno.test("nc -l -N and client exchange streams", ignore, async () => {
  await asServer((port, stdin) => tool("nc", ["-l", "-N", "127.0.0.1", String(port)], { stdin }));
});

Deno.test("nc joins server chat, hears and says", ignore, async () => {
  await chatsWith((port) => tool("nc", ["-N", "127.0.0.1", String(port)], { stdin: "piped" }));
});

for (const text of ["a whole line\\n", "no line end"]) {
  Deno.test(`printf '${text}' | nc -N says that in server chat and leaves`, ignore, async () => {
    await using server = spawnSockeye(["server", "chat", "0"]);
    const port = await server.port();
    await using other = await Chatter.join(port);
    const content = text.replace("\\n", "\n");
    await using nc = tool("nc", ["-N", "127.0.0.1", String(port)], { stdin: { content } });
    await other.hears(/^\*\*\* user2 left$/);
    const said = `<user2> ${content.trimEnd()}`;
    assertEquals(other.heard.slice(1), ["*** user2 joined", said, "*** user2 left"]);
    const { code, stdout } = await nc.status();
    assertEquals(code, 0);
    assertMatch(stdout, /^\*\*\* You are user2; .*\n$/);
  });
}
