import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Editor } from "../../lib/cli/editor.ts";
import {
  type Message,
  readMessages,
  sendInput,
  sendLines,
  sendMessages,
  type TextRules,
} from "../../lib/client/messages.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { CLOSE } from "../../lib/client/exchange.ts";
import { FakeInput, FakeSystem, hex, utf8, within } from "../cli/helpers.ts";

const RULES: TextRules = { encoding: "utf-8", escapes: false, crlf: false };

/** One option as it was given. */
function option(name: "send" | "send-hex" | "file" | "quiet", text: string) {
  return { name, flag: `--${name}`, text };
}

/** All that the messages say, as hex digits. */
async function said(messages: readonly Message[]): Promise<string[]> {
  const parts = await Promise.all(messages.map((message) => Array.fromAsync(message())));
  return parts.map((chunks) => chunks.map((chunk) => chunk.toHex()).join(""));
}

/** What one --send says. */
async function sent(text: string, rules: Partial<TextRules>): Promise<string> {
  const messages = await readMessages([option("send", text)], { ...RULES, ...rules });
  return (await said(messages)).join();
}

/** A file that is there for the time of a test. */
async function withFile(content: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, content);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readMessages() keeps the order of texts, bytes and files", async () => {
  await withFile(hex("00 ff 0a"), async (path) => {
    const given = [option("send-hex", "01 ff"), option("file", path), option("quiet", ""), option("send", "你")];
    assertEquals(await said(await readMessages(given, RULES)), ["01ff", "00ff0a", "e4bda0"]);
  });
});

Deno.test("readMessages() gives nothing when no message was given", async () => {
  assertEquals(await readMessages([option("quiet", "")], RULES), []);
});

Deno.test("readMessages() sends a text exactly, in the encoding", async () => {
  assertEquals(await sent("a\n\\n", {}), "610a5c6e");
  assertEquals(await sent("信", { encoding: "gbk" }), "d0c5");
  assertEquals(await sent("", {}), "");
});

Deno.test("readMessages() ends a text with CRLF if asked to, and makes CRLF of every LF", async () => {
  assertEquals(await sent("a", { crlf: true }), "610d0a");
  assertEquals(await sent("a\nb\n", { crlf: true }), "610d0a620d0a");
  assertEquals(await sent("a\r\n", { crlf: true }), "610d0a");
});

Deno.test("readMessages() reads escapes if asked to", async () => {
  assertEquals(await sent("a\\n\\x00\\xff\\u{4f60}", { escapes: true }), "610a00ffe4bda0");
  const error = await assertRejects(() => sent("a\\q", { escapes: true }), SockeyeError, "--send: ");
  assertEquals(error.kind, "usage");
});

Deno.test("readMessages() names the flag of a text that cannot be encoded", async () => {
  const error = await assertRejects(() => sent("你", { encoding: "latin1" }), SockeyeError);
  assertEquals(error.kind, "usage");
  assertEquals(error.message, '--send: Cannot encode "你" (U+4F60) in latin1');
});

Deno.test("readMessages() throws kind usage for bad hex", async () => {
  const error = await assertRejects(() => readMessages([option("send-hex", "0g")], RULES), SockeyeError, '"0g"');
  assertEquals(error.kind, "usage");
});

Deno.test("readMessages() throws kind file for a file that is not there or a folder", async () => {
  const missing = await assertRejects(() => readMessages([option("file", "/no/such")], RULES), SockeyeError);
  assertEquals([missing.kind, missing.message], ["file", 'Cannot read "/no/such": there is no such file']);
  const folder = await assertRejects(() => readMessages([option("file", "/tmp")], RULES), SockeyeError);
  assertEquals([folder.kind, folder.message], ["file", 'Cannot read "/tmp": it is a folder']);
});

Deno.test({
  name: "readMessages() tells what the system says of a file without its number",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const path = "/etc/passwd/x";
    const error = await assertRejects(() => readMessages([option("file", path)], RULES), SockeyeError);
    assertEquals([error.kind, error.message], ["file", `Cannot read "${path}": Not a directory`]);
  },
});

Deno.test({
  name: "readMessages() throws kind permission for a file that only a process without limits may open",
  ignore: Deno.build.os !== "linux",
  permissions: { read: true },
  fn: async () => {
    const error = await assertRejects(() => readMessages([option("file", "/dev/stdin")], RULES), SockeyeError);
    assertEquals(error.kind, "permission");
    assertMatch(error.message, /^Cannot read "\/dev\/stdin": files below \/dev, \/proc and \/sys [^\n]+$/);
  },
});

Deno.test("readMessages() reads a file anew each time that it is said", async () => {
  await withFile(utf8("one"), async (path) => {
    const messages = await readMessages([option("file", path)], RULES);
    assertEquals(await said(messages), ["6f6e65"]);
    await Deno.writeFile(path, utf8("two"));
    assertEquals(await said(messages), ["74776f"]);
  });
});

Deno.test("sendMessages() says all messages in each round", async () => {
  const messages = await readMessages([option("send", "a"), option("send", "b")], RULES);
  const options = { count: 3, every: 0, signal: new AbortController().signal };
  const chunks = await Array.fromAsync(sendMessages(messages, options));
  assertEquals(chunks.map((chunk) => chunk.toHex()), ["61", "62", "61", "62", "61", "62"]);
});

Deno.test("sendMessages() stops waiting for the next round when it is stopped", async () => {
  const messages = await readMessages([option("send", "a")], RULES);
  const stop = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const listen = stop.signal.addEventListener.bind(stop.signal);
  stop.signal.addEventListener = (...args: Parameters<typeof listen>) => {
    waiting.resolve();
    listen(...args);
  };
  const outgoing = sendMessages(messages, { count: 9, every: 3_600_000, signal: stop.signal });
  assertEquals((await outgoing.next()).value, utf8("a"));
  const next = outgoing.next();
  await waiting.promise;
  stop.abort(new SockeyeError("interrupt", "Stopped"));
  await assertRejects(() => within(next), SockeyeError, "Stopped");
});

Deno.test("sendLines() says each typed line with its end, until q", async () => {
  for (const crlf of [false, true]) {
    const system = new FakeSystem({ terminal: true });
    const editor = new Editor(system, system.sink());
    system.stdin.feed("你\r\rqq\rq\rlost\r");
    const outgoing = await Array.fromAsync(sendLines(editor.lines(), { ...RULES, crlf, encoding: "gbk" }, () => {}));
    const end = crlf ? "0d0a" : "0a";
    assertEquals(outgoing.slice(0, -1).map((part) => part === CLOSE ? "" : part.toHex()), [
      `c4e3${end}`,
      end,
      `7171${end}`,
    ]);
    assertEquals(outgoing.at(-1), CLOSE);
    editor.close();
  }
});

Deno.test("sendLines() complains about a line that cannot be sent and goes on", async () => {
  const system = new FakeSystem({ terminal: true });
  const editor = new Editor(system, system.sink());
  const complaints: string[] = [];
  system.stdin.feed("你\rb\r\x04");
  const outgoing = sendLines(editor.lines(), { ...RULES, encoding: "latin1" }, (message) => complaints.push(message));
  const parts = await Array.fromAsync(outgoing);
  assertEquals(parts, [utf8("b\n")]);
  assertEquals(complaints, ['Not sent: Cannot encode "你" (U+4F60) in latin1']);
});

Deno.test("sendInput() says what comes, byte for byte", async () => {
  const input = new FakeInput().feed(hex("00 ff 0a")).feed("b\r\n").end();
  const parts = await Array.fromAsync(sendInput(input, false));
  assertEquals(parts.map((part) => part.toHex()), ["00ff0a", "620d0a"]);
});

Deno.test("sendInput() makes CRLF of bare line feeds if asked to, also across reads", async () => {
  const input = new FakeInput().feed("a\r").feed("\nb\nc").end();
  const parts = await Array.fromAsync(sendInput(input, true));
  assertEquals(parts.map((part) => part.toHex()).join(""), "610d0a620d0a63");
});
