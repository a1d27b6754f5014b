/** The registry of npm, which `deno run` asks for what makes certificates; a compiled program has that inside. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { Folder } from "../fetch/helpers.ts";
import { eventually, freePort, spawnSockeye } from "../support/harness.ts";

const WRITE = ["--allow-write"];

function test(name: string, play: (folder: Folder) => Promise<void>): void {
  Deno.test(name, async () => {
    await using folder = await Folder.make();
    await play(folder);
  });
}

/** A network that takes every connection and never answers; how often it was tried. */
function silence() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const tried = Promise.withResolvers<void>();
  const conns: Deno.Conn[] = [];
  const running = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      tried.resolve();
    }
  })();
  const { port } = listener.addr;
  const proxy = `http://127.0.0.1:${port}`;
  return {
    tried: tried.promise,
    count: () => conns.length,
    env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy },
    async [Symbol.asyncDispose]() {
      listener.close();
      await running;
      for (const conn of conns) conn.close();
    },
  };
}

/** What Deno needs to know so that it begins without anything cached and reaches the registry by the proxy alone. */
function fresh(folder: Folder, env: Readonly<Record<string, string>>, cache = ""): Record<string, string | undefined> {
  return {
    ...env,
    DENO_DIR: folder.at(`deno${cache}`),
    // Deno itself looks for a newer Deno now and then.
    DENO_NO_UPDATE_CHECK: "1",
    NO_PROXY: undefined,
    no_proxy: undefined,
    NPM_CONFIG_REGISTRY: undefined,
  };
}

test("without the registry all but cert works, and nothing waits for it", async (folder) => {
  await using network = silence();
  const env = fresh(folder, network.env);
  await using server = spawnSockeye(["server", "echo", "0", "--once"], { only: ["--allow-net"], env });
  const client = spawnSockeye(["client", String(await server.port()), "--send", "hi"], { only: ["--allow-net"], env });
  assertEquals((await client.ends(0)).stdout, "hi");
  await server.ends(0);
  assert(!server.stderr.includes("Download"), server.stderr);
  assertEquals(network.count(), 0);
});

test("cert can be stopped while the registry does not answer", async (folder) => {
  await using network = silence();
  const env = fresh(folder, network.env);
  await using program = spawnSockeye(["cert", "-o", folder.at("dev")], { only: WRITE, env });
  await network.tried;
  await program.ends(130, "SIGINT");
  assertEquals(await names(folder), []);
});

test("server tls:// can be stopped while the registry does not answer", async (folder) => {
  await using network = silence();
  const permissions = ["--allow-net", "--allow-read"];
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const env = fresh(folder, network.env, signal);
    const before = network.count();
    await using program = spawnSockeye(["server", "echo", "tls://127.0.0.1:0"], { only: permissions, env });
    assert(await eventually(() => network.count() > before), "it asks the registry");
    const { stderr } = await program.ends(expected, signal);
    assert(!stderr.includes("sockeye:"), stderr);
  }
});

test("server tls:// says that its port is taken before it asks the registry", async (folder) => {
  await using network = silence();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `tls://127.0.0.1:${taken.addr.port}`;
  const { stderr } = await spawnSockeye(["server", "echo", address], {
    only: ["--allow-net"],
    env: fresh(folder, network.env),
  }).ends(4);
  assertEquals(network.count(), 0);
  assertMatch(stderr, /^sockeye: Cannot listen on tls:\/\/127\.0\.0\.1:\d+: the address is in use; [^\n]+\n$/);
});

test("cert says in one line that the registry is out of reach", async (folder) => {
  const proxy = `http://127.0.0.1:${freePort()}`;
  const env = fresh(folder, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy });
  const { stdout, stderr } = await spawnSockeye(["cert"], { only: WRITE, cwd: folder.path, env }).ends(4);
  const own = stderr.split("\n").filter((line) => !line.includes("Download"));
  assertEquals([stdout, own.length], ["", 2], stderr);
  assertMatch(
    own[0] ?? "",
    /^sockeye: Cannot make a certificate: @peculiar\/x509 does not come from npm: error sending /,
  );
  assertEquals(await names(folder), []);
});

async function names(folder: Folder): Promise<string[]> {
  return (await folder.names()).filter((name) => name !== "deno");
}

test("cert leaves the source tree as it was: the lock file knows all that it fetches", async (folder) => {
  const before = await Deno.readTextFile(`${ROOT}/lib/deno.lock`);
  await spawnSockeye(["cert", "-q"], { only: WRITE, cwd: folder.path }).ends(0);
  assertEquals(await Deno.readTextFile(`${ROOT}/lib/deno.lock`), before);
  for await (const { name } of Deno.readDir(ROOT)) assert(name !== "deno.lock" && name !== "node_modules", name);
});
