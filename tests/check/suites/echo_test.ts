import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Finding } from "../../../lib/check/finding.ts";
import { echo } from "../../../lib/check/suites/echo.ts";
import { textOf, utf8, writeAll } from "../../support/sockets.ts";
import { check, echoing, type Handler, type Report, serve, type Server } from "../servers.ts";

const ALL_OK = Object.fromEntries(echo.cases.map(({ name }) => [name, "ok"]));

/** Runs some cases against a server that answers within a moment, if at all. */
async function checkSome(server: Server, names: string): Promise<Report> {
  const cases = echo.cases.filter(({ name }) => names.split(" ").includes(name));
  return await check(echo, server.address, cases, { limits: { answerMs: 400, returnMs: 100 } });
}

/** The finding of one case about a server whose clients are served so. */
async function findingOf(name: string, handle: Handler): Promise<Finding> {
  await using server = serve("parallel", handle);
  return (await checkSome(server, name)).of(name).finding;
}

/** Whole lines, as they come. */
async function eachLine(conn: Deno.TcpConn, act: (line: string) => Promise<boolean>): Promise<void> {
  const buffer = new Uint8Array(65536);
  let text = "";
  for (let count; (count = await conn.read(buffer)) !== null;) {
    for (const byte of buffer.subarray(0, count)) text += String.fromCharCode(byte);
    for (let end; (end = text.indexOf("\n")) >= 0; text = text.slice(end + 1)) {
      if (!await act(text.slice(0, end + 1))) return;
    }
  }
}

/** Latin-1, which keeps each byte. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

Deno.test("a right echo server gets fifteen times ok", async () => {
  await using server = serve("parallel", echoing());
  const report = await check(echo, server.address);
  assertEquals([report.kind, report.verdicts], ["parallel", ALL_OK]);
  assert(report.ms < 20_000);
});

Deno.test("a right echo server for one client at a time gets ok for all that one client can see", async () => {
  await using server = serve("sequential", echoing());
  const report = await check(echo, server.address);
  assertEquals(report.verdicts, { ...ALL_OK, 9: "unknown", 10: "unknown", 15: "unknown" });
});

Deno.test("a server that answers line by line is right, too", async () => {
  await using server = serve("parallel", (conn) =>
    eachLine(conn, async (line) => {
      await writeAll(conn, bytesOf(line));
      return true;
    }));
  const { verdicts } = await checkSome(server, "1 2 3 4 5 6 9 10 11 13 14");
  assertEquals(Object.values(verdicts).filter((verdict) => verdict !== "ok"), []);
});

const CHANGES: readonly (readonly [string, string, (part: string) => string, RegExp])[] = [
  ["strips line ends", "1", (part) => part.trim(), /line end is missing/],
  ["adds a line end", "1", (part) => `${part}\n`, /^"\\n" stands after/],
  ["puts text before it", "1", (part) => `You said: ${part}`, /^"You said: " stands before/],
  ["answers in upper case", "1", (part) => part.toUpperCase(), /upper case/],
  ["prints bytes", "1", (part) => `b'${part}'`, /str\(data\)/],
  ["makes LF of CRLF", "14", (part) => part.replaceAll("\r\n", "\n"), /CRLF came back as LF/],
  ["takes bytes for a C string", "14", (part) => part.split("\0")[0] ?? "", /C string/],
  ["takes bytes for a C string", "2", (part) => part.split("\0")[0] ?? "", /C string/],
];

for (const [what, name, change, why] of CHANGES) {
  Deno.test(`a server that ${what} fails echo/${name}, which says what it is`, async () => {
    const finding = await findingOf(name, echoing((part) => bytesOf(change(String.fromCharCode(...part)))));
    assertEquals(finding.verdict, "fail");
    assertMatch(finding.reason?.en ?? "", why);
    assert(finding.evidence?.at !== undefined);
  });
}

Deno.test("what builds on a line that comes back cannot be judged where none does", async () => {
  await using server = serve("parallel", echoing((part) => utf8(`> ${textOf(part)}`)));
  const { verdicts } = await checkSome(server, "1 4 9");
  assertEquals(verdicts, { 1: "fail", 4: "unknown", 9: "unknown" });
});

Deno.test("a server that answers only after FIN fails echo/1, not echo/3", async () => {
  await using server = serve("parallel", async (conn) => {
    const parts: Uint8Array[] = [];
    const buffer = new Uint8Array(100);
    for (let count; (count = await conn.read(buffer)) !== null;) parts.push(buffer.slice(0, count));
    for (const part of parts) await writeAll(conn, part);
  });
  const report = await checkSome(server, "1 3");
  assertEquals(report.verdicts, { 1: "fail", 3: "ok" });
  assertMatch(report.of("1").finding.reason?.en ?? "", /FIN/);
});

Deno.test("a server that takes the first recv() for the whole message fails echo/4 with the smallest cut", async () => {
  const { verdict, tries, evidence, again, reason } = await findingOf("4", async (conn) => {
    const buffer = new Uint8Array(100);
    await writeAll(conn, buffer.subarray(0, await conn.read(buffer) ?? 0));
  });
  assertEquals([verdict, tries], ["fail", { failed: 18, of: 18, what: "cuts" }]);
  assertEquals([textOf(evidence?.received ?? utf8("")), evidence?.end, evidence?.at], ["h", "fin", 1]);
  assertEquals(again?.slice(-2), ["--cut", "1"]);
  assertMatch(reason?.en ?? "", /recv\(\) returns what has arrived/);
});

Deno.test("a server that decodes each recv() fails where a character is cut", async () => {
  const decoding = echoing((part) => utf8(new TextDecoder().decode(part)));
  const cut = await findingOf("4", decoding);
  assertEquals(cut.tries, { failed: 4, of: 18, what: "cuts" });
  assertMatch(cut.reason?.en ?? "", /only where a character is cut/);
  assertMatch((await findingOf("13", decoding)).reason?.en ?? "", /U\+FFFD/);
});

Deno.test("echo/13 takes no server that was busy once for one that decodes", async () => {
  let isBusy = true;
  const finding = await findingOf("13", async (conn) => {
    const buffer = new Uint8Array(100);
    let count = await conn.read(buffer) ?? 0;
    if (isBusy && textOf(buffer.subarray(0, count)) === "你") {
      isBusy = false;
      count += await conn.read(buffer.subarray(count)) ?? 0;
    }
    await writeAll(conn, buffer.subarray(0, count));
  });
  assertEquals([finding.verdict, isBusy], ["unknown", false]);
  assertMatch(finding.reason?.en ?? "", /see echo\/4/);
});

Deno.test("a server that never ends its half fails echo/3", async () => {
  const finding = await findingOf("3", async (conn, server) => {
    await echoing()(conn, server);
    await server.ending;
  });
  assertEquals(finding.verdict, "fail");
  assertMatch(finding.reason?.en ?? "", /leaves the connection open/);
});

Deno.test("a server that forgets the second of two lines fails echo/6", async () => {
  const finding = await findingOf("6", async (conn) => {
    await eachLine(conn, async (line) => {
      await writeAll(conn, bytesOf(line));
      return false;
    });
  });
  assertEquals([finding.verdict, textOf(finding.evidence?.received ?? utf8(""))], ["fail", "first message\n"]);
});

Deno.test("a server that gives up after 64 KiB fails echo/7 and echo/8", async () => {
  await using server = serve("parallel", async (conn) => {
    const buffer = new Uint8Array(1024);
    for (let sent = 0; sent < 65536;) {
      const count = await conn.read(buffer);
      if (count === null) return;
      await writeAll(conn, buffer.subarray(0, count));
      sent += count;
    }
  });
  assertEquals((await checkSome(server, "7 8")).verdicts, { 7: "fail", 8: "fail" });
});

Deno.test("a server whose clients share a variable fails echo/9, and echo/4 not", async () => {
  let shared = new Uint8Array();
  await using server = serve("parallel", async (conn) => {
    const buffer = new Uint8Array(100);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      shared = buffer.slice(0, count);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await writeAll(conn, shared);
    }
  });
  const report = await checkSome(server, "4 9");
  assertEquals(report.verdicts, { 4: "ok", 9: "fail" });
  assertMatch(report.of("9").finding.reason?.en ?? "", /got what client \d+ had sent/);
});

Deno.test("a server with room for three clients at once cannot be judged by echo/9", async () => {
  const queue: (() => void)[] = [];
  let free = 3;
  const finding = await findingOf("9", async (conn, server) => {
    if (free-- <= 0) await new Promise<void>((resolve) => queue.push(resolve));
    try {
      await echoing()(conn, server);
    } finally {
      free++;
      queue.shift()?.();
    }
  });
  assertEquals(finding.verdict, "unknown", finding.reason?.en);
  assertMatch(finding.reason?.en ?? "", /^The program serves [23] clients at a time/);
});

Deno.test("a server that leaves some of its clients without an answer fails echo/9", async () => {
  let clients = 0;
  const finding = await findingOf("9", async (conn, server) => {
    if (clients++ % 7 < 5) return await echoing()(conn, server);
    await echoing(() => new Uint8Array())(conn, server);
  });
  assertEquals(finding.verdict, "fail", finding.reason?.en);
});

Deno.test("a server that reads from a new client before it takes the next one fails echo/10", async () => {
  let last = Promise.resolve();
  await using server = serve("parallel", async (conn, server) => {
    const buffer = new Uint8Array(100);
    const first = last.then(() => conn.read(buffer));
    last = first.then(() => {}, () => {});
    await writeAll(conn, buffer.subarray(0, await first ?? 0));
    await echoing()(conn, server);
  });
  const report = await checkSome(server, "1 10");
  assertEquals([report.kind, report.verdicts], ["parallel", { 1: "ok", 10: "fail" }]);
});

Deno.test("a server that a reset ends fails echo/11, and what comes later cannot be judged", async () => {
  await using server = serve("parallel", async (conn, server) => {
    await echoing()(conn, server).catch((error) => {
      if (error instanceof Deno.errors.ConnectionReset) server.crash();
    });
  });
  const report = await checkSome(server, "11 12");
  assertEquals(report.verdicts, { 11: "fail", 12: "unknown" });
});

Deno.test("a server that waits for a client which does not read fails echo/15", async () => {
  let last = Promise.resolve();
  const finding = await findingOf("15", async (conn) => {
    const buffer = new Uint8Array(65536);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      const part = buffer.subarray(0, count);
      const sent = last.then(() => writeAll(conn, part));
      last = sent.catch(() => {});
      await sent;
    }
  });
  assertEquals(finding.verdict, "fail");
  assertMatch(finding.reason?.en ?? "", /does not read/);
});
