import { assert, assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { wait } from "../../lib/wait.ts";
import { listen } from "../../lib/transport/mod.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** Plays in a folder of its own. */
async function inFolder(play: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sockeye-unix-" });
  try {
    await play(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
}

/** Beside the longest paths there is no room for a folder: they are bound directly. */
const LENGTHS: Readonly<Record<string, number>> = { "a path": 60, "the longest path": 107 };

for (const [what, length] of Object.entries(LENGTHS)) {
  const pathIn = (folder: string, round = 0) => `${folder}/${round}`.padEnd(length, "x");

  for (const dead of [true, false]) {
    const name = `listen() by several at once on ${what} with ${
      dead ? "a dead" : "no"
    } socket: one gets it, the others are told`;
    Deno.test(name, unix, () =>
      inFolder(async (folder) => {
        for (let round = 0; round < 20; round++) {
          const path = pathIn(folder, round);
          if (dead) await leaveDead(path);
          const address = { transport: "unix", path } as const;
          const bound = await Promise.allSettled([1, 2, 3].map(() => listen(address)));
          const listeners = bound.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
          for (const one of bound) {
            if (one.status === "fulfilled") continue;
            assert(one.reason instanceof SockeyeError);
            assertEquals(
              one.reason.message.replace(/; .*/, ""),
              `Cannot listen on unix:${path}: the address is in use`,
            );
          }
          assertEquals(listeners.length, 1);
          const arrival = listeners[0]?.accept();
          (await Deno.connect({ transport: "unix", path })).close();
          (await arrival)?.close();
          listeners[0]?.close();
        }
        assertEquals(await namesIn(folder), []);
      }));
  }

  // A listener that must not remove its path cannot be closed.
  const leaking = { ...unix, sanitizeResources: false, sanitizeOps: false };
  Deno.test(
    `a listener on ${what} ends its accept, and leaves the socket that stands in place of its own`,
    leaking,
    () =>
      inFolder(async (folder) => {
        const path = pathIn(folder);
        const first = await listen({ transport: "unix", path });
        assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
        const accepting = assertRejects(() => first.accept(), Deno.errors.BadResource);
        await Deno.rename(path, `${folder}/away`);
        const second = await listen({ transport: "unix", path });
        first.close();
        first.close();
        await accepting;
        await assertRejects(() => first.accept(), Deno.errors.BadResource);
        const arrival = second.accept();
        (await Deno.connect({ transport: "unix", path })).close();
        (await arrival).close();
        second.close();
        // Deno removes a path that it bound a moment later.
        for (let round = 0; round < 100 && (await namesIn(folder)).length > 1; round++) await wait(20);
        assertEquals(await namesIn(folder), ["away"]);
      }),
  );
}

/** A socket whose server is gone: by its second name it outlives it. */
async function leaveDead(path: string): Promise<void> {
  const first = `${path.slice(0, path.lastIndexOf("/"))}/first`;
  const listener = Deno.listen({ transport: "unix", path: first });
  await Deno.link(first, path);
  listener.close();
  // A new file may get the number of this one. The time of its birth differs, which the kernel counts in steps of up to 10 ms.
  await wait(20);
  // A busy system lets go of it a moment later.
  while (await Deno.connect({ transport: "unix", path }).then((conn) => (conn.close(), true), () => false));
}
