import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Case, Suite } from "../../lib/check/case.ts";
import type { Finding } from "../../lib/check/finding.ts";
import { REASONS } from "../../lib/check/reasons.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { utf8, writeAll } from "../support/sockets.ts";
import { check, echoing, serve, type Server } from "./servers.ts";

/** Answers that do not come are missed sooner. */
const SOON = { limits: { answerMs: 400, returnMs: 300 } };

function caseOf(name: string, run: Case["run"], more: Partial<Case> = {}): Case {
  return { name, title: { en: `case ${name}`, zh: `第 ${name} 项` }, run, ...more };
}

/** Says something, and is content with the same. */
function echoes(name: string, more: Partial<Case> = {}): Case {
  const run: Case["run"] = async ({ connect, answerMs }): Promise<Finding> => {
    const client = await connect();
    const said = utf8(`say ${name}\n`);
    await client.send(said);
    if (await client.bytes(said.length, answerMs)) return { verdict: "ok" };
    return { verdict: "fail", reason: { en: "nothing came", zh: "没有回复" }, evidence: client.evidence(said) };
  };
  return caseOf(name, run, more);
}

function suiteOf(...cases: Case[]): Suite {
  const title = { en: "a test", zh: "测试" };
  return { name: "test", title, tests: "server", hello: () => utf8("hello\n"), answersItself: true, cases };
}

Deno.test("a program that serves several clients gets a verdict for each case, in order", async () => {
  await using server = serve("parallel", echoing());
  const report = await check(suiteOf(echoes("1"), echoes("2", { harsh: 1 }), echoes("3")), server.address);
  assertEquals([report.kind, report.verdicts], ["parallel", { 1: "ok", 2: "ok", 3: "ok" }]);
  assertEquals(report.results.map(({ id }) => id), ["test/1", "test/2", "test/3"]);
});

Deno.test("cases run at the same time where the program can, harsh ones after them, the harsher the later", async () => {
  await using server = serve("parallel", echoing());
  const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const order: string[] = [];
  const meeting = (name: string, own: number) =>
    caseOf(name, async () => {
      both[own]?.resolve();
      await both[1 - own]?.promise;
      order.push("together");
      return { verdict: "ok" };
    });
  const noted = (name: string, harsh: number) =>
    caseOf(name, () => {
      order.push(name);
      return Promise.resolve({ verdict: "ok" });
    }, { harsh });
  await check(suiteOf(noted("1", 2), noted("2", 1), meeting("3", 0), meeting("4", 1)), server.address);
  assertEquals(order, ["together", "together", "2", "1"]);
});

Deno.test("a program that serves one client after the other is recognised, and all its cases run", async () => {
  await using server = serve("sequential", echoing());
  const report = await check(suiteOf(echoes("1"), echoes("2", { clients: 2 }), echoes("3")), server.address);
  assertEquals([report.kind, report.verdicts], ["sequential", { 1: "ok", 2: "unknown", 3: "ok" }]);
  assertEquals(report.of("2").finding.reason, REASONS.oneAtATime);
});

/** A server of many clients that answers its second one only when the first has left. */
function lateOnce(): Server {
  const left = Promise.withResolvers<void>();
  let clients = 0;
  return serve("parallel", async (conn, server) => {
    const number = ++clients;
    if (number === 2) await left.promise;
    await echoing()(conn, server);
    if (number === 1) left.resolve();
  });
}

Deno.test("on a busy machine a program that answered its second client late is asked again whether it serves several", async () => {
  const burner = setInterval(() => {
    for (const end = performance.now() + 80; performance.now() < end;);
  }, 90);
  try {
    await using server = lateOnce();
    const report = await check(suiteOf(echoes("1")), server.address);
    assertEquals([report.kind, report.verdicts], ["parallel", { 1: "ok" }]);
    await using single = serve("sequential", echoing());
    const other = await check(suiteOf(echoes("1")), single.address);
    assertEquals([other.kind, other.verdicts], ["sequential", { 1: "ok" }]);
  } finally {
    clearInterval(burner);
  }
});

Deno.test("the only connection of a one-shot is spent on the case that says most", async () => {
  await using server = serve("one-shot", echoing());
  const suite = { ...suiteOf(echoes("1"), echoes("2"), echoes("3")), telling: "2" };
  const report = await check(suite, server.address, suite.cases, SOON);
  assertEquals([report.kind, report.verdicts], ["one-shot", { 1: "unknown", 2: "ok", 3: "unknown" }]);
  assertEquals(report.of("1").finding.reason, REASONS.notAgain);
});

Deno.test("a one-shot that is started again and again gets all its verdicts", async () => {
  let server = serve("one-shot", echoing());
  const { address, port } = server;
  let stopped = false;
  const loop = (async () => {
    for (; !stopped; server = serve("one-shot", echoing(), port)) await server.done;
  })();
  const two = caseOf("3", async ({ connect }) => {
    await connect();
    await connect();
    return { verdict: "ok" };
  });
  const report = await check(suiteOf(echoes("1"), echoes("2"), two), address);
  stopped = true;
  server.crash();
  await loop;
  server.crash();
  await server.done;
  assertEquals([report.kind, report.verdicts], ["one-shot", { 1: "ok", 2: "ok", 3: "unknown" }]);
  assertEquals(report.of("3").finding.reason, REASONS.onlyOne);
});

Deno.test("a program whose operator types the answers cannot be judged, unless it should answer by itself", async () => {
  await using server = serve("sequential", async (conn, { ending }) => {
    await conn.read(new Uint8Array(100));
    await ending;
  });
  const suite = suiteOf(echoes("1"), echoes("2", { needs: ["1"] }));
  const byHand = await check({ ...suite, answersItself: false }, server.address, suite.cases, SOON);
  assertEquals([byHand.kind, byHand.verdicts], ["by-hand", { 1: "unknown", 2: "unknown" }]);
  assertEquals(byHand.of("1").finding.reason, REASONS.byHand);
  const silent = await check(suite, server.address, suite.cases, SOON);
  assertEquals(silent.verdicts, { 1: "fail", 2: "unknown" });
  assertMatch(silent.of("2").finding.reason?.en ?? "", /test\/1/);
});

Deno.test("a program that serves nobody when its first client has left fails the case of leaving", async () => {
  await using server = serve("sequential", async (conn, server) => {
    await echoing()(conn, server);
    await server.ending;
  });
  const suite = { ...suiteOf(echoes("1"), echoes("2"), echoes("3")), leaving: "3" };
  const report = await check(suite, server.address, suite.cases, SOON);
  assertEquals([report.kind, report.verdicts], ["sequential", { 1: "ok", 2: "unknown", 3: "fail" }]);
  assertEquals(report.of("3").finding.reason, REASONS.neverFree);
});

Deno.test("a program that ends in a case fails it, and the later ones cannot be judged", async () => {
  await using server = serve(
    "parallel",
    echoing((part) => {
      if (new TextDecoder().decode(part) === "say 2\n") server.crash();
      return part;
    }),
  );
  const suite = suiteOf(echoes("1"), echoes("2", { harsh: 1 }), echoes("3", { harsh: 2 }));
  const report = await check(suite, server.address, suite.cases, SOON);
  assertEquals(report.verdicts, { 1: "ok", 2: "fail", 3: "unknown" });
  assertEquals([report.of("2").finding.reason, report.of("3").finding.reason], [REASONS.endedHere, REASONS.gone]);
  assertEquals(report.of("2").finding.evidence?.steps, [{ does: "send", bytes: utf8("say 2\n") }]);
});

Deno.test("a program that refuses connections in the midst of a case has ended in it", async () => {
  await using server = serve("parallel", echoing());
  const ending = caseOf("1", async ({ connect }) => {
    await (await connect()).send(utf8("x"));
    server.crash();
    await connect();
    return { verdict: "ok" };
  }, { harsh: 1 });
  const report = await check(suiteOf(ending), server.address, undefined, SOON);
  assertEquals(report.of("1").finding.reason, REASONS.endedHere);
});

Deno.test("a program that answers no client after a case fails it, and the later ones cannot be judged", async () => {
  let stalled = false;
  await using server = serve("parallel", async (conn, server) => {
    const buffer = new Uint8Array(100);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      stalled ||= new TextDecoder().decode(buffer.subarray(0, count)) === "stall";
      if (stalled) await server.ending;
      await conn.write(buffer.subarray(0, count));
    }
  });
  const stall = caseOf("2", async ({ connect }) => {
    await (await connect()).send(utf8("stall"));
    return { verdict: "ok" };
  }, { harsh: 1 });
  const report = await check(suiteOf(echoes("1"), stall, echoes("3", { harsh: 2 })), server.address, undefined, SOON);
  assertEquals(report.verdicts, { 1: "ok", 2: "fail", 3: "unknown" });
  assertEquals(report.of("2").finding.reason, REASONS.stalledHere);
  assertMatch(report.of("3").finding.reason?.en ?? "", /test\/2/);
});

Deno.test("a failure counts only when it happens a second time, alone", async () => {
  await using server = serve("parallel", echoing());
  let runs = 0;
  const once = caseOf("1", async ({ connect, atOnce }) => {
    await connect();
    runs++;
    return atOnce === 1 ? { verdict: "ok" } : { verdict: "fail", reason: { en: "crowded", zh: "太挤" } };
  });
  const report = await check(suiteOf(once), server.address);
  assertEquals([runs, report.verdicts], [2, { 1: "ok" }]);
});

Deno.test("what the sockets throw is a finding; a mistake in a case is none", async () => {
  await using server = serve("parallel", echoing());
  const failing = caseOf("1", () => Promise.reject(new SockeyeError("tls", "Cannot connect: it speaks no TLS")));
  const report = await check(suiteOf(failing), server.address);
  assertEquals([report.verdicts, report.of("1").finding.reason?.en], [
    { 1: "fail" },
    "Cannot connect: it speaks no TLS.",
  ]);
  const mistaken = caseOf("1", () => Promise.reject(new TypeError("no such field")));
  await assertRejects(() => check(suiteOf(mistaken), server.address), TypeError);
});

Deno.test("the run ends in its time, whatever happens; what has no time left is unknown", async () => {
  await using server = serve("parallel", echoing());
  const hanging = (name: string) =>
    caseOf(name, async ({ connect }) => {
      await (await connect()).bytes(1, 60_000);
      return { verdict: "fail" };
    });
  const cases = ["1", "2", "3"].map(hanging);
  const report = await check(suiteOf(...cases), server.address, cases, { limits: { runMs: 1_500 } });
  assertEquals(report.verdicts, { 1: "unknown", 2: "unknown", 3: "unknown" });
  assert(report.ms < 10_000);
});

Deno.test("it waits for a program that is started later, and says so", async () => {
  const first = serve("parallel", echoing());
  const { address, port } = first;
  await first[Symbol.asyncDispose]();
  const told = Promise.withResolvers<string>();
  const starting = told.promise.then(() => serve("parallel", echoing(), port));
  const suite = suiteOf(echoes("1"));
  const report = await check(suite, address, suite.cases, { notice: ({ en }) => told.resolve(en) });
  await using _server = await starting;
  assertEquals(report.verdicts, { 1: "ok" });
  assertMatch(await told.promise, new RegExp(`Nothing listens at tcp://127.0.0.1:${port} yet`));
});

Deno.test("where nothing listens in time the run fails with connect", async () => {
  const server = serve("parallel", echoing());
  await server[Symbol.asyncDispose]();
  const run = () => check(suiteOf(echoes("1")), server.address, undefined, { limits: { portMs: 100 } });
  const { kind } = await assertRejects(run, SockeyeError, "nothing listened there for 0.1 s");
  assertEquals(kind, "connect");
});

Deno.test("a TLS server that is met without TLS ends the run, and the error has the right address", async () => {
  await using server = serve("parallel", async (conn) => {
    await conn.read(new Uint8Array(100));
    await writeAll(conn, Uint8Array.fromHex("15030300020232"));
  });
  const { port } = server;
  const run = () => check(suiteOf(echoes("1")), server.address);
  const message = `Cannot check tcp://127.0.0.1:${port}: a TLS server listens there; check tls://127.0.0.1:${port}`;
  assertEquals((await assertRejects(run, SockeyeError, message)).kind, "tls");
});

Deno.test("the user ends a run at any time, and nothing stays open", async () => {
  await using server = serve("parallel", echoing());
  for (const address of [server.address, { transport: "udp", host: "127.0.0.1", port: server.port }] as const) {
    const stop = new AbortController();
    const hanging = caseOf("1", async ({ connect }) => {
      const client = await connect();
      stop.abort(new SockeyeError("interrupt", "stopped"));
      await client.bytes(1, 60_000);
      return { verdict: "ok" };
    });
    const run = () => check(suiteOf(hanging), address, undefined, { signal: stop.signal });
    await assertRejects(run, SockeyeError, "stopped");
  }
});
