/** `check` is honest about the programs of the socket tutorials, which have their mistakes, and does not take long. */

import { assert, assertEquals } from "@std/assert";
import { freePort, needs, type StartOptions } from "../harness.ts";
import { type Expected, misjudged } from "./expected.ts";
import { judge, type Judged, startFile, startServer } from "./learner.ts";

/** Milliseconds of a run of `check`, with its start and its end. */
const REPORT_MS = 78_000;

export function testTutorial(name: string, expected: Expected, run: () => Promise<Judged>): void {
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
export async function judgeServer(file: string, suite: string, options: StartOptions = {}): Promise<Judged> {
  const { program, port } = await startServer(`tutorials/${file}`, options);
  await using _ = program;
  return await judge(suite, suite === "udp" ? `udp://127.0.0.1:${port}` : port);
}

/** Judges a program that ends after one conversation, and is started again and again; `types` is what is typed each time. */
export async function judgeAgain(file: string, suite: string, types = ""): Promise<Judged> {
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
