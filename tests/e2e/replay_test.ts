/** `sockeye replay` against servers and clients that the test plays, and against itself. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder } from "../capture/files.ts";
import { FIN, RESET, type Step, writeRecording } from "../capture/recorded_file.ts";
import { Mailbox } from "../support/datagrams.ts";
import { type Program, spawnSockeye } from "../support/harness.ts";
import { connect, Host, readAll, readText, textOf, writeAll } from "../support/sockets.ts";

const READS = { permissions: ["--allow-net", "--allow-read"] };

const MAIL: readonly Step[] = [
  ["down", "220 hi\r\n"],
  ["up", "EHLO me\r\n"],
  ["down", "250-a\r\n"],
  ["down", "250 b\r\n"],
  ["up", "QUIT\r\n"],
  ["down", "221 bye\r\n"],
  ["down", FIN],
  ["up", FIN],
];

/** Runs with a recording of conversations. */
async function recorded(
  conversations: readonly (readonly Step[])[],
  run: (file: string) => Promise<void>,
  options?: Parameters<typeof writeRecording>[2],
): Promise<void> {
  await inFolder(async (folder) => {
    await writeRecording(`${folder}/talk.pcapng`, conversations, options);
    await run(`${folder}/talk.pcapng`);
  });
}

async function listenTo(file: string, ...args: string[]): Promise<{ server: Program; port: number }> {
  const server = spawnSockeye(["replay", file, "--listen", "0", ...args], READS);
  return { server, port: await server.port() };
}

async function playTo(file: string, address: string | number, code: number, ...args: string[]): Promise<string> {
  await using client = spawnSockeye(["replay", file, "--to", String(address), ...args], READS);
  return (await client.ends(code)).stderr;
}

/** A mail server that says so to `QUIT`, each line in pieces of a few bytes. */
function mailServer(bye: string): Host<void> {
  return new Host(async (conn) => {
    const say = async (text: string) => {
      for (const piece of text.match(/[^]{1,3}/g) ?? []) await writeAll(conn, piece);
    };
    await say("220 hi\r\n");
    await readText(conn, "EHLO me\r\n");
    await say("250-a\r\n250 b\r\n");
    await readText(conn, "QUIT\r\n");
    await say(bye);
    await conn.closeWrite();
  });
}

Deno.test("replay --to plays the client and finds the answers as recorded, however they are cut", async () => {
  await recorded([MAIL], async (file) => {
    await using host = mailServer("221 bye\r\n");
    assertMatch(await playTo(file, host.port, 0), /^The answers of 1 conversation are as recorded$/m);
    await using other = mailServer("221 bye\r\n");
    await playTo(file, other.port, 0, "--frame", "line", "--speed", "2");
  });
});

Deno.test("replay --to says where the first difference is, in both forms", async () => {
  await recorded([MAIL], async (file) => {
    await using host = mailServer("221 BYE\r\n");
    assertStringIncludes(
      await playTo(file, host.port, 10),
      'sockeye: Message 6 of stream 1 differs at byte 4: recorded "221 bye\\r\\n" (32 32 31 20 62 79 65 0d 0a), received',
    );
    await using ignored = mailServer("221 goodbye\r\n");
    await playTo(file, ignored.port, 0, "--ignore", "^221 .*");
    await using short = mailServer("221");
    assertMatch(await playTo(file, short.port, 10), /The server ended before byte 3 of message 6 of stream 1/);
  });
});

Deno.test("replay --to goes on without an answer, and misses it at the end", async () => {
  await recorded([[["up", "a"], ["down", "b"], ["up", "c"], ["down", "d"]]], async (file) => {
    await using silent = new Host(async (conn) => assertEquals(textOf(await readAll(conn)), "ac"));
    const told = await playTo(file, silent.port, 10, "--wait", "50ms");
    assertMatch(told, /Message 2 of stream 1 did not come from byte 0 on: recorded "b" \(62\)/);
  });
});

Deno.test("replay --listen is the server for several clients at once, and for replay --to again and again", async () => {
  await recorded([MAIL], async (file) => {
    const { server, port } = await listenTo(file);
    await using _ = server;
    using one = await connect(port);
    using other = await connect(port);
    for (const conn of [one, other]) await readText(conn, "220 hi\r\n");
    await writeAll(one, "EHL");
    await writeAll(other, "EHLO me\r\nQUIT\r\n");
    assertEquals(textOf(await readAll(other)), "250-a\r\n250 b\r\n221 bye\r\n");
    await writeAll(one, "O me\r\n");
    await readText(one, "250-a\r\n250 b\r\n");
    await playTo(file, port, 0, "--count", "3");
  });
});

Deno.test("replay --listen answers what was not recorded as the next message, or ends", async () => {
  await recorded([MAIL], async (file) => {
    for (const [args, answer] of [[[], "250-a\r\n250 b\r\n"], [["--unmatched", "close"], ""]] as const) {
      const { server, port } = await listenTo(file, ...args);
      await using _ = server;
      using conn = await connect(port);
      await readText(conn, "220 hi\r\n");
      await writeAll(conn, "EHLO you\r\n");
      await server.stderrLine(
        /^#1 \S+ said what was not recorded: "EHLO you.*; nearest is message 2 of stream 1, .*byte 5/,
      );
      if (answer) await readText(conn, answer);
      else assertEquals(textOf(await readAll(conn)), "");
    }
  });
});

Deno.test("replay --listen plays half-closes and resets as recorded", async () => {
  const asks: readonly Step[] = [["up", "all"], ["up", FIN], ["down", "of it"], ["down", FIN]];
  await recorded([asks, [["up", "go"], ["down", RESET]]], async (file) => {
    const { server, port } = await listenTo(file);
    await using _ = server;
    using conn = await connect(port);
    await writeAll(conn, "all");
    await conn.closeWrite();
    assertEquals(textOf(await readAll(conn)), "of it");
    assertMatch(await playTo(file, port, 0, "--stream", "2"), /Connection reset by the server, as recorded/);
  });
});

Deno.test("replay plays datagrams, and --copy gives each answer the id of its question", async () => {
  const ask: readonly Step[] = [["up", "\x01\x02ask?"], ["down", "\x01\x02tell"], ["up", "\x01\x03b"], [
    "down",
    "\x01\x03c",
  ]];
  await recorded([ask], async (file) => {
    const args = ["replay", file, "--listen", "udp://127.0.0.1:0", "--copy", "0..2"];
    await using server = spawnSockeye(args, READS);
    const port = await server.port();
    using box = new Mailbox();
    for (const [question, answer] of [["xyb", "xyc"], ["zzask?", "zztell"]] as const) {
      await box.send(question, port);
      assertEquals((await box.receive()).text, answer);
    }
    await playTo(file, `udp://127.0.0.1:${port}`, 0);
  }, { connectionless: true });
});

Deno.test("replay plays over TLS and WebSockets what was recorded over TCP", async () => {
  await recorded([[["up", "ask"], ["down", "tell"]]], async (file) => {
    for (const [scheme, ...args] of [["tls", "--insecure"], ["ws"]] as const) {
      await using server = spawnSockeye(["replay", file, "--listen", `${scheme}://127.0.0.1:0`], READS);
      const port = await server.port();
      await playTo(file, `${scheme}://127.0.0.1:${port}`, 0, ...args);
    }
  });
});

Deno.test("replay --speed keeps the pauses of the recording", async () => {
  await recorded([[["up", "a"], ["down", "b"], ["up", "c"], ["down", "d"]]], async (file) => {
    const { server, port } = await listenTo(file, "--speed", "1");
    await using _ = server;
    const start = performance.now();
    await playTo(file, port, 0, "--speed", "2");
    // Two answers after 100 ms each, a message after 50 ms.
    assertEquals(performance.now() - start >= 200, true);
  }, { ms: 100 });
});

Deno.test("replay records what passes on both sides, but not over the file that it plays", async () => {
  await recorded([MAIL], async (file) => {
    const permissions = ["--allow-net", "--allow-read", "--allow-write"];
    const [heard, said] = [`${file}.heard`, `${file}.said`];
    await using server = spawnSockeye(["replay", file, "--listen", "0", "--record", heard], { permissions });
    const to = String(await server.port());
    await spawnSockeye(["replay", file, "--to", to, "--record", said], { permissions }).ends(0);
    await server.ends(143, "SIGTERM");
    for (const recording of [heard, said]) {
      const { stdout } = await spawnSockeye(["show", recording, "-q", "--frame", "line"], { permissions }).ends(0);
      assertEquals(stdout.split("\n").slice(0, 3), ["#1 < 220 hi", "#1 > EHLO me", "#1 < 250-a"]);
    }
    const { stderr } = await spawnSockeye(["replay", file, "--to", to, "--record", file], { permissions }).ends(2);
    assertMatch(stderr, /^sockeye: Option --record would replace /);
  });
});

Deno.test("replay says in one line what is wrong", async () => {
  await recorded([MAIL], async (file) => {
    const wrong: readonly (readonly [args: string[], code: number, message: RegExp])[] = [
      [[], 2, /^sockeye: Missing file: replay takes FILE\n/],
      [[file], 2, /^sockeye: Missing --to ADDRESS or --listen ADDRESS/],
      [[file, "--to", "9", "--listen", "9"], 2, /contradict each other/],
      [[file, "--to", "9", "--copy", "0..2"], 2, /^sockeye: Option --copy is for --listen, not for --to\n/],
      [[file, "--listen", "0", "--count", "2"], 2, /^sockeye: Option --count is for --to, not for --listen\n/],
      [[file, "--listen", "0", "--copy", "2..2"], 2, /^sockeye: Bad --copy "2..2": expected a range such as 0..2/],
      [[file, "--to", "9", "--speed", "0"], 2, /^sockeye: Bad --speed "0": expected max, 1, 0.5 or another/],
      [[file, "--to", "9", "--ignore", "("], 2, /^sockeye: Bad --ignore "\(": /],
      [[file, "--to", "9", "--stream", "7"], 2, /^sockeye: There is no stream 7: the capture has 1 stream\n/],
      [[file, "--to", "udp://9"], 2, /has no datagrams to play over udp:\/\/127\.0\.0\.1:9: it has streams\n/],
      [["no.pcapng", "--to", "9"], 9, /^sockeye: Cannot read "no.pcapng": /],
      [["README.md", "--to", "9"], 9, /^sockeye: Cannot read "README.md"/],
    ];
    for (const [args, code, message] of wrong) {
      await using program = spawnSockeye(["replay", ...args], READS);
      assertMatch((await program.ends(code)).stderr, message);
    }
  });
});
