/** Each server of the socket tutorials as one command, against the client of the tutorials. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort, needs, type Program, python, spawnSockeye, tool } from "../support/harness.ts";

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

/** The client of the tutorials as they print it: it ends at `q`, and would print empty lines for ever at an end without one. */
const LOOP_CLIENT = `
import socket, sys
s = socket.socket()
s.connect((sys.argv[1], int(sys.argv[2])))
while True:
    s.send(input().encode())
    data = s.recv(1024).decode()
    if data == 'q':
        break
    print(data, flush=True)
s.close()
`;

Deno.test(
  "server talk serves two clients of the tutorials that end at q, one after the other",
  needs(["python3"]),
  async () => {
    await using server = spawnSockeye(["server", "talk", "0"], { stdin: "piped" });
    const words = ["-c", LOOP_CLIENT, HOST, String(await server.port())];
    await using first = tool("python3", words, { stdin: "piped" });
    await first.write("hello\n");
    await server.stdoutLine(/^#1 < hello$/);
    await using second = tool("python3", words, { stdin: "piped" });
    await second.write("me too\n");
    await server.stderrLine(/^#2 .* waits in line \(1 before it\)$/);
    await server.write("one\n");
    await first.stdoutLine(/^one$/);
    await first.write("bye\n");
    await server.stdoutLine(/^#1 < bye$/);
    await server.write("q\n");
    assertEquals((await first.ends(0)).stdout, "one\n");
    await server.stdoutLine(/^#2 < me too$/);
    await server.write("two\n");
    await second.stdoutLine(/^two$/);
    await second.write("bye\n");
    await server.stdoutLine(/^#2 < bye$/);
    await server.write("q\n");
    // A word of the queue would have come in place of the answer.
    assertEquals((await second.ends(0)).stdout, "two\n");
  },
);
