import { assert, assertEquals, assertMatch } from "@std/assert";
import { segments } from "../../../lib/check/suites/segments.ts";
import { textOf, writeAll } from "../../support/sockets.ts";
import { serve } from "../servers.ts";
import { checkWith, findings, lines, perRead, reads, said, verdicts } from "../with_options.ts";

const ALL = segments.cases.map(({ name }) => name);

Deno.test("a server that keeps bytes until a line is complete passes, with several messages", async () => {
  await using server = serve("parallel", lines((line) => `you said ${line}\n`, "welcome\n"));
  assertEquals(await verdicts(segments, server, { conversation: said("hello", "wörld", "again") }, ALL), {});
});

Deno.test("so does one that serves one client after the other", async () => {
  await using server = serve("sequential", lines((line) => `you said ${line}\n`));
  const report = await checkWith(segments, server, { conversation: said("hi", "you") }, ["1", "2", "3"]);
  assertEquals([report.kind, report.verdicts], ["sequential", { 1: "ok", 2: "ok", 3: "ok" }]);
});

Deno.test("a server that answers per read fails at the smallest cut, with the byte that is wrong", async () => {
  await using server = serve("parallel", perRead((part) => `got ${part.trim()}\n`));
  const { 1: uncut, 2: finding } = await findings(segments, server, { conversation: said("hello") }, ["1", "2"]);
  assertEquals([uncut?.verdict, finding?.verdict], ["ok", "fail"]);
  assert(finding);
  assertEquals(finding.tries, { failed: 5, of: 5, what: "cuts" });
  const { steps, received, at, expected } = finding.evidence!;
  assertEquals(steps.slice(0, 3).map((step) => "bytes" in step ? textOf(step.bytes) : step.does), [
    "h",
    "pause",
    "ello\n",
  ]);
  assertEquals([textOf(expected as Uint8Array), textOf(received).slice(0, 6), at], ["got hello\n", "got h\n", 5]);
  assertMatch(finding.reason!.en, /recv\(\)/);
  assertEquals(finding.again, ["client", "--send", "hello\\n", "--escapes", "--cut", "1"]);
});

Deno.test("a server that drops the second half fails where it is cut, not where it is glued", async () => {
  // It takes the first read for the line, and drops what comes up to the line end.
  await using server = serve("parallel", async (conn) => {
    let isRest = false;
    for await (const part of reads(conn)) {
      for (const line of part.split(/(?<=\n)/)) {
        if (!isRest) await writeAll(conn, `[${line.trim()}]\n`);
        isRest = !line.endsWith("\n");
      }
    }
  });
  const found = await verdicts(segments, server, { conversation: said("one", "two") }, ALL);
  assertEquals(found, { 2: "fail", 4: "fail", 5: "fail" });
});

Deno.test("a server that loses glued messages fails there alone", async () => {
  await using server = serve("parallel", async (conn) => {
    let held = "";
    for await (const part of reads(conn)) {
      held += part;
      if (!held.includes("\n")) continue;
      await writeAll(conn, `[${held.split("\n")[0]}]\n`);
      held = "";
    }
  });
  const found = await findings(segments, server, { conversation: said("one", "two") }, ["1", "2", "3", "4"]);
  assertEquals(Object.values(found).map(({ verdict }) => verdict), ["ok", "ok", "fail", "ok"]);
  assertEquals(found["3"]?.again, ["client", "--send", "one\\ntwo\\n", "--escapes"]);
});

Deno.test("a server that leaves as soon as the client sends no more fails in half-close alone", async () => {
  await using server = serve("parallel", async (conn) => {
    const answer = Promise.withResolvers<void>();
    let held = "";
    let timer;
    for await (const part of reads(conn)) {
      held += part;
      if (!held.endsWith("\n")) continue;
      const line = held;
      held = "";
      timer = setTimeout(() => writeAll(conn, `[${line}]`).then(answer.resolve, answer.resolve), 30);
    }
    clearTimeout(timer);
  });
  assertEquals(await verdicts(segments, server, { conversation: said("one") }, ["1", "2", "5", "7"]), { 7: "fail" });
});

Deno.test("what varies by itself may vary: a time, a random number, an order, how often it was asked", async () => {
  let asked = 0;
  const fruit = ["apple", "pear", "plum"];
  const answer = (line: string) => {
    const mixed = fruit.toSorted(() => Math.random() - 0.5).join("\n");
    return `${line} ${new Date().toISOString()} no ${++asked} ${Math.floor(Math.random() * 1000)}\n${mixed}\n.\n`;
  };
  await using server = serve("parallel", lines(answer));
  assertEquals(await verdicts(segments, server, { conversation: said("one", "two") }, ["1", "2", "3", "7"]), {});
});

Deno.test("though something varies, a wrong answer is found", async () => {
  let asked = 0;
  await using server = serve(
    "parallel",
    perRead((part) => `${++asked} ${part.trim().toUpperCase()} at ${Date.now()}\n`),
  );
  assertEquals(await verdicts(segments, server, { conversation: said("hello") }, ["1", "2"]), { 2: "fail" });
});

Deno.test("an answer of which nothing stays the same cannot be judged", async () => {
  await using server = serve("parallel", lines(() => crypto.randomUUID().replaceAll("-", "")));
  assertEquals(await verdicts(segments, server, { conversation: said("hello") }, ["1", "2"]), {
    1: "unknown",
    2: "unknown",
  });
});

Deno.test("a server that ends the connection after its answer is judged by that answer", async () => {
  const once = (line: string, count: number) => count === 1 ? `HTTP/1.0 200 OK\r\n\r\n${line}` : undefined;
  await using server = serve("parallel", async (conn, server) => {
    let ended = false;
    await lines((line) => ended ? undefined : (ended = true, once(line, 1)))(
      Object.assign(Object.create(conn), {
        read: (buffer: Uint8Array) => ended ? Promise.resolve(null) : conn.read(buffer),
        write: (bytes: Uint8Array) => conn.write(bytes),
      }),
      server,
    );
  });
  assertEquals(await verdicts(segments, server, { conversation: said("GET /") }, ALL), { 3: "unknown" });
  const two = await findings(segments, server, { conversation: said("GET /", "GET /2") }, ["1", "2"]);
  assertEquals([two["1"]?.verdict, two["2"]?.verdict], ["unknown", "ok"]);
  assertMatch(two["1"]!.reason!.en, /after message 1 of 2/);
});

Deno.test("a server that sends by itself is not blamed for it", async () => {
  await using server = serve("parallel", async (conn, server) => {
    const timer = setInterval(() => writeAll(conn, "tick\n").catch(() => {}), 700);
    try {
      await lines((line) => `[${line}]\n`)(conn, server);
    } finally {
      clearInterval(timer);
    }
  });
  const found = await verdicts(segments, server, { conversation: said("one", "two") }, ["1", "2", "5"]);
  assert(!Object.values(found).includes("fail"), JSON.stringify(found));
});

Deno.test("a server that answers in several segments, or only after the half-close, is right", async () => {
  await using slow = serve("parallel", async (conn) => {
    let held = "";
    for await (const part of reads(conn)) {
      held += part;
      if (!held.endsWith("\n")) continue;
      for (const piece of ["you ", "said ", held]) {
        await writeAll(conn, piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      held = "";
    }
  });
  assertEquals(await verdicts(segments, slow, { conversation: said("hello") }, ["1", "2", "4"]), {});
  await using late = serve("parallel", async (conn) => {
    let all = "";
    for await (const part of reads(conn)) all += part;
    await writeAll(conn, `${all.length} bytes\n`);
  });
  assertEquals(await verdicts(segments, late, { conversation: said("hello") }, ["1", "2", "7"]), {});
});

Deno.test("of a long conversation some cuts are tried, and told", async () => {
  await using server = serve("parallel", lines((line) => `${line.length}\n`));
  const found = await findings(segments, server, { conversation: said("x".repeat(300)) }, ["2"]);
  assertEquals(found["2"], { verdict: "ok", tries: { failed: 0, of: 64, what: "cuts", among: 300 } });
});

Deno.test("a server that never answers cannot be compared, one that hangs up at once fails", async () => {
  await using silent = serve("parallel", lines(() => ""));
  const hello = { conversation: said("hello") };
  assertEquals(await verdicts(segments, silent, hello, ["1", "2"]), { 1: "unknown", 2: "unknown" });
  await using gone = serve("parallel", (conn) => Promise.resolve(conn.close()));
  assertEquals(await verdicts(segments, gone, hello, ["1", "2"]), { 1: "fail", 2: "unknown" });
});

Deno.test("a server that answers the first piece alone is told, though its bytes are right", async () => {
  await using server = serve("parallel", async (conn) => {
    for await (const _ of reads(conn)) return await writeAll(conn, "THANK you");
  });
  const found = await findings(segments, server, { conversation: said("hello") }, ["2", "5"]);
  assertEquals(Object.values(found).map(({ verdict }) => verdict), ["weak", "weak"]);
  assertMatch(found["2"]!.reason!.en, /^The answer came before all of the message had been sent/);
});
