import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Case, Suite } from "../../../lib/check/case.ts";
import { runClientSuite } from "../../../lib/check/client/listening.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { utf8, writeAll } from "../../support/sockets.ts";
import { checked, once } from "../clients.ts";

/** A case that waits for a client and its first bytes. */
function greets(name: string, more: Partial<Case> = {}): Case {
  return {
    name,
    title: { en: name, zh: name },
    run: async ({ connect, answerMs }) => {
      const actor = await connect();
      return { verdict: await actor.bytes(1, answerMs) ? "ok" : "fail" };
    },
    ...more,
  };
}

function suiteOf(...cases: Case[]): Suite {
  return { name: "client/test", title: { en: "a client", zh: "客户端" }, tests: "client", cases };
}

const says = async (conn: Deno.TcpConn): Promise<void> => {
  await writeAll(conn, "x");
  await once(conn);
};

Deno.test("each case gets the client's next connection", async () => {
  const { verdicts, notices } = await checked(suiteOf(greets("1"), greets("2"), greets("3")), "1 2 3", says);
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok");
  assertMatch(notices[0] ?? "", /3 cases need a connection each/);
});

Deno.test("harsh cases come last, and results in the order of the table", async () => {
  const seen: string[] = [];
  const noting = (name: string, harsh = 0): Case => {
    const { run } = greets(name);
    return greets(name, { harsh, run: (context) => (seen.push(name), run(context)) });
  };
  const { verdicts } = await checked(
    suiteOf(noting("1"), noting("2", 2), noting("3", 1), noting("4")),
    "1 2 3 4",
    says,
  );
  assertEquals(seen, ["1", "4", "3", "2"]);
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok");
});

Deno.test("without a client the cases that are left are not judged, and the person was asked", async () => {
  const suite = suiteOf(greets("1"), greets("2"), greets("3"));
  const { verdicts, findings, notices } = await checked(suite, "1 2 3", says, { runs: 1, times: { connectMs: 600 } });
  assertEquals(verdicts, "1 ok, 2 unknown, 3 unknown");
  assertMatch(findings["3"]?.reason?.en ?? "", /No client connected within 0.6 s/);
  assertEquals(notices.slice(1), [
    "Start the client again, for client/test/2 (1 more after it); stop it first if it still runs.",
  ]);
});

Deno.test("a client that does not end is named when no other one comes", async () => {
  const over = Promise.withResolvers<void>();
  const suite = suiteOf(greets("1"), greets("2"));
  const check = checked(suite, "1 2", async (conn) => {
    await writeAll(conn, "x");
    await over.promise;
  }, { runs: 1, times: { connectMs: 400 } });
  setTimeout(over.resolve, 1_000);
  const { findings } = await check;
  assertMatch(findings["2"]?.reason?.en ?? "", /the one of client\/test\/1 had not ended/);
});

Deno.test("a case whose prerequisite failed takes no connection", async () => {
  const bad = greets("1", { run: async ({ connect }) => (await connect(), { verdict: "fail" }) });
  const { verdicts } = await checked(suiteOf(bad, greets("2", { needs: ["1"] }), greets("3")), "1 2 3", says, {
    runs: 2,
  });
  assertEquals(verdicts, "1 fail, 2 unknown, 3 ok");
});

Deno.test("a run that is stopped leaves the rest unjudged", async () => {
  const stop = new AbortController();
  const waits = greets("2", {
    run: async ({ connect, answerMs }) => {
      const actor = await connect();
      stop.abort();
      await actor.ended(100 * answerMs);
      return { verdict: "ok" };
    },
  });
  const suite = suiteOf(greets("1"), waits, greets("3"));
  const { verdicts, findings } = await checked(suite, "1 2 3", says, { signal: stop.signal });
  assertEquals(verdicts, "1 ok, 2 unknown, 3 unknown");
  assertMatch(findings["3"]?.reason?.zh ?? "", /中止/);
});

Deno.test("a transport with message boundaries is refused", async () => {
  const address = { transport: "udp", host: "127.0.0.1", port: 0 } as const;
  const rules = { options: { say: utf8(""), encoding: "utf-8" }, seed: 1, signal: new AbortController().signal };
  const run = runClientSuite(suiteOf(greets("1")), [greets("1")], address, rules);
  await assertRejects(() => run.next(), SockeyeError, "takes a stream");
});

Deno.test("clients come over a Unix socket, too", async () => {
  const path = await Deno.makeTempFile();
  await Deno.remove(path);
  const rules = { options: { say: utf8(""), encoding: "utf-8" }, seed: 1, signal: new AbortController().signal };
  let client: Promise<void> | undefined;
  const notice = () =>
    client ??= (async () => {
      using conn = await Deno.connect({ transport: "unix", path });
      await conn.write(utf8("x"));
      await conn.read(new Uint8Array(1));
    })();
  const one = greets("1");
  for await (
    const { finding } of runClientSuite(suiteOf(one), [one], { transport: "unix", path }, { ...rules, notice })
  ) {
    assertEquals(finding.verdict, "ok");
  }
  await client;
});
