/** Records a stream without end, or so many megabytes in a file that may have one, all of them before
 * the first is written if so asked; prints why the recording ended. */

import { openRecorder } from "../../lib/capture/file_recorder.ts";

const [path = "", megabytes = "Infinity", pace] = Deno.args;
// A limit of the file size is a signal first.
if (Deno.build.os === "linux") Deno.addSignalListener("SIGXFSZ" as Deno.Signal, () => {});
const write = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text));
// Only now: Deno's own caches are larger.
if (megabytes !== "Infinity") {
  new Deno.Command("prlimit", { args: ["--pid", `${Deno.pid}`, "--fsize=1000000"] }).outputSync();
}
const recorder = await openRecorder(path, { onFail: (error) => write(`${error.message}\n`) });
const conversation = recorder.open({});
const bytes = crypto.getRandomValues(new Uint8Array(65_536));
for (let sent = 0; sent < Number(megabytes) * 1e6; sent += 60_000) {
  const taken = conversation.data(sent % 7 === 0 ? "down" : "up", bytes.subarray(0, 1 + sent % 65_536));
  if (pace !== "at-once") await taken;
}
await recorder.close();
Deno.exit();
