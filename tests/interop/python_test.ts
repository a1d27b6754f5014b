/** sockeye and Python's `socket` module. */

import { needs, python } from "../support/harness.ts";
import { asClient, asServer } from "../support/both.ts";

const ignore = needs(["python3"]);

Deno.test("Python's sendall and shutdown get their stream back from server echo", ignore, async () => {
  await asClient((port, stdin) => python("half_close_client", ["127.0.0.1", port, "utf-8"], { stdin }));
});

Deno.test("a Python server and client exchange streams", ignore, async () => {
  await asServer((port, stdin) => python("half_close_server", ["127.0.0.1", port, "utf-8"], { stdin }));
});
