import { assert, assertEquals } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { listen } from "../../lib/transport/mod.ts";

const unix = { ignore: Deno.build.os === "windows" };

Deno.test("listen() by several at once replaces a dead socket once, and leaves the fresh one", unix, async () => {
  const folder = await Deno.makeTempDir({ prefix: "sockeye-unix-" });
  try {
    for (let round = 0; round < 20; round++) {
      const path = `${folder}/${round}`;
      await leaveDead(path);
      const address = { transport: "unix", path } as const;
      const bound = await Promise.allSettled([1, 2, 3].map(() => listen(address)));
      const listeners = bound.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
      for (const one of bound) {
        if (one.status === "fulfilled") continue;
        assert(one.reason instanceof SockeyeError);
        assertEquals(one.reason.message.replace(/; .*/, ""), `Cannot listen on unix:${path}: the address is in use`);
      }
      assertEquals(listeners.length, 1);
      const arrival = listeners[0]?.accept();
      (await Deno.connect({ transport: "unix", path })).close();
      (await arrival)?.close();
      listeners[0]?.close();
    }
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A socket whose server is gone: by its second name it outlives it. */
async function leaveDead(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.first` });
  await Deno.link(`${path}.first`, path);
  listener.close();
  // A busy system lets go of it a moment later.
  while (await Deno.connect({ transport: "unix", path }).then((conn) => (conn.close(), true), () => false));
}
