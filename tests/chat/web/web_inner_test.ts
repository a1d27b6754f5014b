/** The inner web server when descriptors run out: who is given up, and when. */

import { assertEquals, assertRejects } from "@std/assert";
import { InnerServer } from "../../../lib/chat/web/web_inner.ts";
import { FakeClock } from "../../support/clock.ts";

/** A server that fails when the test says so. */
class FakeServer {
  readonly addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly #failed = Promise.withResolvers<void>();
  readonly finished = this.#failed.promise;
  /** Whether it was given up. */
  over = false;

  fail(): void {
    this.#failed.reject(new Error("too many open files"));
  }

  shutdown(): Promise<void> {
    this.over = true;
    this.#failed.resolve();
    return Promise.resolve();
  }
}

/** Plays with servers that are none; `opened` is told of each. */
async function play(
  act: (inner: InnerServer, servers: FakeServer[], clock: FakeClock) => Promise<void>,
  opened: (server: FakeServer, inner: () => InnerServer) => void = () => {},
): Promise<void> {
  const { serve, connect } = Deno;
  const servers: FakeServer[] = [];
  using clock = new FakeClock();
  Object.assign(Deno, {
    serve: () => {
      const server = new FakeServer();
      servers.push(server);
      opened(server, () => inner);
      return server;
    },
    connect: () => Promise.reject(Object.assign(new Error("too many open files"), { code: "EMFILE" })),
  });
  const inner = new InnerServer(() => Promise.resolve(new Response()));
  try {
    await act(inner, servers, clock);
    await inner.shutdown();
    assertEquals(servers.filter(({ over }) => !over), []);
  } finally {
    Object.assign(Deno, { serve, connect });
  }
}

Deno.test("a server that failed has ten seconds before it is given up, however many fail after it", async () => {
  await play(async (_inner, servers, clock) => {
    for (let second = 0; second < 9; second += 0.5) {
      servers.at(-1)?.fail();
      await clock.advance(500);
    }
    assertEquals([servers.length, servers.filter(({ over }) => over).length], [19, 0]);
    for (let second = 0; second < 2; second += 0.5) {
      servers.at(-1)?.fail();
      await clock.advance(500);
    }
    assertEquals(servers.map(({ over }) => over).slice(0, 3), [true, false, false]);
  });
});

Deno.test("a shortage that is noticed on the way into the inner server gives up those who failed too", async () => {
  await play(async (inner, servers, clock) => {
    servers[0]?.fail();
    await clock.advance(9_000);
    await assertRejects(() => inner.dial(), Error, "too many open files");
    assertEquals(servers.map(({ over }) => over), [false, false]);
    await clock.advance(2_000);
    await assertRejects(() => inner.dial(), Error, "too many open files");
    assertEquals(servers.map(({ over }) => over), [true, false]);
  });
});

Deno.test("a server that opens in the moment of the end is ended as well", async () => {
  let count = 0;
  await play(async (_inner, servers, clock) => {
    servers[0]?.fail();
    await clock.advance(1_000);
    assertEquals(servers.map(({ over }) => over), [true, true]);
  }, (_server, inner) => void (++count === 2 && queueMicrotask(() => void inner().shutdown())));
});
