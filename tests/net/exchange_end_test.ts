import { assertEquals } from "@std/assert";
import { exchange } from "../../lib/net/exchange.ts";
import { FakeClock, turn } from "./clock.ts";
import { bytesOf, FakeChannel, Recorder } from "./helpers.ts";

Deno.test("exchange() says and sets nothing after its end", async () => {
  using clock = new FakeClock();
  const more = Promise.withResolvers<void>();
  const speech = async function* () {
    await more.promise;
    yield bytesOf("late");
  };
  const channel = new FakeChannel();
  const recorder = new Recorder();
  const totals = exchange(channel, speech(), { on: recorder.report, onTraffic: recorder.report, wait: 60_000 });
  channel.arrive(null);
  await clock.advance(200);
  await totals;
  more.resolve();
  await turn();
  assertEquals([recorder.names(), clock.pending], [["open", "half-close", "close"], 0]);
});

Deno.test("exchange() takes idle 0 for no limit, as serve() does", async () => {
  const channel = new FakeChannel();
  const totals = exchange(channel, (async function* () {})(), { idle: 0 });
  totals.catch(() => {});
  await turn();
  await turn();
  channel.arrive(null);
  assertEquals(await totals.catch((error) => error.message), { received: 0, sent: 0 });
});
