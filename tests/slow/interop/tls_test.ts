/**
 * sockeye and the TLS of openssl, ncat, socat and Python: streams both ways, their ends, and those who do not speak
 * TLS.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { freePort, type Program, python, spawnSockeye, tool } from "../../support/harness.ts";
import type { StartOptions } from "../../support/program.ts";
import { connect, Host, PROMPT_MS, readAll, utf8, within, writeAll } from "../../support/sockets.ts";
import { asClient, assertSame, asServer, type Place, STREAM } from "../../support/both.ts";
import { READ } from "../../support/failing.ts";
import type { Certificates } from "../../support/certificates.ts";
import { HOST, Reverser, serveTls, test, testClient } from "./tls.ts";

const LINES = Array.from({ length: 104_858 }, (_, i) => `${String(i).padStart(9, "0")}\n`).join("");

function server(made: Certificates): Place {
  return { args: [`tls://${HOST}:0`, ...made.own()], permissions: READ };
}

function client(made: Certificates, flags: readonly string[] = []): (port: number) => Place {
  return (port) => ({ args: [`tls://${HOST}:${port}`, "--ca", made.at("ca.pem"), ...flags], permissions: READ });
}

function dial(
  made: Certificates,
  port: number | string,
  args: readonly string[],
  stdin?: StartOptions["stdin"],
): Program {
  const command = ["client", `tls://${HOST}:${port}`, "--ca", made.at("ca.pem"), ...args];
  return spawnSockeye(command, { permissions: READ, ...(stdin && { stdin }) });
}

test("socat gets its stream back from server echo tls://", ["socat"], async (made) => {
  const peer = (port: number) => `OPENSSL:${HOST}:${port},cafile=${made.at("ca.pem")}`;
  await asClient((port, stdin) => tool("socat", ["-t", "3", "-", peer(port)], { stdin }), server(made));
});

test("Python ends its half under TLS and gets its stream back from server echo", ["python3"], async (made) => {
  const start = (port: number, stdin: { content: Uint8Array }) =>
    python("tls_half_close_client", [HOST, port, made.at("ca.pem")], { stdin });
  await asClient(start, server(made));
});

test("socat and client exchange streams under TLS", ["socat"], async (made) => {
  const pair = await made.signed();
  await Deno.writeTextFile(made.at("both"), pair.key + pair.cert);
  const listens = (port: number) => `OPENSSL-LISTEN:${port},bind=${HOST},cert=${made.at("both")},verify=0`;
  await asServer((port, stdin) => tool("socat", ["-t", "3", listens(port), "-"], { stdin }), client(made));
});

testClient("exchanges streams with Python, and both end their halves", ["python3"], async (made, flags) => {
  const own = [made.at("1.pem"), made.at("1.key")];
  const start = (port: number, stdin: { content: Uint8Array }) =>
    python("tls_half_close_server", [HOST, port, ...own], { stdin });
  await asServer(start, client(made, flags));
});

testClient("hears an answer that comes after its own end", [], async (made, flags) => {
  const pair = { cert: await Deno.readTextFile(made.at("1.pem")), key: await Deno.readTextFile(made.at("1.key")) };
  using listener = Deno.listenTls({ hostname: HOST, port: 0, ...pair });
  await using client = dial(made, listener.addr.port, flags, { content: utf8("question") });
  using conn = await listener.accept();
  const question = within(readAll(conn), PROMPT_MS, "The end of what the client says");
  assertEquals(new TextDecoder().decode(await question), "question");
  await writeAll(conn, "answer");
  await conn.closeWrite();
  assertEquals((await client.ends(0)).stdout, "answer");
});

test("Python talks with server reply tls:// and both say that they end", ["python3"], async (made) => {
  await using server = serveTls(made, "reply", "--text", "{n}: {data}", "-v");
  const args = [HOST, await server.port(), made.at("ca.pem"), "你好", "again"];
  assertEquals((await python("tls_client", args).ends(0)).stdout, "answer: 1: 你好\nanswer: 2: again\nended by both\n");
  await server.stderrLine(/^#1 127\.0\.0\.1:\d+ connected$/);
  await server.stderrLine(/^#1 .* has finished sending$/);
  await server.stderrLine(/^#1 .* left: closed by the peer; 11 B in, 17 B out, /);
});

testClient("gets all of three megabytes from openssl s_server, and their end", [], async (made, flags) => {
  const own = ["-cert", made.at("1.pem"), "-key", made.at("1.key")];
  const port = freePort();
  const args = ["s_server", "-accept", `${HOST}:${port}`, ...own, "-quiet", "-naccept", "1"];
  await using server = tool("openssl", args, { stdin: { content: LINES.repeat(3) } });
  // It has no patience with clients that end their half.
  await using client = dial(made, port, [...flags, "--retry", "100"], "piped");
  const { code, stdout, stderr } = await within(client.status(), PROMPT_MS, "The end");
  assertEquals([code, stdout.length, stdout === LINES.repeat(3)], [0, 3 * LINES.length, true], stderr);
  await server.ends(0);
});

for (const version of ["1_2", "1_3"]) {
  test(`openssl s_client -tls${version} gets a megabyte back from server echo tls://`, [], async (made) => {
    await using server = serveTls(made, "echo", "-q", "--json");
    const ca = ["-CAfile", made.at("ca.pem"), "-verify_return_error", `-tls${version}`];
    const args = ["s_client", "-connect", `${HOST}:${await server.port()}`, "-quiet", ...ca];
    // It leaves at the end of what it reads, without waiting for answers.
    await using client = tool("openssl", [...args, "-no_ign_eof", "-nocommands"], { stdin: "piped" });
    await client.write(LINES);
    await client.stdoutLine(/^000104857$/);
    await client.closeStdin();
    const { code, stdout } = await client.status();
    assertEquals([code, stdout === LINES], [0, true]);
    await server.stdoutLine(
      /"close".*"transport":"tls","reason":"closed by the peer","received":1048580,"sent":1048580,/,
    );
  });

  test(`client talks with openssl s_server -tls${version}`, [], async (made) => {
    await using server = await Reverser.start(made, 1, `-tls${version}`);
    await using client = dial(made, server.port, ["--send", "stressed\n", "--expect", "desserts\n"]);
    assertEquals((await client.ends(0)).stdout, "desserts\n");
  });
}

test("ncat --ssl gets its stream back from server echo, which tells that it left rudely", ["ncat"], async (made) => {
  await using server = serveTls(made, "echo", "-q", "--json");
  // It compares host names only, no addresses; it ends its half by FIN alone.
  const args = ["--ssl", "--ssl-verify", "--ssl-trustfile", made.at("ca.pem"), "localhost"];
  await using client = tool("ncat", [...args, String(await server.port())], { stdin: { content: STREAM } });
  const { bytes } = await client.ends(0);
  assertSame(bytes, STREAM);
  await server.stdoutLine(/"close".*"gone without the end that TLS asks for","received":1048576,"sent":1048576,/);
});

async function listenWithNcat(made: Certificates): Promise<{ ncat: Program; port: number }> {
  const port = freePort();
  const own = ["--ssl", "--ssl-cert", made.at("1.pem"), "--ssl-key", made.at("1.key")];
  const ncat = tool("ncat", ["-v", "-l", HOST, String(port), ...own], { stdin: "piped" });
  await ncat.stderrLine(/Listening on 127\.0\.0\.1:\d+$/);
  return { ncat, port };
}

test("ncat -l --ssl gets the whole stream of client and leaves at its end", ["ncat"], async (made) => {
  const { ncat, port } = await listenWithNcat(made);
  await using server = ncat;
  await using client = dial(made, port, [], { content: STREAM });
  await client.ends(0);
  const { bytes } = await server.ends(0);
  assertSame(bytes, STREAM);
});

testClient("ends with 1 when ncat breaks off, and shows what came", ["ncat"], async (made, flags) => {
  const { ncat, port } = await listenWithNcat(made);
  await using server = ncat;
  await using client = dial(made, port, flags, "piped");
  await client.write("question\n");
  await server.stdoutLine(/^question$/);
  await server.write("half an ans");
  await client.stdoutText(/half an ans/);
  server.signal("SIGKILL");
  const { code, stdout, stderr } = await client.status();
  const lines = stderr.match(/^sockeye: .*$/gm);
  assertEquals([code, stdout, lines?.length], [1, "half an ans", 1], stderr);
  assertMatch(lines?.[0] ?? "", /lost: gone without the end that TLS asks for$/);
});

test("server tls:// tells that a client left during the handshake, and serves the next", [], async (made) => {
  await using server = serveTls(made, "echo");
  const port = await server.port();
  (await connect(port)).close();
  await server.stderrLine(/^127\.0\.0\.1:\d+ turned away: it ended the connection during the handshake$/);
  await using client = dial(made, port, ["--send", "hello"]);
  assertEquals((await client.ends(0)).stdout, "hello");
  assertMatch((await server.ends(143, "SIGTERM")).stderr, /^Done: 1 connection; /m);
});

test("a plain client on a TLS port ends, and is answered with nothing but an alert", [], async (made) => {
  await using server = await Reverser.start(made);
  await using client = spawnSockeye(["client", String(server.port), "--send", "hello\n"]);
  const { bytes } = await within(client.status(), PROMPT_MS, "The plain client");
  // Type 21, version 3.x, two bytes: a fatal alert (RFC 8446 section 6).
  assertMatch([...bytes].join(" "), /^(21 3 \d 0 2 2 \d+)?$/);
});

/** Says something when it was spoken to, and stays. */
const answers = (text: string) => async (conn: Deno.TcpConn, over: Promise<void>): Promise<void> => {
  await conn.read(new Uint8Array(4096));
  await writeAll(conn, text);
  await over;
};

/** What plain servers do, and what is said of them. */
const PLAIN: Readonly<Record<string, readonly [play: ConstructorParameters<typeof Host<unknown>>[0], says: RegExp]>> = {
  "greets": [(conn, over) => writeAll(conn, "220 mail.example.com ESMTP\r\n").then(() => over), /does not speak TLS$/],
  "answers": [answers("HTTP/1.1 400 Bad Request\r\n\r\n"), /it does not speak TLS$/],
  "hangs up": [(conn) => conn.read(new Uint8Array(4096)), /it ended the connection during the handshake$/],
};

for (const [what, [play, says]] of Object.entries(PLAIN)) {
  for (const flags of [[], ["--insecure"], ["-v"]]) {
    const name = ["client tls://", ...flags].join(" ");
    Deno.test(`${name} ends with 6 when a plain server ${what}`, async () => {
      await using host = new Host(play);
      await using client = spawnSockeye(["client", `tls://${HOST}:${host.port}`, "--send", "hello", ...flags]);
      const { stdout, stderr } = await client.ends(6);
      const lines = stderr.match(/^sockeye: .*$/gm);
      assertEquals([stdout, lines?.length], ["", 1], stderr);
      assertMatch(lines?.[0] ?? "", says);
    });
  }
}
