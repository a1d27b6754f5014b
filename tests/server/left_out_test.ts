/** Answers that may not be sent: what the person at the server hears of them. */

import { assertEquals } from "@std/assert";
import { REPORT_MS } from "../../lib/server/limits.ts";
import { ReportLimiter } from "../../lib/server/report_limiter.ts";
import { FakeClock } from "../support/clock.ts";
import { bytesOf, FakeChannel } from "../support/net.ts";
import { servePeer } from "./helpers.ts";

/** A channel whose address may be forged, and has sent too little for any answer. */
class UnprovenChannel extends FakeChannel {
  readonly unproven = { silent: false, claim: () => false };
}

Deno.test("answers that are left out are told once a minute for each host, with their number", async () => {
  using clock = new FakeClock();
  const reports = new ReportLimiter(REPORT_MS);
  const served = [["10.0.0.1", 1], ["10.0.0.1", 2], ["10.0.0.2", 1]].map(([host, port]) =>
    servePeer({}, { reports }, new UnprovenChannel(String(host), Number(port)))
  );
  const answer = async () => {
    for (const { peer } of served) for (const _ of [1, 2]) await peer.send(bytesOf("a long answer"));
  };
  await answer();
  await clock.advance(REPORT_MS - 1);
  await answer();
  await clock.advance(1);
  await answer();
  const told = served.map(({ recorder }) => recorder.of("error").map(({ message }) => message.replace(/^.*limit/, "")));
  assertEquals(told, [["", " (and 7 more of that host, 3 of others since)"], [], ["", ""]]);
  for (const { peer, over } of served) {
    peer.kick("over");
    await over;
  }
});
