/** The client and the operator of a server at a real terminal. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePort, needs, sockeyeCommand, spawnSockeye } from "../support/harness.ts";
import { Host, readAll, readText, writeAll } from "../support/sockets.ts";
import { Terminal } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh"]);

type Act = (conn: Deno.TcpConn, terminal: Terminal) => Promise<void>;

/** A test with a server in its own hands, and a client of it on a terminal. */
function testMeeting(name: string, act: Act, args: readonly string[] = []): void {
  Deno.test(name, ignore, async () => {
    const opened = Promise.withResolvers<Terminal>();
    await using host = new Host(async (conn) => {
      const terminal = await opened.promise;
      await terminal.shows(/^Connected to /);
      await act(conn, terminal);
    });
    await using terminal = await Terminal.open(sockeyeCommand(["client", String(host.port), ...args]));
    opened.resolve(terminal);
    await host.done;
  });
}

/** A client on a terminal that is connected. */
async function dial(port: number): Promise<Terminal> {
  const terminal = await Terminal.open(sockeyeCommand(["client", String(port)]));
  await terminal.shows(/^Connected to /);
  return terminal;
}

Deno.test("client on a terminal sends typed lines and shows the answers", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  await using terminal = await dial(await server.port());
  await terminal.enter("hello");
  await server.stdoutLine(/^#1 < hello$/);
  await terminal.shows(/^< hello$/);
  await terminal.enter("你好，世界");
  await server.stdoutLine(/^#1 < 你好，世界$/);
  await terminal.shows(/^< 你好，世界$/);
  await terminal.endsWith(">");
});

Deno.test("client --retry on a terminal says once that it tries again, and nothing with -q", ignore, async () => {
  for (const [args, count] of [[[], 1], [["-q"], 0], [["-v"], 0]] as const) {
    const words = ["client", String(freePort()), "--retry", "3", "--send", "x", ...args];
    await using terminal = await Terminal.open(sockeyeCommand(words));
    const text = (await terminal.ended(4)).join("");
    assertEquals(text.match(/nothing listens there \(connection refused\); trying again/g)?.length ?? 0, count, text);
    assertEquals(text.match(/again in \d+ ms/g)?.length ?? 0, args[0] === "-v" ? 3 : 0, text);
  }
});

testMeeting("client keeps the line being typed whole while text comes in", async (conn, terminal) => {
  await terminal.type("打了一半的中文");
  await terminal.endsWith("> 打了一半的中文");
  await writeAll(conn, "来信一\n来信二\n");
  await terminal.shows(/^ {2}来信二$/);
  const lines = await terminal.endsWith("> 打了一半的中文");
  assertEquals(lines.slice(-3), ["< 来信一", "  来信二", "> 打了一半的中文"]);
  assertMatch(await terminal.cursor(), /^16,/);
  await terminal.enter("完");
  assertEquals(await readText(conn, "打了一半的中文完\n"), "打了一半的中文完\n");
});

Deno.test("client leaves with 0 at a line that is only q", ignore, async () => {
  await using server = spawnSockeye(["server", "echo", "0"]);
  await using terminal = await dial(await server.port());
  await terminal.enter("quit");
  await terminal.shows(/^< quit$/);
  await terminal.enter("q");
  const lines = await terminal.ended(0);
  assert(lines.some((line) => line.startsWith("Connection closed by you; ")), lines.join("\n"));
  await server.stderrLine(/#1 .* left: closed by the peer; 5 B in/);
});

Deno.test("client ends its half on Ctrl-D and shows the rest of the answer", ignore, async () => {
  await using host = new Host(async (conn) => {
    assertEquals(new TextDecoder().decode(await readAll(conn)), "问题\n");
    await writeAll(conn, "第一行\n最后一行\n");
  });
  await using terminal = await dial(host.port);
  await terminal.type("问题");
  await terminal.press("Enter", "C-d");
  await host.done;
  const lines = await terminal.ended(0);
  assert(lines.includes("< 第一行") && lines.includes("  最后一行"), lines.join("\n"));
});

testMeeting("client ends with 130 on Ctrl-C and leaves a terminal that works", async (conn, terminal) => {
  await terminal.type("half a line");
  await terminal.endsWith("> half a line");
  await terminal.press("C-c");
  await terminal.ended(130);
  assertEquals(await readAll(conn), new Uint8Array());
});

testMeeting("client ends without a key when the peer closes", async (conn, terminal) => {
  await terminal.type("half a line");
  await terminal.endsWith("> half a line");
  await writeAll(conn, "goodbye\n");
  conn.closeWrite();
  const lines = await terminal.ended(0);
  assert(lines.includes("< goodbye"), lines.join("\n"));
});

testMeeting("client shows escape sequences of the peer instead of obeying them", async (conn, terminal) => {
  await writeAll(conn, "\x1b]0;title\x07\x1b[2J\x1b[31mevil\x1b[6n\r\nnext\n");
  const lines = await terminal.shows(/^ {2}next$/);
  assert(lines.some((line) => line.startsWith("Connected to ")), "the screen was not cleared");
  assertMatch(lines.find((line) => line.includes("evil")) ?? "", /^< \\\S+\]0;title\\\S+\[2J\\\S+\[31mevil\\\S+\[6n$/);
  await terminal.endsWith(">");
});

testMeeting("client -e gbk talks GBK on a UTF-8 terminal", async (conn, terminal) => {
  await terminal.enter("你好");
  assertEquals((await readAll(conn, 5)).toHex(), "c4e3bac30a");
  await writeAll(conn, Uint8Array.fromHex("d2d1cad5b5bd0a"));
  await terminal.shows(/^< 已收到$/);
}, ["-e", "gbk"]);

testMeeting("client gives each push a line of its own while a long line is typed", async (conn, terminal) => {
  const typed = "这一行比终端宽 ".repeat(8);
  await terminal.type(typed);
  for (const push of ["推送一", "推送二", "推送三"]) {
    await writeAll(conn, push);
    await terminal.shows(new RegExp(`^< ${push}⏎$`));
  }
  const lines = await terminal.until("the whole line", (lines) => lines.slice(-2).join("").endsWith("终端宽"));
  assertEquals(lines.filter((line) => line.includes("推送")), ["< 推送一⏎", "< 推送二⏎", "< 推送三⏎"]);
  assertEquals(lines.slice(-2).join("").replace("> ", "").replaceAll(" ", ""), typed.replaceAll(" ", ""));
});

testMeeting("client sends what its commands say", async (conn, terminal) => {
  await terminal.enter("/hex c4 e3");
  assertEquals((await readAll(conn, 2)).toHex(), "c4e3");
  await terminal.enter("/enc gbk");
  await terminal.shows(/^gbk is written and read$/);
  await terminal.enter("你");
  assertEquals((await readAll(conn, 2)).toHex(), "c4e3");
  await terminal.enter("/quit");
  await terminal.ended(0);
}, ["--eol", "none"]);

Deno.test("client | tee leaves with 0 at q, and at Ctrl-D when the peer does", ignore, async () => {
  for (const leave of ["q", "C-d"]) {
    await using server = spawnSockeye(["server", "echo", "0"]);
    const command = sockeyeCommand(["client", String(await server.port())]);
    const script = `"$@" | tee /dev/null; exit "\${PIPESTATUS[0]}"`;
    await using terminal = await Terminal.open(["bash", "-c", script, "bash", ...command]);
    await terminal.shows(/^Connected to /);
    await terminal.enter("你好");
    await server.stdoutLine(/^#1 < 你好$/);
    await terminal.until("the echo", (lines) => lines.filter((line) => line === "你好").length === 2);
    if (leave === "q") await terminal.enter("q");
    else await terminal.press(leave);
    await terminal.ended(0);
    assertEquals(server.stdout.includes("< q"), false);
  }
});
