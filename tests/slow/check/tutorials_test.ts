/** `check` is honest about the programs of the socket tutorials, which have their mistakes, and does not take long. */

import { assert, assertEquals } from "@std/assert";
import { type Expected, misjudged } from "../../support/check/expected.ts";
import { judge, type Judged, startFile, startServer } from "../../support/check/learner.ts";
import { freePort, needs } from "../../support/harness.ts";

/** Milliseconds of a run of `check`, with its start and its end. */
const REPORT_MS = 78_000;

function test(name: string, expected: Expected, run: () => Promise<Judged>): void {
  Deno.test(`check is honest about ${name}`, needs(["python3"]), async () => {
    const judged = await run();
    assertEquals(misjudged(name, judged, expected), []);
    for (const [id, verdict] of judged.verdicts) {
      assert(verdict === "ok" || judged.reasons.get(id), `${id} says nothing`);
    }
    assert(judged.ms < REPORT_MS, `${judged.ms} ms`);
  });
}

/** Judges a server of a tutorial. */
async function server(file: string, suite: string): Promise<Judged> {
  const { program, port } = await startServer(`tutorials/${file}`);
  await using _ = program;
  return await judge(suite, suite === "udp" ? `udp://127.0.0.1:${port}` : port);
}

/** Judges a program that ends after one conversation, and is started again and again; `types` is what is typed each time. */
async function again(file: string, suite: string, types = ""): Promise<Judged> {
  const port = freePort();
  const judging = judge(suite, port);
  let over = false;
  const end = judging.catch(() => {}).finally(() => over = true);
  while (!over) {
    await using program = await startFile(`tutorials/${file}`, port);
    await program.write(types).catch(() => {});
    await Promise.race([program.status(REPORT_MS), end]);
  }
  return await judging;
}

test(
  "the server that replies once and ends",
  { unknown: "2 3 4 5 6 7 8 9 10" },
  () => server("reply_once_server.py", "reply"),
);

// What is not text in UTF-8 ends the program; what it has not read when it closes makes a reset.
test(
  "the server that replies once, in a loop",
  { weak: "8 10", unknown: "2 3 4 5 6" },
  () => again("reply_once_server.py", "reply"),
);

test(
  "the server that replies once to each client",
  { weak: "4 10", fail: "8", unknown: "2 3 5" },
  () => server("reply_loop_server.py", "reply"),
);

test(
  "the server whose replies are typed",
  { unknown: "1 2 3 4 5 6 7 8 9 10" },
  () => server("typed_server.py", "reply"),
);

// After its first client has left it spins.
test("the group chat", { fail: "4", unknown: "5 6 7 8 9 10", any: "2 3" }, () => server("chat_server.py", "chat"));

test("the UDP server", {}, () => server("udp_server.py", "udp"));

test(
  "the client that asks once",
  { fail: "1 4", unknown: "2 3 6 7 8" },
  () => again("reply_client.py", "client/reply"),
);

test(
  "the client whose questions are typed",
  // It waits for its keyboard, and has to be ended by hand.
  { fail: "1", unknown: "2 3 4 5 6 7 8" },
  () => again("typed_client.py", "client/reply", "问题\n再问\n"),
);
