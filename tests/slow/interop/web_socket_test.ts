/** sockeye and the WebSockets of Deno and Node, as clients and as servers. */

import { assertEquals, assertMatch } from "@std/assert";
import { has, type Program, spawnSockeye, tool } from "../../support/harness.ts";
import { READ } from "../../support/failing.ts";
import { HOST, test } from "./tls.ts";

const PEERS = `${import.meta.dirname}/../../support/peers`;

/** What a client of `peers/` prints when everything came back as it was. */
const SAME = `text 11 same
text 0 same
text 1048576 same
binary 3 same
binary 65536 same
closed 1000 cleanly
`;

function works(command: string, ...args: string[]): boolean {
  return has(command) && new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
}

/** Node has WebSocket since version 22, and before that behind a flag. */
const nodeFlags = [[], ["--experimental-websocket"]].find((flags) =>
  works("node", ...flags, "-e", "new WebSocket('ws://127.0.0.1:9').onerror = () => {}")
);

function deno(script: string, args: readonly string[], flags: readonly string[] = []): Program {
  return tool(Deno.execPath(), ["run", "--allow-net", ...flags, `${PEERS}/${script}.mjs`, ...args]);
}

/** Foreign clients, what each needs, and how it starts. */
const CLIENTS: readonly { name: string; ignore: boolean; start(url: string): Program }[] = [
  { name: "Deno's WebSocket", ignore: false, start: (url) => deno("web_socket_client", [url]) },
  {
    name: "Node's WebSocket",
    ignore: nodeFlags === undefined,
    start: (url) => tool("node", [...nodeFlags ?? [], `${PEERS}/web_socket_client.mjs`, url]),
  },
];

for (const { name, ignore, start } of CLIENTS) {
  Deno.test(`${name} gets its messages back from server echo ws://, and both close`, { ignore }, async () => {
    await using server = spawnSockeye(["server", "echo", `ws://${HOST}:0`, "-q", "--json"]);
    assertEquals((await start(`ws://${HOST}:${await server.port()}`).ends(0)).stdout, SAME);
    await server.stdoutLine(
      /"close".*"transport":"ws","reason":"closed by the peer","received":1114126,"sent":1114126,/,
    );
  });
}

test("Deno's WebSocket gets its messages back from server echo wss://", [], async (made) => {
  const own = ["--cert", made.at("1.pem"), "--key", made.at("1.key")];
  await using server = spawnSockeye(["server", "echo", `wss://${HOST}:0`, ...own], { permissions: READ });
  const url = `wss://${HOST}:${await server.port()}`;
  await using client = deno("web_socket_client", [url], ["--cert", made.at("ca.pem")]);
  assertEquals((await client.ends(0)).stdout, SAME);
});

/** A WebSocket has no half-close: a server may answer our close frame before it has answered what we sent before. */
const WAIT = ["--wait", "10s"];

async function portOf(server: Program): Promise<string> {
  return (await server.stdoutLine(/^Listening on (\d+)$/))[1] ?? "";
}

Deno.test("client ws:// sends texts and fields to Deno.serve, and closes when it has its answer", async () => {
  await using server = deno("web_socket_server", []);
  const asked = ["--subprotocol", "chat", "--subprotocol", "other", "-H", "X-Test: yes"];
  const says = ["--send", "hello ", "--send", "wörld", "--expect", "HELLO WÖRLD", ...WAIT];
  const url = `ws://${HOST}:${await portOf(server)}/a?b=c`;
  const { stdout, stderr } = await spawnSockeye(["client", url, ...asked, ...says]).ends(0);
  assertEquals(stdout, "HELLO WÖRLD", stderr);
  const { stdout: heard } = await server.status();
  assertMatch(heard, /\nasked \/a\?b=c chat yes\ntext 6 hello \ntext 5 wörld\nclosed 1000 cleanly\n$/);
});

Deno.test("client ws:// --binary sends bytes to Deno.serve", async () => {
  await using server = deno("web_socket_server", []);
  const bytes = ["--binary", "--send-hex", "00ff80", "--send", "ab", "--expect", "ba", ...WAIT];
  await using client = spawnSockeye(["client", `ws://${HOST}:${await portOf(server)}`, ...bytes]);
  const { code, bytes: answer, stderr } = await client.status();
  assertEquals([code, [...answer]], [0, [0x80, 0xff, 0x00, 0x62, 0x61]], stderr);
  assertMatch((await server.status()).stdout, /\nbinary 3\nbinary 2\nclosed 1000 cleanly\n$/);
});

Deno.test("client ws:// sends a long text to Deno.serve, and hears it close", async () => {
  await using server = deno("web_socket_server", []);
  const url = `ws://${HOST}:${await portOf(server)}`;
  const says = ["--send", "x".repeat(100_000), "--send", "bye", ...WAIT];
  await using client = spawnSockeye(["client", url, ...says]);
  const { code, stdout, stderr } = await client.status();
  assertEquals([code, stdout === "X".repeat(100_000)], [0, true], stderr);
  assertMatch((await server.status()).stdout, /\ntext 100000 \ntext 3 bye\nclosed 1000 cleanly\n$/);
});

test("client wss:// talks with Deno.serve", [], async (made) => {
  await using server = deno("web_socket_server", [made.at("1.pem"), made.at("1.key")], ["--allow-read"]);
  const url = `wss://${HOST}:${await portOf(server)}`;
  const says = ["--send", "hello", "--expect", "HELLO", ...WAIT];
  await using client = spawnSockeye(["client", url, "--ca", made.at("ca.pem"), ...says], { permissions: READ });
  assertEquals((await client.ends(0)).stdout, "HELLO");
  assertMatch((await server.status()).stdout, /\ntext 5 hello\nclosed 1000 cleanly\n$/);
});
