/** Each server of the socket tutorials as one command, against the client of the tutorials. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort, needs, type Program, python, spawnSockeye } from "../support/harness.ts";

const HOST = "127.0.0.1";

/** What peer number `id` said, without the marks and the line ends of the transcript. */
function said(server: Program, id = 1): string {
  return [...server.stdout.matchAll(new RegExp(`^#${id} < (.*)$`, "gm"))].map(([, text]) => text).join("");
}

for (const pace of ["free", "locked"]) {
  Deno.test(`server reply -e gbk shows GBK text that is cut at every byte (${pace})`, needs(["python3"]), async () => {
    const text = "锄禾日当午，汗滴禾下土。abc 谁知盘中餐，粒粒皆辛苦！";
    await using server = spawnSockeye(["server", "reply", "0", "--text", "已收到", "-e", "gbk"]);
    await using client = python("drip_client", [HOST, await server.port(), "gbk", pace, text]);
    await client.stdoutLine(/done/);
    await server.stderrLine(/#1 .* left/);
    assertEquals(said(server), text);
  });
}

Deno.test("server listens on the port that it has just left", needs(["python3"]), async () => {
  const port = freePort();
  for (let round = 1; round <= 2; round++) {
    const args = ["reply", String(port), "--text", "bye", "--then", "close", "--once"];
    await using server = spawnSockeye(["server", ...args]);
    await server.port();
    // The server closes first, so the port is in TIME_WAIT afterwards.
    await using client = python("tutorial_client", [HOST, port, "utf-8", "hello", "close"]);
    assertStringIncludes((await client.status()).stdout, "closed by the server");
    assertEquals((await server.status()).code, 0, `round ${round}`);
  }
});
