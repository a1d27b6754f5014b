/** `sockeye fetch` at a real terminal: what a server says must not drive it, and how far the download is. */

import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Folder, Gate, inFolder } from "../fetch/helpers.ts";
import { RENAMING, runFetch } from "../fetch/program.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { bytesOf, type Exchange, serveRaw } from "../fetch/server.ts";
import { needs, sockeyeCommand } from "../support/harness.ts";
import { Terminal } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh"]);

function open(folder: Folder, url: URL, args: readonly string[] = []): Promise<Terminal> {
  return Terminal.open(
    sockeyeCommand(["fetch", url.href, "-o", folder.at("file"), ...args], { permissions: RENAMING }),
  );
}

/** Sends a body in parts: progress is drawn ten times a second. */
async function trickle(exchange: Exchange, parts: number, size: number, pauseMs: number): Promise<void> {
  for (let i = 0; i < parts; i++) {
    await exchange.send(new Uint8Array(size));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Sends ten thousand bytes in parts, then one after the other until the test has seen progress: on a busy machine the parts
 * may all be there when the first look at the clock is due. How many bytes were sent.
 */
async function trickleUntil(exchange: Exchange, seen: Gate): Promise<number> {
  await trickle(exchange, 10, 1000, 30);
  let isSeen = false;
  void seen.opened.then(() => isSeen = true);
  let sent = 10_000;
  for (; !isSeen; sent++) await trickle(exchange, 1, 1, 30);
  return sent;
}

const NASTY = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m\x9b5m \xc2\x9b \xe2\x80\xae back";

inFolder("fetch shows escape codes of a header on a terminal, and does not obey them", async (folder) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [`X-Nasty: ${NASTY}`], "hello"));
  await using terminal = await open(folder, server.url());
  const lines = await terminal.ended(0);
  const shown = lines.join("");
  assert(shown.includes("\\x1b]0;owned\\x07\\x1b[2J\\x1b[31mred"), lines.join("\n"));
  assert(shown.includes("\\u202e"), lines.join("\n"));
  const head = (await terminal.screen(true)).slice(0, lines.findIndex((line) => line.startsWith("Saved")));
  assertEquals(head.join("\n").includes("\x1b[31m"), false, "nothing is red");
}, ignore);

inFolder("fetch shows escape codes in errors and notices as text", async (folder) => {
  await using server = serveRaw((exchange) => exchange.answer(`404 ${NASTY}`));
  await using terminal = await open(folder, server.url(), ["-q"]);
  const shown = (await terminal.ended(7)).join("");
  assert(shown.includes("\\x1b]0;owned\\x07\\x1b[2J\\x1b[31mred"), shown);
}, ignore);

inFolder("fetch gives a pipe the header's bytes, escape codes and all", async (folder) => {
  const head = `HTTP/1.1 200 OK\r\nX-Nasty: ${NASTY}\r\nContent-Length: 0\r\n\r\n`;
  await using server = serveRaw((exchange) => exchange.send(head));
  assertEquals((await runFetch(folder, [server.url().href])).bytes, bytesOf(head));
});

inFolder("fetch shows how far it is on a terminal: percent, bytes, rate and time left", async (folder) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n");
    await exchange.send(new Uint8Array(20_000 - await trickleUntil(exchange, goOn)));
  });
  using goOn = new Gate();
  await using terminal = await open(folder, server.url());
  const bar = /^ *\d\d% \[=+> *\] +[\d.]+ KiB of 20 KiB +[\d.]+ (?:KiB|B)\/s +[\d.]+ m?s left$/;
  const lines = await terminal.shows(bar);
  assertEquals(lines.filter((line) => line.includes("% [")).length, 1, "one line, redrawn");
  goOn.open();
  const end = await terminal.ended(0);
  assertEquals(end.filter((line) => line.includes("% [")), [], "it is gone at the end");
  assert(end.some((line) => /^Saved .*: 20 KiB in /.test(line)), end.join("\n"));
}, ignore);

inFolder("fetch shows bytes and rate on a terminal when the end is not known", async (folder) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\n\r\n");
    await trickleUntil(exchange, goOn);
  });
  using goOn = new Gate();
  await using terminal = await open(folder, server.url());
  await terminal.shows(/^ *[\d.]+ KiB +[\d.]+ (?:KiB|B)\/s$/);
  goOn.open();
  await terminal.ended(0);
}, ignore);

inFolder(
  "fetch -o - on a terminal: the page in its charset, what is said below it, and no progress",
  async (folder) => {
    const page = encodeText("<meta charset=gbk>\n<p>你好，\x1b[31m世界</p>", "gbk");
    await using server = serveRaw(async (exchange) => {
      const bad = exchange.line.endsWith("/bad");
      const type = exchange.line.endsWith("/named") ? "text/html; charset=gbk" : "text/html";
      await exchange.send(
        `HTTP/1.1 ${
          bad ? "404 Not Found" : "200 OK"
        }\r\nContent-Type: ${type}\r\nContent-Length: ${page.length}\r\n\r\n`,
        page.subarray(0, 10),
      );
      // Progress would be drawn ten times a second.
      await new Promise((resolve) => setTimeout(resolve, 150));
      await exchange.send(page.subarray(10));
    });
    const show = async (path: string, code: number, ...args: string[]) => {
      const command = ["fetch", server.url(path).href, "-o", "-", "--header-output", folder.at("head"), ...args];
      await using terminal = await Terminal.open(sockeyeCommand(command, { permissions: RENAMING }));
      return (await terminal.ended(code)).filter((line) => line !== "");
    };
    const lines = ["<meta charset=gbk>", "<p>你好，\\x1b[31m世界</p>"];
    for (const [path, code] of [["/", 0], ["/named", 0], ["/bad", 8]] as const) {
      const shown = await show(path, code);
      assertEquals(shown.slice(0, 2), lines, path);
      assertMatch(shown[2] ?? "", code === 0 ? /^Done: 46 B in / : /^sockeye: The server says 404 Not Found/);
      assertEquals(shown.join("").includes("% ["), false);
    }
    for (const args of [["-e", "gbk"], ["-e", "gbk", "--to-utf8"]]) {
      assertEquals((await show("/", 0, "-q", ...args)).slice(0, 2), lines, args.join(" "));
    }
    assertEquals((await show("/named", 0, "-q", "-e", "latin1"))[1]?.slice(0, 7), "<p>ÄãºÃ", "-e wins");
  },
  ignore,
);

Deno.test("fetch -o - on a terminal shows each line of a stream as it comes", ignore, async () => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nContent-Length: 11\r\n\r\n");
    await exchange.send(encodeText("一\n", "gbk"));
    await goOn.opened;
    await exchange.send(encodeText("二三四\n", "gbk"), "x");
  });
  using goOn = new Gate();
  await using terminal = await Terminal.open(
    sockeyeCommand(["fetch", server.url().href, "-o", "-", "-q"], { permissions: RENAMING }),
  );
  await terminal.shows(/^一$/);
  goOn.open();
  assertEquals((await terminal.ended(0)).slice(-5, -2), ["一", "二三四", "x"]);
});

inFolder("fetch -o - on a terminal shows no packed file, but one line; a pipe gets it", async (folder) => {
  await using server = serveRaw((exchange) =>
    exchange.answer("200 OK", ["Content-Encoding: gzip"], new Uint8Array(gzipSync("in it")))
  );
  const command = ["fetch", server.url("/x.tgz").href, "-o", "-", "-q"];
  const show = async (code: number, ...args: string[]) => {
    await using terminal = await Terminal.open(sockeyeCommand([...command, ...args], { permissions: RENAMING }));
    return (await terminal.ended(code)).filter((line) => line !== "");
  };
  const said = (await show(9, "--header-output", folder.at("head"))).join("");
  const line =
    "sockeye: Cannot show the body on a terminal: it is packed (gzip); --decode unpacks it, -o FILE saves it";
  assertEquals(said.slice(0, line.length), line);
  assertEquals((await show(0, "--decode")).includes("in it"), true);
  assertMatch((await show(0, "--raw")).join(""), /\\x1f\\x8b/);
  assertEquals((await runFetch(folder, command.slice(1))).bytes, new Uint8Array(gzipSync("in it")));
}, ignore);

inFolder("fetch stopped by Ctrl-C at a terminal leaves NAME alone and the screen tidy", async (folder) => {
  await folder.put("file", "old");
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n");
    await trickleUntil(exchange, seen);
    await exchange.stall();
  });
  using seen = new Gate();
  await using terminal = await open(folder, server.url());
  await terminal.shows(/% \[/);
  seen.open();
  await terminal.press("C-c");
  const lines = await terminal.ended(130);
  assertEquals([await folder.names(), await folder.get("file")], [["file", "file.part"], "old"]);
  assertEquals(lines.filter((line) => line.includes("% [")), [], lines.join("\n"));
}, ignore);

inFolder("fetch draws no progress into a pipe", async (folder) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
    await trickle(exchange, 4, 1000, 110);
  });
  const { stderr } = await runFetch(folder, [server.url().href]);
  assertMatch(stderr, /^Saved file: \P{Cc}*\n$/u);
});
