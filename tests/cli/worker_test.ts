import { assertEquals } from "@std/assert";
import { openPort } from "../../lib/cli/worker.ts";
import type { FromWorker, ToWorker, WorkerStream } from "../../lib/server/worker_protocol.ts";

Deno.test("a worker that writes to both streams at once may go on with each when the main thread has taken it", async () => {
  const posted: FromWorker[] = [];
  let say = (_message: ToWorker) => {};
  const port = openPort({
    addEventListener: (_type, listener) => say = (data) => listener(new MessageEvent("message", { data })),
    postMessage: (message) => posted.push(message as FromWorker),
  });
  const taken: WorkerStream[] = [];
  const writes = (["stderr", "stdout"] as const).map(async (stream) => {
    await port.write(stream, Uint8Array.of(1));
    taken.push(stream);
  });
  assertEquals(posted.map(({ type }) => type), ["started", "write", "write"]);
  say({ type: "written", stream: "stdout" });
  await writes[1];
  assertEquals(taken, ["stdout"]);
  say({ type: "written", stream: "stderr" });
  await writes[0];
  assertEquals(taken, ["stdout", "stderr"]);
});
