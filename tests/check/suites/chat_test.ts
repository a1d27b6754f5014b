import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Case } from "../../../lib/check/case.ts";
import { chat } from "../../../lib/check/suites/chat.ts";
import { textOf } from "../../support/sockets.ts";
import { type Chat, serveChat } from "../chat_server.ts";
import { findingOf } from "../one_case.ts";
import { check, OPTIONS } from "../servers.ts";

/** Milliseconds after which a wrong server is known to be silent, and those that a right one may take. */
const SHORT_MS = 500;
const LONG_MS = 10_000;

function caseOf(name: string): Case {
  return chat.cases.find((one) => one.name === name)!;
}

Deno.test("chat: ten cases, which run one after the other", () => {
  assertEquals(chat.cases.map(({ name }) => name), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  assert(chat.shared);
});

/** Chats that are right; one shows no names. */
const RIGHT: readonly (readonly [string, Chat, Record<string, string>])[] = [
  ["without names", {}, { 8: "unknown" }],
  ["that asks for a name, says who comes and goes, and puts a time and a name before each line", { named: true }, {}],
];

for (const [what, kind, differs] of RIGHT) {
  Deno.test(`chat: all is right with a chat ${what}`, async () => {
    await using server = serveChat(kind);
    for (const one of chat.cases) {
      const { verdict, reason } = await findingOf(one, server.address, one.name === "8" ? SHORT_MS : LONG_MS);
      assertEquals([one.name, verdict, reason?.en], [
        one.name,
        differs[one.name] ?? "ok",
        verdict === "ok" ? undefined : reason?.en,
      ]);
    }
  });
}

/** One fault each: the case, the verdict, what is said in English. */
const FAULTS: readonly (readonly [string, Chat, string, "fail" | "weak", RegExp])[] = [
  ["only the sender hears its line", { onlyEcho: true }, "1", "fail", /this is an echo server/],
  ["nobody hears anything", { most: 0 }, "1", "fail", /No client hears any other/],
  ["lines are passed on in upper case", { upper: true }, "1", "fail", /passed on in other letters/],
  ["one of the others hears nothing", { most: 1 }, "1", "fail", /One of the other clients did not hear/],
  ["lines come twice", { times: 2 }, "1", "fail", /more than once/],
  ["the sender hears itself", { echo: true }, "1", "weak", /add --echo/],
  ["reads are passed on as they come", { raw: true }, "2", "fail", /its line stands in the middle/],
  [
    "reads are passed on with a name before each",
    { raw: true, named: true },
    "2",
    "fail",
    /its line stands in the middle/,
  ],
  ["line ends are dropped", { noEnds: true }, "2", "weak", /without their line end/],
  ["members hear other orders", { shuffled: true }, "3", "fail", /in different orders/],
  ["a list is changed while it is walked", { keepsDead: true }, "4", "fail", /missed lines/],
  ["the server goes on sending for one that left", { spins: true }, "4", "fail", /the same again and again/],
  ["sends wait for one that does not read", { waits: true }, "6", "fail", /waits in send\(\)/],
  [
    "a name stands before the first line alone",
    { named: true, nameOnce: true },
    "7",
    "fail",
    /looks as if another client/,
  ],
  [
    "a name and a Chinese colon stand before the first line alone",
    { named: true, nameOnce: true, mark: "\xef\xbc\x9a" },
    "7",
    "fail",
    /looks as if another client/,
  ],
  ["the second line of a read is lost", { firstLine: true }, "7", "fail", /the second was not heard/],
  ["a name may be taken twice", { named: true, sameNames: true }, "8", "weak", /have the same name/],
  ["no more than five are served", { members: 5 }, "9", "fail", /15 are heard by no other/],
  ["half a line is passed on", { keepsHalf: true }, "10", "fail", /right behind that half/],
];

for (const [what, kind, name, verdict, reason] of FAULTS) {
  Deno.test(`chat/${name}: ${what}`, async () => {
    await using server = serveChat(kind);
    const finding = await findingOf(caseOf(name), server.address, SHORT_MS);
    assertEquals(finding.verdict, verdict, finding.reason?.en);
    assertMatch(finding.reason?.en ?? "", reason);
    assert(finding.reason?.zh && finding.evidence);
  });
}

Deno.test("chat/5: a reset ends the server", async () => {
  await using server = serveChat({ endsByReset: true });
  const { finding } = (await check(chat, server.address, [caseOf("5")])).of("5");
  assertEquals([finding.verdict, finding.reason?.en], [
    "fail",
    "The program ended here: its port refuses connections now.",
  ]);
});

Deno.test("chat/1 --echo: the sender must hear itself", async () => {
  const options = { ...OPTIONS, echo: true };
  for (const [kind, verdict] of [[{ echo: true }, "ok"], [{}, "fail"]] as const) {
    await using server = serveChat(kind);
    assertEquals((await findingOf(caseOf("1"), server.address, SHORT_MS, options)).verdict, verdict);
  }
});

Deno.test("chat/2 counts the cuts that fail, and shows what was sent and heard", async () => {
  await using server = serveChat({ raw: true });
  const { tries, evidence } = await findingOf(caseOf("2"), server.address, SHORT_MS);
  assertEquals(tries?.of, 18);
  assert((tries?.failed ?? 0) > 9);
  const sent = evidence?.steps.flatMap((step) => step.does === "send" ? [textOf(step.bytes)] : []).slice(-2).join("");
  assertMatch(sent ?? "", / 你好\n$/);
  assert((evidence?.at ?? 0) > 0);
});
