import { assertEquals, assertThrows } from "@std/assert";
import { asMessageRate, TokenBucket } from "../../lib/chat/token_bucket.ts";
import { FakeClock } from "../support/clock.ts";

Deno.test("asMessageRate() reads a rate and a burst", () => {
  assertEquals(asMessageRate("5"), { perSecond: 5, burst: 15 });
  assertEquals(asMessageRate("5:20"), { perSecond: 5, burst: 20 });
  assertEquals(asMessageRate("50000").perSecond, 50_000);
  assertEquals(asMessageRate("5:1"), { perSecond: 5, burst: 1 });
  assertEquals(asMessageRate("100000:100000"), { perSecond: 100_000, burst: 100_000 });
});

Deno.test("asMessageRate() says what it expects", () => {
  const wrong = [
    "",
    "5 ",
    "5 : 20",
    "9".repeat(400),
    ..."0 100001 0:5 -1 5: :5 5:20:1 1.5 5/s 1e3 ５ 100001:1 1:100001".split(" "),
  ];
  for (const text of wrong) {
    assertThrows(() => asMessageRate(text), Error, "expected messages a second such as 5, or with a burst 5:20", text);
  }
});

Deno.test("TokenBucket lets a burst through at once, and gives on credit what comes too early, up to another", () => {
  using _ = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 });
  const waits = Array.from({ length: 8 }, () => bucket.take());
  assertEquals(waits, [0, 0, 0, 500, 1000, 1500, 1500, 1500]);
});

Deno.test("TokenBucket lets a member that waits as it must go on at the rate", async () => {
  using clock = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 4, burst: 1 });
  bucket.take();
  for (let i = 0; i < 5; i++) {
    assertEquals(bucket.take(), 250);
    await clock.advance(250);
  }
});

Deno.test("TokenBucket saves up no more than a burst", async () => {
  using clock = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 });
  bucket.take(3);
  await clock.advance(1000);
  assertEquals([bucket.take(), bucket.take(), bucket.take()], [0, 0, 500]);
  await clock.advance(3_600_000);
  assertEquals([1, 2, 3, 4].map(() => bucket.take()), [0, 0, 0, 500]);
});

Deno.test("TokenBucket counts amounts, also larger than a burst", () => {
  using _ = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 100, burst: 50 });
  assertEquals(bucket.take(50), 0);
  assertEquals(bucket.take(1_000_000), 500);
});
