/** Recordings for a long time: what tshark finds in random sessions, and memory at gigabytes. */

import { assertEquals, assertLess } from "@std/assert";
import { openRecorder } from "../../lib/capture/file_recorder.ts";
import { inFolder } from "../capture/files.ts";
import { recordSessions } from "../capture/sessions.ts";
import { follow } from "../capture/tshark.ts";
import { eventually, needs, spawnSockeye } from "../support/harness.ts";
import { megabytes } from "../support/process.ts";
import { rounds } from "./soak.ts";

/** Sessions of one recording, each of which tshark is asked for. */
const SESSIONS = 50;

/** Bytes that the long recording has in the end, so that a soak of ten minutes has ten gibibytes. */
const BYTES_A_SECOND = 18 * 1024 * 1024;

/** Megabytes that a program may have more than after its first rounds. */
const GROWTH_MB = 32;

/** Megabytes that `show` may have at most: garbage is collected in steps, the last of which lies at some 220 MB. */
const SHOWN_MB = 300;

Deno.test("soak: tshark finds what passed in random sessions", needs(["tshark"]), async () => {
  for (const round of rounds()) {
    await inFolder(async (folder) => {
      const path = `${folder}/talk.pcapng`;
      const recorder = await openRecorder(path);
      const passed = await recordSessions(recorder, SESSIONS, round);
      await recorder.close();
      assertEquals(await follow(path, SESSIONS), passed, `round ${round}`);
    });
  }
});

Deno.test(
  "soak: neither recording nor showing gigabytes takes memory",
  needs([], Deno.build.os === "linux"),
  async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/talk.pcapng`;
      const recorder = await openRecorder(path);
      const conversation = recorder.open({});
      const bytes = crypto.getRandomValues(new Uint8Array(65_536));
      const total = BYTES_A_SECOND * Number(Deno.env.get("SOAK_SECONDS") ?? 8);
      const memory: number[] = [];
      let sent = 0;
      for (; sent < total; sent += bytes.length) {
        await conversation.data(sent % 3 === 0 ? "down" : "up", bytes);
        if (sent % (16 * 1024 * 1024) === 0) memory.push(Deno.memoryUsage().rss / 1e6);
      }
      for (const dir of ["up", "down"] as const) conversation.end(dir, "fin");
      await recorder.close();
      for (const now of memory.slice(2)) assertLess(now - memory[1]!, GROWTH_MB, `${memory} MB`);

      await using program = spawnSockeye(["show", path, "--json", "--grep", "hex:00112233445566778899"], {
        permissions: ["--allow-read"],
      });
      await program.stdoutLine(/"event":"open"/);
      const ever: number[] = [];
      const ended = program.status(600_000);
      let isOver = false;
      void ended.then(() => isOver = true);
      await eventually(async () => {
        if (!isOver) ever.push(await megabytes(program, "ever").catch(() => 0));
        return isOver;
      }, 600_000);
      const { code, stdout } = await ended;
      const close = JSON.parse(stdout.split("\n").find((line) => line.includes('"close"')) ?? "{}");
      assertEquals([code, close.sent + close.received, close.reason], [0, sent, "closed by the client"]);
      // The last look may find the program gone.
      const most = Math.max(...ever.filter(Number.isFinite));
      // deno-lint-ignore no-console
      console.log(`${sent} bytes: recorded with ${Math.round(memory.at(-1)!)} MB, shown with ${Math.round(most)} MB`);
      assertLess(most, SHOWN_MB, `${ever} MB`);
    });
  },
);
