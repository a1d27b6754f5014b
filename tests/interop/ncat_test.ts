/** sockeye and ncat. */

import { needs, tool } from "../support/harness.ts";
import { asClient, asServer, chatsWith } from "../support/both.ts";

const ignore = needs(["ncat"]);

Deno.test("ncat gets its stream back from server echo", ignore, async () => {
  await asClient((port, stdin) => tool("ncat", ["127.0.0.1", String(port)], { stdin }));
});

Deno.test("ncat -l and client exchange streams", ignore, async () => {
  await asServer((port, stdin) => tool("ncat", ["-l", "127.0.0.1", String(port)], { stdin }));
});

Deno.test("ncat joins server chat, hears and says", ignore, async () => {
  await chatsWith((port) => tool("ncat", ["127.0.0.1", String(port)], { stdin: "piped" }));
});

Deno.test("ncat --crlf joins server chat, and gets CRLF", ignore, async () => {
  await chatsWith((port) => tool("ncat", ["--crlf", "127.0.0.1", String(port)], { stdin: "piped" }), "\r\n");
});
