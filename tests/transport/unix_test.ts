import { assert, assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { wait } from "../../lib/wait.ts";
import { listen } from "../../lib/transport/mod.ts";
import { type Folder, inFolder } from "../fetch/helpers.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** Bytes of a folder's path and of a socket's. In the longest folder no other one has room, and the path is bound directly. */
const LENGTHS: Readonly<Record<string, readonly [base: number, path: number]>> = {
  "a path": [0, 60],
  "the longest path": [0, 107],
  "a path in the longest folder": [96, 107],
};

async function namesIn(base: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(base), ({ name }) => name);
}

for (const [what, [baseLength, length]] of Object.entries(LENGTHS)) {
  /** The folder of the sockets. */
  const makeBase = async (folder: Folder) => {
    const base = folder.at("base").padEnd(baseLength, "x");
    await Deno.mkdir(base);
    return base;
  };
  const pathIn = (base: string, round = 0) => `${base}/${round}`.padEnd(length, "x");

  for (const dead of ["a dead", "no"]) {
    inFolder(
      `listen() by several at once on ${what} with ${dead} socket: one gets it, the others are told`,
      async (folder) => {
        const base = await makeBase(folder);
        for (let round = 0; round < 20; round++) {
          const path = pathIn(base, round);
          if (dead !== "no") await leaveDead(path);
          const address = { transport: "unix", path } as const;
          const bound = await Promise.allSettled([1, 2, 3].map(() => listen(address)));
          const listeners = bound.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
          for (const one of bound) {
            if (one.status === "fulfilled") continue;
            assert(one.reason instanceof SockeyeError);
            const message = `Cannot listen on unix:${path}: the address is in use`;
            assertEquals(one.reason.message.replace(/; .*/, ""), message);
          }
          assertEquals(listeners.length, 1);
          const arrival = listeners[0]?.accept();
          (await Deno.connect({ transport: "unix", path })).close();
          (await arrival)?.close();
          listeners[0]?.close();
        }
        assertEquals(await namesIn(base), []);
      },
      unix,
    );
  }

  // A listener that must not remove its path cannot be closed.
  const leaking = { ...unix, sanitizeResources: false, sanitizeOps: false };
  inFolder(`a listener on ${what} ends its accept, and leaves the socket that replaced its own`, async (folder) => {
    const base = await makeBase(folder);
    const path = pathIn(base);
    const first = await listen({ transport: "unix", path });
    assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
    const accepting = assertRejects(() => first.accept(), Deno.errors.BadResource);
    await Deno.rename(path, `${base}/away`);
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
    for (let round = 0; round < 100 && (await namesIn(base)).length > 1; round++) await wait(20);
    assertEquals(await namesIn(base), ["away"]);
  }, leaking);
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
