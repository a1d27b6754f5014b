/** sockeye and the UDP of nc, ncat, socat and Python: datagrams keep their borders, answers find their way. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { exchangeWords } from "../../support/both.ts";
import { freeUdpPort, Mailbox } from "../../support/datagrams.ts";
import { READ } from "../../support/failing.ts";
import { needs, type Program, python, type SockeyeOptions, spawnSockeye, tool } from "../../support/harness.ts";
import { inFolder } from "../../fetch/helpers.ts";

const HOST = "127.0.0.1";

/** Clients that say what they read, a line a datagram, and print what comes. */
const CLIENTS: Readonly<Record<string, (port: number) => Program>> = {
  nc: (port) => tool("nc", ["-u", HOST, String(port)], { stdin: "piped" }),
  ncat: (port) => tool("ncat", ["-u", HOST, String(port)], { stdin: "piped" }),
  socat: (port) => tool("socat", ["-", `UDP:${HOST}:${port}`], { stdin: "piped" }),
  python3: (port) => python("udp_client", [HOST, port, "utf-8"], { stdin: "piped" }),
};

/** A server of datagrams with these words after its mode. */
function serve(mode: string, ...args: string[]): Program {
  return spawnSockeye(["server", mode, `udp://${HOST}:0`, ...args], { stdin: "piped" });
}

for (const [name, start] of Object.entries(CLIENTS)) {
  const ignore = needs([name]);

  Deno.test(`${name} gets each datagram back from server echo udp://`, ignore, async () => {
    await using server = serve("echo");
    await using client = start(await server.port());
    for (const text of ["one", "第二个"]) {
      await client.write(`${text}\n`);
      await client.stdoutLine(new RegExp(`^${text}$`));
      await server.stdoutLine(new RegExp(`^#1 < ${text}$`));
    }
    const { stderr: said } = await server.ends(143, "SIGTERM");
    assertMatch(said, /^#1 127\.0\.0\.1:\d+ speaks$/m);
    assertMatch(said, /^#1 127\.0\.0\.1:\d+ forgotten: the server stops; 14 B in, 14 B out, /m);
    assertMatch(said, /^Done: 1 peer; 14 B in, 14 B out, /m);
  });
}

Deno.test("Python gets datagrams of any length back from server echo udp://", needs(["python3"]), async () => {
  await using server = serve("echo");
  const lengths = [1, 0, 1472, 1473, 0, 65_507, 65_507, 2];
  const { stdout, stderr } = await python("udp_sizes", [HOST, await server.port(), "utf-8", ...lengths]).ends(0);
  assertEquals(stdout, lengths.map((length) => `${length}\n`).join(""), stderr);
});

/** How a foreign server says that it is there. */
const SERVERS: Readonly<Record<string, { args: string[]; ready: RegExp }>> = {
  nc: { args: ["-v", "-u", "-l", HOST, "0"], ready: /^Bound on \S+ (\d+)$/ },
  ncat: { args: ["-v", "-u", "-l", HOST, String(freeUdpPort())], ready: /Listening on 127\.0\.0\.1:(\d+)$/ },
  socat: { args: ["-d", "-d", "-", `UDP-LISTEN:0,bind=${HOST}`], ready: /listening on UDP AF=2 127\.0\.0\.1:(\d+)$/ },
};

for (const [name, { args, ready }] of Object.entries(SERVERS)) {
  Deno.test(`client udp:// talks with ${name}`, needs([name]), async () => {
    await using server = tool(name, args, { stdin: "piped" });
    const [, port = ""] = await server.stderrLine(ready);
    await using client = spawnSockeye(["client", `udp://${HOST}:${port}`, "--wait", "0"], { stdin: "piped" });
    await exchangeWords(client, server);
    await client.closeStdin();
    const { stdout, stderr } = await client.ends(0);
    assertEquals(stdout, "one!\n第二个!\n");
    assertMatch(stderr, new RegExp(`^Speaking to 127\\.0\\.0\\.1:${port}\n`));
    assertMatch(stderr, /^Talk closed: the wait for answers is over; 16 B in, 16 B out, /m);
  });
}

/** What one run of the client came to with the Python server that answers in upper case. */
async function shouted(args: readonly string[], options: SockeyeOptions = {}) {
  await using server = python("udp_server", [HOST, 0, "utf-8"]);
  const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
  await using client = spawnSockeye(["client", `udp://${HOST}:${port}`, ...args], options);
  const ending = await client.status();
  // What the client sent before this has been printed before it.
  using after = new Mailbox();
  await after.send("over", Number(port));
  await server.stdoutLine(/^4 "over" /);
  const heard = server.stdout.trimEnd().split("\n").slice(1, -1).map((line) => line.replace(/ from 127\.0\.0\.1$/, ""));
  return { ...ending, heard };
}

const ignore = needs(["python3"]);

Deno.test("client udp:// sends each --send and --send-hex as a datagram and collects the answers", ignore, async () => {
  const args = ["--send", "one", "--send-hex", "74 77 6f", "--send", "drei\nvier", "--wait", "1s"];
  const { code, stdout, heard } = await shouted(args);
  assertEquals(heard, ['3 "one"', '3 "two"', '9 "drei\\nvier"']);
  assertEquals([code, stdout], [0, "ONETWODREI\nVIER"]);
});

Deno.test("client udp:// waits a second for answers when nobody says how long", ignore, async () => {
  const start = performance.now();
  const { code, stdout } = await shouted(["--send", "hi"]);
  assertEquals([code, stdout], [0, "HI"]);
  assert(performance.now() - start >= 1_000, `${performance.now() - start} ms`);
});

Deno.test("client udp:// sends each line of its input as a datagram, the last without its end", ignore, async () => {
  const options = { stdin: { content: "one\n\n第三行\r\nrest" } };
  const { code, heard } = await shouted(["--expect", "REST"], options);
  assertEquals(heard, ['4 "one\\n"', '1 "\\n"', '11 "第三行\\r\\n"', '4 "rest"']);
  assertEquals(code, 0);
});

inFolder("client udp:// sends a file of 65,507 bytes and refuses one of 65,508", async (folder) => {
  const longest = await folder.put("longest", "x".repeat(65_507));
  const longer = await folder.put("longer", "x".repeat(65_508));
  const { code, stdout, heard } = await shouted(["--file", longest, "--expect", "X"], { permissions: READ });
  assertEquals([code, stdout === "X".repeat(65_507), heard], [0, true, ["65507 ..."]]);
  const refused = await shouted(["--file", longer], { permissions: READ });
  const lines = refused.stderr.match(/^sockeye: .*$/gm);
  assertEquals(lines, ["sockeye: Cannot send 65508 bytes at once: a datagram holds 65507 at most"]);
  assertEquals([refused.code, refused.heard], [1, []]);
}, ignore);

Deno.test("client udp:// warns once of datagrams that travel in fragments", ignore, async () => {
  const short = await shouted(["--send", "x".repeat(1472), "--expect", "X"]);
  assertEquals([short.code, short.heard, /fragments/.test(short.stderr)], [0, ["1472 ..."], false]);
  const twice = ["--send", "x".repeat(1473), "--send", "x".repeat(1473)];
  const long = await shouted([...twice, "--send", "end", "--expect", "END"]);
  assertEquals(long.heard, ["1473 ...", "1473 ...", '3 "end"']);
  assertEquals(long.stderr.match(/^A datagram of 1473 bytes travels in fragments on most networks/gm)?.length, 1);
});

Deno.test("client udp:// to where nobody is ends with 0, with --expect 10, with --deadline 5", async () => {
  const address = `udp://${HOST}:${freeUdpPort()}`;
  const endings = [["--wait", "0"], ["--wait", "0", "--expect", "x"], ["--deadline", "200ms"]].map(async (args) => {
    await using client = spawnSockeye(["client", address, "--send", "hi", ...args]);
    const { code, stdout, stderr } = await client.status();
    return [code, stdout, stderr.match(/^sockeye: /gm)?.length ?? 0];
  });
  assertEquals(await Promise.all(endings), [[0, "", 0], [10, "", 1], [5, "", 1]]);
});

/** What a sender that has not shown that its address is its own may hear; `*** Send /TOKEN to come in`. */
const QUESTION = /^\*\*\* Send (\/[0-9a-z]{7}) to come in$/;

for (const name of ["nc", "socat"]) {
  Deno.test(
    `${name} joins server chat udp:// by a token that a person sends back, and what was said before is not lost`,
    needs([name]),
    async () => {
      await using server = serve("chat", "--history", "10", "-v");
      const port = await server.port();
      const client = CLIENTS[name]!;
      await using first = client(port);
      await using second = client(port);
      for (const [one, greeting] of [[first, "user1; nobody else"], [second, "user2; 1 other"]] as const) {
        await one.write("good morning\n");
        const [, answer] = await one.stdoutLine(QUESTION);
        await one.write(`${answer}\n`);
        await one.stdoutLine(new RegExp(`^\\*\\*\\* You are ${greeting}`));
      }
      await first.stdoutLine(/^<user2> good morning$/);
      await first.write("hello\n");
      await second.stdoutLine(/^<user1> hello$/);
      const { stderr: said } = await server.ends(143, "SIGTERM");
      assertEquals(said.match(/^#\d+ \S+ speaks$/gm)?.length, 2);
      assertEquals(said.match(/^127\.0\.0\.1:\d+ is asked for a token$/gm)?.length, 1);
    },
  );
}

Deno.test("client udp:// sends the token back by itself: its first line is said in one step", async () => {
  await using server = serve("chat");
  const port = await server.port();
  const args = ["client", `udp://${HOST}:${port}`, "-v"];
  await using first = spawnSockeye(args, { stdin: "piped" });
  await first.write("good morning\n");
  await first.stdoutLine(/^\*\*\* You are user1; nobody else/);
  await first.stderrLine(/^Sent back \/[0-9a-z]{7}: our address is not forged$/);
  await using second = spawnSockeye([...args, "--send", "hello there", "--wait", "1s"]);
  await first.stdoutLine(/^<user2> hello there$/);
  assertMatch((await second.ends(0)).stdout, /^\*\*\* You are user2; 1 other/m);
});

Deno.test("server chat udp:// asks no host that may not connect, nor one that --genuine names", async () => {
  await using server = serve("chat", "--deny", "127.0.0.2", "--genuine", "127.0.0.1");
  const port = await server.port();
  using denied = new Mailbox("127.0.0.2");
  await denied.send("let me in, please\n", { transport: "udp", hostname: HOST, port });
  using trusted = new Mailbox();
  await trusted.send("x", port);
  assertMatch((await trusted.receive()).text, /^\*\*\* You are user1; nobody else is here/);
  assertEquals(await denied.isEmpty(), true);
  assertMatch((await server.ends(143, "SIGTERM")).stderr, /^127\.0\.0\.2:\d+ may not connect$/m);
});

Deno.test("server reply udp:// tells why a long answer was not sent, and sends it with --genuine", async () => {
  await using strict = serve("reply", "--text", "Hello, {data}!");
  const port = await strict.port();
  using mailbox = new Mailbox();
  await mailbox.send("Al", port);
  await strict.stderrLine(
    /Not sent: 10 bytes, for an address that may be forged .*; --genuine 127\.0\.0\.1 lifts the limit$/,
  );
  await mailbox.send("Sarah", port);
  assertEquals((await mailbox.receive()).text, "Hello, Sarah!");
  await using kind = serve("reply", "--text", "Hello, {data}!", "--genuine", "127.0.0.0/8");
  await mailbox.send("Al", await kind.port());
  assertEquals((await mailbox.receive()).text, "Hello, Al!");
});
