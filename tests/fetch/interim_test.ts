/** Interim answers, of which a server may send any number. */

import { assertEquals } from "@std/assert";
import { fails, fetchFrom, Log, test } from "./helpers.ts";
import { serveRaw } from "./server.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

test("many interim answers are taken, and the first twenty are told", async ({ folder, path }) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send(CONTINUE.repeat(50));
    await exchange.answer("200 OK", [], "there");
  });
  const watch = new Log();
  await fetchFrom(server.url(), { path, watch });
  assertEquals([await folder.get("file"), watch.answers.length], ["there", 21]);
});

test("interim answers without end do not renew the wait for the final one", async ({ path, untouched }) => {
  await using server = serveRaw(async (exchange) => {
    while (true) await exchange.send(CONTINUE.repeat(1000));
  });
  await fails(server.url(), "timeout", " for 0.3 s (timeout)", { path, timeout: 300 });
  await untouched();
});
