/** What whole commands tell in this process; more of them is in `tests/e2e`. */

import { assertEquals } from "@std/assert";
import { Host } from "../support/sockets.ts";
import { utf8 } from "./helpers.ts";
import { readAll, readOnce, start, test } from "./running.ts";
import { draw } from "./screen.ts";

test("main() exits with the signal's code and reports no error", async () => {
  for (const [kind, expected] of [["interrupt", 130], ["terminate", 143]] as const) {
    const { system, code } = start(["server", "discard", "0", "--json"]);
    await system.stdout.until((text) => text.includes('"listen"'));
    system.stop(kind);
    assertEquals(await code, expected);
    assertEquals(system.stdout.events.map(({ event, code }) => [event, code]), [
      ["listen", undefined],
      ["done", expected],
    ]);
    assertEquals(system.stderr.text, "");
  }
});

test("main() exits 5 when the deadline has passed", async () => {
  await using host = Host.saying("");
  const { system, code } = start(["client", String(host.port), "--send", "PING", "--deadline", "250ms"]);
  assertEquals(await code, 5);
  assertEquals(system.stderr.lines.at(-1), "sockeye: Not done after 0.25 s (deadline)");
});

test("main() asks for host and port at a terminal, then talks until q", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { system, code } = start(["client"], { terminal: true });
  await system.stdout.until((text) => draw(text).at(-1) === "Host (127.0.0.1):");
  system.stdin.feed("\r");
  await system.stdout.until((text) => draw(text).at(-1) === "Port:");
  system.stdin.feed(`${listener.addr.port}\r`);
  const conn = await listener.accept();
  system.stdin.feed("hello\r");
  assertEquals(await readOnce(conn), "hello\n");
  await conn.write(utf8("Name: "));
  await system.stdout.until((text) => draw(text).at(-2) === "< Name: ⏎");
  system.stdin.feed("q\r");
  assertEquals(await readAll(conn), "");
  conn.close();
  assertEquals(await code, 0);
  assertEquals(system.stdin.raw, [true, false]);
});
