import { assert, assertEquals, assertMatch } from "@std/assert";
import { chat } from "../../lib/check/suites/chat.ts";
import { type Chat, serveChat } from "./chat_server.ts";
import { check, OPTIONS } from "./servers.ts";

/** The finding of one case against a chat. */
async function findingOf(name: string, kind: Chat, options = OPTIONS) {
  await using server = serveChat(kind);
  const cases = chat.cases.filter((one) => one.name === name);
  return (await check(chat, server.address, { cases, options })).of(name).finding;
}

const ALL_OK = Object.fromEntries(chat.cases.map(({ name }) => [name, "ok"]));

Deno.test("chat: without names all is right, and names cannot be judged", async () => {
  await using server = serveChat();
  assertEquals((await check(chat, server.address)).verdicts, { ...ALL_OK, 8: "unknown" });
});

Deno.test("chat: with a question for a name, notices, names and times before lines all is right", async () => {
  await using server = serveChat({ named: true });
  assertEquals((await check(chat, server.address)).verdicts, ALL_OK);
});

/** One fault each: the case, the verdict, what is said in English. */
const FAULTS: readonly (readonly [string, Chat, string, "fail" | "weak", RegExp])[] = [
  ["only the sender hears its line", { onlyEcho: true }, "1", "fail", /this is an echo server/],
  ["nobody hears anything", { most: 0 }, "1", "fail", /No client hears any other/],
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
  ["a reset ends the server", { endsByReset: true }, "5", "fail", /The program ended here/],
  ["sends wait for one that does not read", { waits: true }, "6", "fail", /waits in send\(\)/],
  [
    "a name stands before the first line alone",
    { named: true, nameOnce: true },
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
    const finding = await findingOf(name, kind);
    assertEquals(finding.verdict, verdict, finding.reason?.en);
    assertMatch(finding.reason?.en ?? "", reason);
    assert(finding.reason?.zh && finding.evidence);
  });
}

Deno.test("chat/1 --echo: the sender must hear itself", async () => {
  const options = { ...OPTIONS, echo: true };
  assertEquals((await findingOf("1", { echo: true }, options)).verdict, "ok");
  assertEquals((await findingOf("1", {}, options)).verdict, "fail");
});

Deno.test("chat/2 counts the cuts that fail, and shows where the smallest one does", async () => {
  const { tries, evidence } = await findingOf("2", { raw: true });
  assertEquals(tries, { failed: 17, of: 18, what: "cuts" });
  assertEquals(evidence?.steps.filter(({ does }) => does === "send").length, 5);
});
