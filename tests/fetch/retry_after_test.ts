import { assertEquals } from "@std/assert";
import { RETRY_AFTER_MAX_MS } from "../../lib/fetch/limits.ts";
import { pauseOf } from "../../lib/fetch/retry_after.ts";

Deno.test("pauseOf() reads seconds and dates, by the server's clock", () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (
    const [text, ms] of [
      ["5", 5_000],
      ["0", 0],
      ["Sun, 06 Nov 1994 08:49:40 GMT", 3_000],
      ["Sunday, 06-Nov-94 08:49:40 GMT", 3_000],
      ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
      ["Mon, 07 Nov 1994 08:49:00 GMT", RETRY_AFTER_MAX_MS],
      ["99999999999", RETRY_AFTER_MAX_MS],
      ["-5", 0],
      ["soon", 0],
      ["", 0],
    ] as const
  ) assertEquals(pauseOf(text, date), ms, text);
  const later = new Date(Date.now() + 30_000).toUTCString();
  assertEquals(Math.abs(pauseOf(later, undefined) - 30_000) < 2_000, true);
});
