/** Command lines that end at once, as programs; `tests/cli` has the rest. */

import { assertEquals, assertMatch } from "@std/assert";
import { fails } from "../support/failing.ts";
import { spawnSockeye } from "../support/harness.ts";

Deno.test("a wrong command line ends with 2 and one line that says why", async () => {
  await fails("server echo 0 --workers 65", 2, ["--workers", '"65"', "1 to 64"]);
  await fails(["client", "9", "--send", "a\ufffd\ufffd"], 2, ['Argument "a\ufffd\ufffd" is not UTF-8']);
});

for (const args of ["--help", "help client", "server --help", "client -h", "--version"]) {
  Deno.test(`sockeye ${args} answers on stdout and ends with 0`, async () => {
    const { stdout, stderr } = await spawnSockeye(args.split(" "), { only: [] }).ends(0);
    assertMatch(stdout, /sockeye/);
    assertEquals(stderr, "");
  });
}
