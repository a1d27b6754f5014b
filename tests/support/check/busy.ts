/** What must be said about programs on a busy machine, each time the same. */

import { tool } from "../harness.ts";
import { mapAtOnce, misjudged, type Wrong } from "./expected.ts";
import { judgeFile } from "./learner.ts";

/** How many programs keep the processors busy: as many as there are on a small machine. */
const BURNERS = 2;

const LINES = ["--frame", "line"];

/** Programs whose verdicts would change where a wait is too short: correct ones, and wrong ones that answer late or not. */
const PROGRAMS: readonly Wrong[] = [
  { file: "right/echo_select.py", suite: "echo" },
  { file: "right/reply_lines.py", suite: "reply", args: LINES },
  { file: "right/udp_echo.py", suite: "udp" },
  { file: "wrong/echo_one_recv.py", suite: "echo", fail: "4", unknown: "5 7 8 13" },
  { file: "wrong/reply_empty_line.py", suite: "reply", args: LINES, fail: "9" },
  { file: "wrong/http_one_recv.py", suite: "http", fail: "7" },
];

/** Judges programs while others keep the processors busy; gives what was said that is not expected. */
export async function misjudgedWhenBusy(): Promise<string[]> {
  await using stack = new AsyncDisposableStack();
  for (let i = 0; i < BURNERS; i++) stack.use(tool("sh", ["-c", "while :; do :; done"]));
  return (await mapAtOnce(PROGRAMS, async (one) => {
    return misjudged(one.file, await judgeFile(one.suite, one.file, one.args), one);
  })).flat();
}
