import { assert, assertEquals } from "@std/assert";
import { listenTcp } from "../../lib/transport/tcp.ts";
import { unwatch, watch } from "../../lib/transport/vanished.ts";
import { FakeClock } from "../support/clock.ts";
import { linux, needs } from "../support/harness.ts";

/** Milliseconds in which a connection is not probed, and after which it has been. */
const EARLY_MS = 13_500, LATE_MS = 18_000;

/** A connection of a server, and how long the system waits before it asks the client for a sign of life, as `ss` says it. */
async function accept() {
  const listener = listenTcp({ transport: "tcp", host: "127.0.0.1", port: 0 }, {});
  const { port } = listener.address;
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  const channel = await listener.accept();
  const wait = async () => {
    const args = ["-Htno", "state", "established", `( sport = :${port} )`];
    const { stdout } = await new Deno.Command("ss", { args }).output();
    return /timer:\(keepalive,([\d.]+)(\w+)/.exec(new TextDecoder().decode(stdout))?.slice(1) ?? [];
  };
  return {
    channel,
    wait,
    [Symbol.dispose]() {
      for (const one of [channel, client, listener]) one.close();
    },
  };
}

Deno.test(
  "a connection that is silent for 15 s is asked for a sign of life by the system",
  needs(["ss"], linux),
  async () => {
    using clock = new FakeClock();
    using connection = await accept();
    const { channel, wait } = connection;
    assertEquals((await wait())[1], "min");
    await clock.advance(EARLY_MS);
    void channel.write(new Uint8Array(1));
    await clock.advance(EARLY_MS);
    assertEquals((await wait())[1], "min");
    await clock.advance(LATE_MS - EARLY_MS);
    const [time, unit] = await wait();
    assert(unit === "sec" && Number(time) <= 15, `${time} ${unit}`);
  },
);

Deno.test("a connection that is closed is watched no more, and the last one ends the timer", async () => {
  using clock = new FakeClock();
  {
    using _ = await accept();
    using __ = await accept();
    assertEquals(clock.pending, linux ? 1 : 0);
  }
  assertEquals(clock.pending, 0);
});

Deno.test("a connection that the platform knows no more is passed over", async () => {
  using clock = new FakeClock();
  const conn = {} as Deno.TcpConn;
  const watched = watch(conn);
  await clock.advance(LATE_MS);
  unwatch(watched);
  unwatch(watched);
  assertEquals(clock.pending, 0);
});
