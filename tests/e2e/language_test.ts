/** The language of the terminal: what follows that of the system, and what does not. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { type SockeyeOptions, spawnSockeye } from "../support/harness.ts";

const CHINESE: SockeyeOptions = { env: { LANG: "zh_CN.UTF-8" } };

/** A transcript without its ports, sizes and times. */
function shape(text: string): string {
  return text.replace(/\d+(?:\.\d+)?/g, "0").replace(/0 ms/g, "0 s");
}

Deno.test("a server and a client speak Chinese where the system does, as the Chinese README shows", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--once"], CHINESE);
  const port = await server.port();
  const client = await spawnSockeye(["client", String(port), "--send", "你好\\n", "--escapes"], CHINESE).ends(0);
  assertEquals(client.stdout, "你好\n");
  assertMatch(client.stderr, /^已连接 127\.0\.0\.1:\d+\n连接被对端关闭；收 7 B，发 7 B，用时 .*\n$/);
  const { stdout, stderr } = await server.ends(0);
  assertEquals(stdout, "#1 < 你好\n");
  const readme = await Deno.readTextFile(`${ROOT}/README.zh-CN.md`);
  const [, shown = ""] = /```text\n\$ sockeye server\n(.*?)```/s.exec(readme) ?? [];
  assertEquals(shape(stderr), shape(shown.replace("#1 < 你好\n", "")));
});

Deno.test("--lang decides against the system, and takes no permission", async () => {
  const options = { only: ["--allow-net"] };
  const line = ["client", "localhost:0"];
  const chinese = "sockeye: 无法连接 tcp://localhost:0：0 不是真正的端口\n";
  const english = "sockeye: Cannot connect to tcp://localhost:0: port 0 is not a real port\n";
  for (
    const [args, env, says] of [
      [line, { LANG: "zh_CN.UTF-8" }, chinese],
      [line, { LANG: "en_US.UTF-8", LC_ALL: "zh_TW.UTF-8" }, chinese],
      [line, { LANG: "C" }, english],
      [[...line, "--lang", "en"], { LANG: "zh_CN.UTF-8" }, english],
      [["--lang=zh", ...line], { LANG: "en_US.UTF-8" }, chinese],
    ] as const
  ) {
    const { stderr } = await spawnSockeye(args, { ...options, env }).ends(2);
    assertEquals(stderr, says, JSON.stringify([args, env]));
  }
});

Deno.test("the operator of a chat reads Chinese, and its clients read English", async () => {
  await using server = spawnSockeye(["server", "chat", "0"], CHINESE);
  await using client = spawnSockeye(["client", String(await server.port())], { stdin: "piped" });
  await client.stdoutLine(/^\*\*\* You are user1; nobody else is here/);
  await server.stdoutLine(/^\*\*\* user1 加入了聊天室$/);
  await client.write("/nick bob\n");
  await client.stdoutLine(/^\*\*\* You are bob now$/);
  await server.stdoutLine(/^\*\*\* user1 将昵称改为 bob$/);
  await client.write("/quit\n");
  await server.stdoutLine(/^\*\*\* bob 离开了聊天室$/);
});

Deno.test("JSON is the same in every language", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--once", "--json"], CHINESE);
  await spawnSockeye(["client", String(await server.port()), "--send", "hi", "--lang", "zh"]).ends(0);
  const { stdout, stderr } = await server.ends(0);
  assertStringIncludes(stdout, `"reason":"closed by the peer"`);
  assertStringIncludes(stdout, `"hint":"This machine only; `);
  assert(!/\p{Script=Han}/u.test(stdout + stderr), stdout + stderr);
});
