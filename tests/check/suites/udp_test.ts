import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Case } from "../../../lib/check/case.ts";
import { Conversation } from "../../../lib/check/conversation.ts";
import { udp } from "../../../lib/check/suites/udp.ts";
import { findingOf } from "../one_case.ts";
import { check, OPTIONS } from "../servers.ts";
import { type Datagrams, serveUdp } from "../udp_server.ts";

/** Milliseconds after which a wrong server is known to be silent. */
const SHORT_MS = 600;

function caseOf(name: string): Case {
  return udp.cases.find((one) => one.name === name)!;
}

for (const [what, way] of [["echoes", {}], ["replies", { reply: "已收到" }]] as const) {
  Deno.test(`udp: a server that ${what} gets 5 ok`, async () => {
    await using server = serveUdp(way);
    assertEquals((await check(udp, server.address)).verdicts, { 1: "ok", 2: "ok", 3: "ok", 4: "ok", 5: "ok" });
  });
}

Deno.test("udp: a server that answers nothing cannot be judged", async () => {
  await using server = serveUdp({ silent: true });
  const findings = await Promise.all(udp.cases.map((one) => findingOf(one, server.address, SHORT_MS)));
  assertEquals(findings.map(({ verdict }) => verdict), Array(5).fill("unknown"));
  assertMatch(findings[0]?.reason?.en ?? "", /^No answer came\. .*recvfrom\(\)/);
});

Deno.test("udp/2: a late answer to a datagram before is no mistake", async () => {
  await using server = serveUdp({ again: true });
  assertEquals((await findingOf(caseOf("2"), server.address, SHORT_MS)).verdict, "ok");
});

/** Sends no large datagrams, as macOS by default. */
class SmallSender extends Conversation {
  #refused = false;

  override get refused(): boolean {
    return this.#refused;
  }

  override send(pieces: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.#refused ||= pieces instanceof Uint8Array && pieces.length > 9_216;
    return this.#refused && pieces.length > 9_216 ? Promise.resolve() : super.send(pieces);
  }
}

Deno.test("udp/4: what the system does not send cannot be judged", async () => {
  await using server = serveUdp();
  const finding = await findingOf(caseOf("4"), server.address, SHORT_MS, OPTIONS, (one) => new SmallSender(one));
  assertEquals(finding.verdict, "unknown");
  assertMatch(finding.reason?.en ?? "", /maxdgram/);
});

for (const name of ["1", "2", "3", "4", "5"]) {
  Deno.test(`udp/${name}: a server that takes its time for each datagram does not fail`, async () => {
    await using steady = serveUdp({ takesMs: 60 });
    await using slow = serveUdp({ takesMs: 130 });
    const [first, second] = await Promise.all(
      [steady, slow].map(({ address }) => findingOf(caseOf(name), address, SHORT_MS / 2)),
    );
    assertEquals(first?.verdict, "ok", first?.reason?.en);
    assertEquals(second?.verdict, "unknown", second?.reason?.en);
    assertMatch(second?.reason?.en ?? "", /cannot be told from a lost one/);
  });
}

/** One fault each: the case, the verdict, what is said in English. */
const FAULTS: readonly (readonly [string, Datagrams, string, "fail" | "weak", RegExp])[] = [
  ["answers go to the first sender", { firstSender: true }, "1", "fail", /got the answer to another one's/],
  [
    "replies go to the first sender",
    { firstSender: true, reply: "ok" },
    "1",
    "fail",
    /One of three senders got no answer/,
  ],
  ["answers go to the sender before", { senderBefore: true }, "1", "fail", /got the answer to another one's/],
  ["datagrams are joined", { collects: 20 }, "2", "fail", /neither joined nor split/],
  ["an empty datagram ends it", { endsAt: 0 }, "3", "fail", /answers nothing any more/],
  ["an empty datagram is skipped", { skipsEmpty: true }, "3", "weak", /does not come back/],
  ["a small buffer", { room: 1024 }, "4", "fail", /^Of 60000 bytes 1024 came back/],
  ["a long datagram ends it", { endsAt: 60_000 }, "4", "fail", /answers nothing any more/],
  ["senders that are gone end it", { senders: 2 }, "5", "fail", /closed their sockets/],
];

for (const [what, way, name, verdict, reason] of FAULTS) {
  Deno.test(`udp/${name}: ${what}`, async () => {
    await using server = serveUdp(way);
    const finding = await findingOf(caseOf(name), server.address, SHORT_MS);
    assertEquals(finding.verdict, verdict, finding.reason?.en);
    assertMatch(finding.reason?.en ?? "", reason);
    assert(finding.reason?.zh && finding.evidence);
  });
}
