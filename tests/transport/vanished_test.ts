import { assert, assertEquals } from "@std/assert";
import { listenTcp } from "../../lib/transport/tcp.ts";
import { VanishedWatch } from "../../lib/transport/vanished.ts";
import { FakeClock } from "../support/clock.ts";
import { linux, needs } from "../support/harness.ts";

/** Milliseconds between two looks at the connections. */
const PROBE_MS = 3_500;

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

Deno.test("one timer watches all connections of a listener, and ends with the last of them or in a quiet moment", async () => {
  using clock = new FakeClock();
  const watched = linux ? 1 : 0;
  {
    using one = await accept();
    assertEquals(clock.pending, watched);
    {
      using _ = await accept();
      assertEquals(clock.pending, 2 * watched);
    }
    assertEquals(clock.pending, watched);
    one.channel.close();
    assertEquals(clock.pending, watched);
    await clock.advance(PROBE_MS);
    assertEquals(clock.pending, 0);
  }
  const watch = new VanishedWatch();
  const last = watch.add({} as Deno.TcpConn);
  watch.close();
  assertEquals(clock.pending, watched);
  last.end();
  assertEquals(clock.pending, 0);
});

Deno.test("a connection that the platform knows no more is passed over", async () => {
  using clock = new FakeClock();
  const watch = new VanishedWatch();
  const watched = watch.add({} as Deno.TcpConn);
  await clock.advance(LATE_MS);
  watched.end();
  watched.end();
  watch.close();
  assertEquals(clock.pending, 0);
});
