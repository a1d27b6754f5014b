import { assertEquals } from "@std/assert";
import type { Case, Suite } from "../../lib/check/case.ts";
import { utf8 } from "../support/sockets.ts";
import { check, echoing, serve } from "./servers.ts";

/** Says something, and is content with the same. */
function echoes(name: string, more: Partial<Case> = {}): Case {
  return {
    name,
    title: { en: `echo ${name}`, zh: `回显 ${name}` },
    run: async ({ connect, answerMs }) => {
      const client = await connect();
      const said = utf8(`say ${name}\n`);
      await client.send(said);
      if (await client.bytes(said.length, answerMs)) return { verdict: "ok" };
      return { verdict: "fail", reason: { en: "nothing came", zh: "没有回复" }, evidence: client.evidence(said) };
    },
    ...more,
  };
}

function suiteOf(...cases: Case[]): Suite {
  const title = { en: "a test", zh: "测试" };
  return { name: "test", title, tests: "server", hello: () => utf8("hello\n"), cases };
}

Deno.test("a program that serves several clients gets a verdict for each case, in order", async () => {
  await using server = serve("parallel", echoing());
  const report = await check(suiteOf(echoes("1"), echoes("2", { harsh: 1 }), echoes("3")), server.address);
  assertEquals([report.kind, report.verdicts], ["parallel", { 1: "ok", 2: "ok", 3: "ok" }]);
  assertEquals(report.results.map(({ id }) => id), ["test/1", "test/2", "test/3"]);
});

Deno.test("a program that serves one client after the other is recognised, and all its cases run", async () => {
  await using server = serve("sequential", echoing());
  const report = await check(suiteOf(echoes("1"), echoes("2", { clients: 2 }), echoes("3")), server.address);
  assertEquals([report.kind, report.verdicts], ["sequential", { 1: "ok", 2: "unknown", 3: "ok" }]);
});

Deno.test("the only connection of a one-shot is spent on the case that says most", async () => {
  await using server = serve("one-shot", echoing());
  const suite = { ...suiteOf(echoes("1"), echoes("2"), echoes("3")), telling: "2" };
  const report = await check(suite, server.address);
  assertEquals([report.kind, report.verdicts], ["one-shot", { 1: "unknown", 2: "ok", 3: "unknown" }]);
});
