import { assertEquals } from "@std/assert";
import { FairScheduler } from "../../lib/server/fair_scheduler.ts";
import { FakeClock, turn } from "../support/clock.ts";

/** Peers that are read from, and the order in which they are read from again. */
function crowd(
  count: number,
): { turns: FairScheduler; order: number[]; serve(from: number, to: number): Promise<void> } {
  const turns = new FairScheduler();
  for (let i = 0; i < count; i++) turns.enter();
  const order: number[] = [];
  /** One turn in which these are served; each of them wants to be read from again. */
  const serve = async (from: number, to: number) => {
    const served = Array.from({ length: to - from }, (_, i) => Promise.resolve(from + i));
    for (const one of served) {
      void one.then(async (id) => {
        turns.served();
        await undefined; // The mode has its say.
        const wait = turns.next();
        if (wait) await wait;
        order.push(id);
      });
    }
    await turn();
  };
  return { turns, order, serve };
}

/** The whole numbers from one to before another. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

Deno.test("FairScheduler lets everybody be read from again at once while turns are not full", async () => {
  using clock = new FakeClock();
  const { order, serve } = crowd(1000);
  await serve(0, 127);
  assertEquals([order, clock.pending], [range(0, 127), 0]);
});

Deno.test("FairScheduler lets everybody be read from again where all were in the turn", async () => {
  using clock = new FakeClock();
  const { order, serve } = crowd(128);
  await serve(0, 128);
  assertEquals([order, clock.pending], [range(0, 128), 0]);
});

Deno.test("FairScheduler holds back those who were served until a turn is not full, then they come in order", async () => {
  using clock = new FakeClock();
  const { order, serve } = crowd(300);
  await serve(0, 128);
  await serve(128, 256);
  assertEquals(order, []);
  await serve(256, 300);
  assertEquals(order, range(0, 64));
  await serve(0, 64);
  assertEquals(order, range(0, 128));
  assertEquals(clock.pending, 1);
});

Deno.test("FairScheduler moves the line on where nobody else comes, and then sets no timer", async () => {
  using clock = new FakeClock();
  const { order, serve } = crowd(300);
  await serve(0, 128);
  await clock.advance(1); // The full turn was since.
  assertEquals(order, []);
  await clock.advance(1);
  assertEquals(order, range(0, 64));
  await clock.advance(1);
  assertEquals([order, clock.pending], [range(0, 128), 0]);
});

Deno.test("FairScheduler knows who has left", async () => {
  const { turns, order, serve } = crowd(129);
  turns.leave();
  await serve(0, 128);
  assertEquals(order, range(0, 128));
});

Deno.test("FairScheduler.stop() lets all go and leaves no timer behind", async () => {
  using clock = new FakeClock();
  const { turns, order, serve } = crowd(300);
  await serve(0, 128);
  turns.stop();
  await turn();
  assertEquals([order, clock.pending], [range(0, 128), 0]);
  await serve(128, 256); // It was full as well, and holds nothing back any more.
  assertEquals([order, clock.pending], [range(0, 256), 0]);
});
