/** Each server of the socket tutorials as one command, against the client of the tutorials. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort, needs, python, spawnSockeye } from "../support/harness.ts";
import type { Program } from "../support/harness.ts";

const HOST = "127.0.0.1";

/** What peer number `id` said, without the marks and the line ends of the transcript. */
function said(server: Program, id = 1): string {
  const mark = `#${id} < `;
  return server.stdout.split("\n").filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length)).join(
    "",
  );
}

Deno.test("server reply --then close answers and closes one client after the other", needs(["python3"]), async () => {
  await using server = spawnSockeye(["server", "reply", "0", "--text", "信息已收到", "--then", "close"]);
  const port = await server.port();
  for (const name of ["甲", "乙", "丙"]) {
    await using client = python("tutorial_client", [HOST, port, "utf-8", `我是${name}`, "close"]);
    assertEquals((await client.status()).stdout, "answer: 信息已收到\nclosed by the server\n");
    await server.stdoutLine(new RegExp(`^#\\d < 我是${name}$`));
  }
  server.signal("SIGTERM");
  assertEquals((await server.status()).code, 143);
});

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

Deno.test(
  "server talk sends what the operator types, and q takes the next client in line",
  needs(["python3"]),
  async () => {
    await using server = spawnSockeye(["server", "talk", "0"], { stdin: "piped" });
    const port = await server.port();
    await using first = python("listening_client", [HOST, port, "utf-8"], { stdin: "piped" });
    await server.stderrLine(/^#1 .* is here/);
    await using second = python("listening_client", [HOST, port, "utf-8"], { stdin: "piped" });
    await second.stdoutLine(/^got: Please wait: 1 client is before you$/);
    await first.write("我是第一个\n");
    await server.stdoutLine(/^#1 < 我是第一个$/);
    await second.write("我是第二个\n");
    await server.write("你好，第一个\n");
    await first.stdoutLine(/^got: 你好，第一个$/);
    await server.write("q\n");
    await first.stdoutLine(/^closed by the server$/);
    await server.stderrLine(/^#2 .* is here/);
    await server.stdoutLine(/^#2 < 我是第二个$/);
    await server.write("轮到你了\n");
    await second.stdoutLine(/^got: 轮到你了$/);
    await server.write("q\n");
    await second.stdoutLine(/^closed by the server$/);
    assertEquals(server.stdout, "#1 < 我是第一个\n#2 < 我是第二个\n");
    assertEquals(first.stdout, "got: 你好，第一个\nclosed by the server\n");
  },
);

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

Deno.test("server says in one line that its port is taken", async () => {
  await using first = spawnSockeye(["server", "echo", "0"]);
  const port = await first.port();
  await using second = spawnSockeye(["server", "echo", String(port)]);
  const { code, stdout, stderr } = await second.status();
  assertEquals(code, 4);
  assertEquals(stdout, "");
  assertMatch(stderr, new RegExp(`^sockeye: Cannot listen on \\S*127\\.0\\.0\\.1:${port}: .*in use.*\\n$`));
});
