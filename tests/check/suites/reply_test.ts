import { assertEquals, assertMatch } from "@std/assert";
import type { CheckOptions } from "../../../lib/check/case.ts";
import { reply } from "../../../lib/check/suites/reply.ts";
import { textOf, writeAll } from "../../support/sockets.ts";
import { type Handler, serve } from "../servers.ts";
import { checkWith, findings, lines, perRead, reads, verdicts } from "../with_options.ts";

const LINES = { form: { frame: { by: "line" } } } as const;

const ALL_OK = Object.fromEntries(reply.cases.map(({ name }) => [name, "ok"]));

/** The cases that are not ok, with their verdicts. */
async function said(
  handle: Handler,
  options: Partial<CheckOptions>,
  names: readonly string[],
): Promise<Record<string, string>> {
  await using server = serve("parallel", handle);
  return await verdicts(reply, server, options, names);
}

Deno.test("a server that answers lines passes, whatever it was said that a message is", async () => {
  const server = () => lines((line) => `Hello, ${line}!\n`, "Welcome\n");
  assertEquals(await said(server(), LINES, Object.keys(ALL_OK)), {});
  assertEquals(await said(server(), { answer: /^Hello, / }, Object.keys(ALL_OK)), {});
});

Deno.test("so does one that says the same to all, one client after the other", async () => {
  await using server = serve("sequential", lines(() => "OK\n"));
  const { kind, verdicts } = await checkWith(reply, server, LINES);
  assertEquals([kind, verdicts], ["sequential", ALL_OK]);
});

Deno.test("a server that answers each read fails for pieces and glued messages, if it was said that a message is a line", async () => {
  const server = perRead(() => "Received\n");
  assertEquals(await said(server, LINES, ["1", "2", "3", "4", "5", "6"]), { 4: "fail", 5: "fail" });
  await using unsaid = serve("parallel", server);
  const { 4: cut, 5: glued } = await findings(reply, unsaid, {}, ["4", "5"]);
  assertEquals([cut?.verdict, glued?.verdict], ["weak", "weak"]);
  assertMatch(cut!.reason!.en, /^How a message ends was not said: .*--frame line.*recv\(\)/);
  assertEquals(cut?.evidence?.steps.flatMap((step) => "bytes" in step ? [textOf(step.bytes)] : []), ["h", "ello\n"]);
});

Deno.test("a server that answers only once, never, or only after the end", async () => {
  const late: Handler = async (conn) => {
    let all = "";
    for await (const part of reads(conn)) all += part;
    await writeAll(conn, `got ${all}`);
  };
  const found = await Promise.all([
    said(lines((_, count) => count === 1 ? "OK\n" : ""), LINES, ["1", "2", "4"]),
    said(late, LINES, ["1", "2"]),
    said(late, {}, ["1"]),
    said(lines(() => ""), LINES, ["1"]),
  ]);
  assertEquals(found, [{ 2: "fail" }, { 1: "fail", 2: "fail" }, { 1: "weak" }, { 1: "fail" }]);
});

Deno.test("a server that closes after its answer cannot be asked again", async () => {
  const once: Handler = async (conn) => {
    for await (const part of reads(conn)) return await writeAll(conn, `got ${part}`);
  };
  assertEquals(await said(once, {}, ["1", "2", "3", "5", "6", "7", "9"]), { 2: "unknown", 3: "unknown", 5: "unknown" });
});

Deno.test("answers in another order than the messages", async () => {
  const mixed: Handler = async (conn) => {
    const answers: Promise<void>[] = [];
    await lines((line) => {
      const ms = answers.length === 0 ? 60 : 5;
      const answer = new Promise((resolve) => setTimeout(resolve, ms)).then(() => writeAll(conn, `got ${line}\n`));
      answers.push(answer.catch(() => {}));
      return "";
    })(conn, undefined!);
    await Promise.all(answers);
  };
  assertEquals(await said(mixed, LINES, ["1", "3"]), { 3: "fail" });
});

Deno.test("a client that ends its half is answered, and the connection is closed", async () => {
  const hasty: Handler = async (conn) => {
    let timer;
    for await (const part of reads(conn)) timer = setTimeout(() => writeAll(conn, part).catch(() => {}), 40);
    clearTimeout(timer);
  };
  assertEquals(await said(hasty, LINES, ["6"]), { 6: "fail" });
  const staying: Handler = async (conn, server) => {
    await lines((line) => `got ${line}\n`)(conn, server);
    while (server.clients() > 0 && await alive(conn)) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  assertEquals(await said(staying, LINES, ["1", "7"]), { 7: "fail" });
});

/** Whether the other end still takes bytes; none are sent. */
async function alive(conn: Deno.Conn): Promise<boolean> {
  try {
    await conn.write(new Uint8Array(0));
    return true;
  } catch {
    return false;
  }
}

Deno.test("what is wanted of an answer", async () => {
  const report = await said(lines((line) => `Hello, ${line}\n`), { answer: /^Bye/ }, ["1"]);
  assertEquals(report, { 1: "fail" });
});

Deno.test("text in GBK: answered in GBK, in UTF-8, or not at all", async () => {
  const gbk = { ...LINES, encoding: "gbk" };
  const echo: Handler = async (conn) => {
    const buffer = new Uint8Array(65536);
    for (let count; (count = await conn.read(buffer)) !== null;) await writeAll(conn, buffer.slice(0, count));
  };
  assertEquals(await said(echo, gbk, ["8"]), {});
  const recoded = lines((line) => `收到 ${line.length}\n`);
  assertEquals(await said(recoded, gbk, ["8"]), { 8: "fail" });
  const strict: Handler = async (conn, server) => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const checked = {
      read: (buffer: Uint8Array) => conn.read(buffer).then((n) => (n && decoder.decode(buffer.subarray(0, n)), n)),
    };
    await lines((line) => `got ${line}\n`)(
      Object.assign(Object.create(conn), checked, { write: conn.write.bind(conn) }),
      server,
    );
  };
  assertEquals(await said(strict, LINES, ["8"]), { 8: "weak" });
  assertEquals(await said(strict, gbk, ["8"]), { 8: "fail" });
});

Deno.test("an empty line ends nothing, and a long one is one message", async () => {
  assertEquals(await said(lines((line) => line === "" ? undefined : `got ${line}\n`), LINES, ["9"]), { 9: "fail" });
  assertEquals(await said(lines((line) => line === "" ? "" : `got ${line}\n`), LINES, ["9"]), {});
  const short: Handler = async (conn) => {
    const buffer = new Uint8Array(1024);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      await writeAll(conn, "got ");
      await writeAll(conn, buffer.slice(0, count));
    }
  };
  assertEquals(await said(short, LINES, ["10"]), { 10: "fail" });
  const limited = lines((line) => line.length > 1000 ? undefined : `got ${line}\n`);
  assertEquals(await said(limited, LINES, ["10"]), { 10: "fail" });
  assertEquals(await said(lines((line) => line.length > 1000 ? "too long\n" : `got ${line}\n`), LINES, ["10"]), {});
});

Deno.test("a server that serves a single client gets one verdict, a person who types gets none", async () => {
  await using single = serve("one-shot", perRead(() => "THANK you"));
  const { kind, verdicts } = await checkWith(reply, single, {});
  assertEquals([kind, verdicts["1"], verdicts["2"]], ["one-shot", "ok", "unknown"]);
  // It reads a message, and notices nothing more.
  const typed: Handler = async (conn) => {
    await conn.read(new Uint8Array(1024));
    while (await alive(conn)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await using operated = serve("sequential", typed);
  const { 1: first } = await findings(reply, operated, {}, ["1"]);
  assertEquals(first?.verdict, "unknown");
  assertMatch(first!.reason!.en, /Does a person type the answers/);
});
