import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Message, readMessages, sendInput, sendMessages, type TextRules } from "../../lib/client/messages.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { Folder } from "../fetch/helpers.ts";
import { FakeInput, hex, utf8, within } from "../cli/helpers.ts";

const RULES: TextRules = { encoding: "utf-8", escapes: false, crlf: false };

function option(name: "send" | "send-hex" | "file" | "quiet", text: string) {
  return { name, flag: `--${name}`, text };
}

/** All that the messages say, as hex digits. */
async function said(messages: readonly Message[]): Promise<string[]> {
  const parts = await Promise.all(messages.map((message) => Array.fromAsync(message())));
  return parts.map((chunks) => chunks.map((chunk) => chunk.toHex()).join(""));
}

Deno.test("readMessages() keeps the order of texts, bytes and files", async () => {
  await using folder = await Folder.make();
  await Deno.writeFile(`${folder.path}/file`, hex("00 ff 0a"));
  const file = option("file", `${folder.path}/file`);
  const given = [option("send-hex", "01 ff"), file, option("quiet", ""), option("send", "你")];
  assertEquals(await said(await readMessages(given, RULES)), ["01ff", "00ff0a", "e4bda0"]);
  assertEquals(await readMessages([option("quiet", "")], RULES), []);
});

/** Texts, the rules, and the bytes. */
const TEXTS: readonly (readonly [text: string, rules: Partial<TextRules>, digits: string])[] = [
  ["a\n\\n", {}, "610a5c6e"],
  ["信", { encoding: "gbk" }, "d0c5"],
  ["", {}, ""],
  ["a", { crlf: true }, "610d0a"],
  ["a\nb\n", { crlf: true }, "610d0a620d0a"],
  ["a\r\n", { crlf: true }, "610d0a"],
  ["a\\n\\x00\\xff\\u{4f60}", { escapes: true }, "610a00ffe4bda0"],
];

for (const [text, rules, digits] of TEXTS) {
  Deno.test(`readMessages() sends ${JSON.stringify(text)} with ${JSON.stringify(rules)}`, async () => {
    assertEquals(await said(await readMessages([option("send", text)], { ...RULES, ...rules })), [digits]);
  });
}

/** What cannot be sent, and what is said of it. */
const FAILURES: readonly (readonly [ReturnType<typeof option>, Partial<TextRules>, kind: string, message: string])[] = [
  [option("send", "a\\q"), { escapes: true }, "usage", "--send: "],
  [option("send", "你"), { encoding: "latin1" }, "usage", '--send: Cannot encode "你" (U+4F60) in latin1'],
  [option("send-hex", "0g"), {}, "usage", '"0g"'],
  [option("file", "/no/such"), {}, "file", 'Cannot read "/no/such": there is no such file'],
  [option("file", "/tmp"), {}, "file", 'Cannot read "/tmp": it is a folder'],
];

for (const [given, rules, kind, message] of FAILURES) {
  Deno.test(`readMessages() refuses ${given.flag} ${given.text}`, async () => {
    const error = await assertRejects(() => readMessages([given], { ...RULES, ...rules }), SockeyeError, message);
    assertEquals(error.kind, kind);
  });
}

Deno.test({
  name: "readMessages() tells what the system says of a file without its number",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const given = [option("file", "/etc/passwd/x")];
    const { kind, message } = await assertRejects(() => readMessages(given, RULES), SockeyeError);
    assertEquals([kind, message], ["file", 'Cannot read "/etc/passwd/x": Not a directory']);
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
  await using folder = await Folder.make();
  await folder.put("file", "one");
  const messages = await readMessages([option("file", `${folder.path}/file`)], RULES);
  assertEquals(await said(messages), ["6f6e65"]);
  await folder.put("file", "two");
  assertEquals(await said(messages), ["74776f"]);
});

Deno.test("sendMessages() says all messages in each round", async () => {
  const messages = await readMessages([option("send", "a"), option("send", "b")], RULES);
  const outgoing = sendMessages(messages, { count: 3, every: 0, signal: new AbortController().signal });
  assertEquals(await Array.fromAsync(outgoing, (chunk) => chunk.toHex()), ["61", "62", "61", "62", "61", "62"]);
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

Deno.test("sendInput() says what comes, byte for byte", async () => {
  const input = new FakeInput().feed(hex("00 ff 0a")).feed("b\r\n").end();
  assertEquals(await Array.fromAsync(sendInput(input, false), (part) => part.toHex()), ["00ff0a", "620d0a"]);
});

Deno.test("sendInput() makes CRLF of bare line feeds if asked to, also across reads", async () => {
  const input = new FakeInput().feed("a\r").feed("\nb\nc").end();
  const parts = await Array.fromAsync(sendInput(input, true), (part) => part.toHex());
  assertEquals(parts.join(""), "610d0a620d0a63");
});
