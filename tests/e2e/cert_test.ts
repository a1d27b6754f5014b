/** `sockeye cert` and what others make of its files. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import {
  eventually,
  freePort,
  needs,
  permissionsAreOurs,
  type SockeyeOptions,
  spawnSockeye,
  tool,
} from "../support/harness.ts";

const WRITE = ["--allow-write"];

/** A test in a folder of its own. */
function inFolder(name: string, options: { ignore: boolean }, play: (folder: string) => Promise<void>): void {
  Deno.test(name, options, async () => {
    const folder = await Deno.makeTempDir({ prefix: "sockeye-cert-" });
    try {
      await play(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Runs `sockeye cert` in a folder. */
async function cert(cwd: string, args: readonly string[] = [], options: SockeyeOptions = {}) {
  await using program = spawnSockeye(["cert", ...args], { permissions: WRITE, cwd, ...options });
  return await program.status();
}

/** What openssl prints; it must succeed. */
async function openssl(cwd: string, ...args: string[]): Promise<string> {
  await using program = tool("openssl", args, { cwd });
  const { code, stdout, stderr } = await program.status();
  assertEquals(code, 0, stdout + stderr);
  return stdout;
}

/** The permissions of a file, in octal. */
async function modeOf(path: string): Promise<string> {
  const { mode } = await Deno.stat(path);
  return ((mode ?? 0) & 0o777).toString(8);
}

const anywhere = { ignore: false };
const ours = { ignore: !permissionsAreOurs };
const unix = { ignore: Deno.build.os === "windows" };

inFolder("cert needs only --allow-write; the key is for its owner alone", unix, async (folder) => {
  const { code, stdout, stderr } = await cert(folder, [], { via: 'umask 0; exec "$@"' });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^sockeye\.crt\nsockeye\.key\nsockeye-ca\.crt\nsha256:[0-9a-f]{64}\n$/);
  const modes = await Array.fromAsync(Deno.readDir(folder), async ({ name }) => {
    return `${name} ${await modeOf(`${folder}/${name}`)}`;
  });
  assertEquals(modes.sort(), ["sockeye-ca.crt 644", "sockeye.crt 644", "sockeye.key 600"]);
});

inFolder("cert --force gives a new pair, and its key is secret whatever the old one was", unix, async (folder) => {
  for (const name of ["sockeye.crt", "sockeye.key", "sockeye-ca.crt"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "old");
    await Deno.chmod(`${folder}/${name}`, 0o666);
  }
  const refused = await cert(folder);
  assertEquals([refused.code, refused.stdout], [9, ""]);
  assertStringIncludes(refused.stderr, '"sockeye.crt": it exists; --force replaces it');
  assertEquals(await Deno.readTextFile(`${folder}/sockeye.key`), "old");
  assertEquals((await cert(folder, ["--force", "-q"], { permissions: [...WRITE, "--allow-read"] })).code, 0);
  assertEquals(await modeOf(`${folder}/sockeye.key`), "600");
  assertMatch(await Deno.readTextFile(`${folder}/sockeye.key`), /^-----BEGIN PRIVATE KEY-----\n/);
});

/** What the files of a folder hold. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return Object.fromEntries(
    await Promise.all(names.sort().map(async (name) => [name, await Deno.readTextFile(`${folder}/${name}`)])),
  );
}

const OLD = { "sockeye-ca.crt": "old authority", "sockeye.crt": "old certificate", "sockeye.key": "old key" };

async function putOld(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(OLD)) await Deno.writeTextFile(`${folder}/${name}`, text);
}

inFolder("cert --force that may read leaves nothing beside the new files", unix, async (folder) => {
  for (const _again of [1, 2]) {
    const { code, stderr } = await cert(folder, ["--force"], { permissions: [...WRITE, "--allow-read"] });
    assertEquals(code, 0, stderr);
    const files = await contents(folder);
    assertEquals(Object.keys(files), Object.keys(OLD));
    for (const text of Object.values(files)) assertMatch(text, /^-----BEGIN [^]*\n-----END [A-Z ]+-----\n\n?$/);
    assertEquals(await modeOf(`${folder}/sockeye.key`), "600");
  }
});

inFolder(
  "cert --force that may not read ends with 13, names --allow-read and touches nothing",
  ours,
  async (folder) => {
    await putOld(folder);
    for (const read of [[], [`--allow-read=sockeye.crt,sockeye.key,sockeye-ca.crt`]]) {
      const { code, stdout, stderr } = await cert(folder, ["--force"], { permissions: [...WRITE, ...read] });
      assertEquals([code, stdout], [13, ""]);
      assertMatch(stderr, /^sockeye: Cannot replace "sockeye\.crt": [^\n]*add --allow-read to deno run\n$/);
      assertEquals(await contents(folder), OLD);
    }
  },
);

const mounts = { ignore: !permissionsAreOurs || !hasSmallDisk };

inFolder("cert --force keeps all old files when one cannot be replaced", mounts, async (folder) => {
  await putOld(folder);
  await Deno.mkdir(`${folder}/aside`);
  await Deno.writeTextFile(`${folder}/aside/busy`, "busy");
  // A file where another one is mounted can be written and not be replaced.
  const via = `exec unshare -rm sh -c 'mount --bind aside/busy sockeye-ca.crt && exec "$@"' sh "$@"`;
  const { code, stdout, stderr } = await cert(folder, ["--force"], { permissions: [...WRITE, "--allow-read"], via });
  assertEquals([code, stdout], [9, ""]);
  assertMatch(stderr, /^sockeye: Cannot write "sockeye-ca\.crt": [^\n]+\n$/);
  await Deno.remove(`${folder}/aside`, { recursive: true });
  assertEquals(await contents(folder), OLD);
});

inFolder("cert --force keeps all old files when the disk is full", mounts, async (folder) => {
  await Deno.mkdir(`${folder}/small`);
  const via = `exec unshare -rm sh -c '
    mount -t tmpfs -o size=16k sockeye small && cd small || exit 99
    for name in sockeye-ca.crt sockeye.crt sockeye.key; do echo "old" > $name; done
    head -c 16384 /dev/zero > filler 2>/dev/null
    "$@" && exit 98
    ls && cat sockeye*' sh "$@"`;
  const { stdout, stderr } = await cert(folder, ["--force"], { permissions: [...WRITE, "--allow-read"], via });
  assertMatch(stderr, /^sockeye: Cannot write "sockeye[^"]*": No space left on device\n$/);
  assertEquals(stdout, "filler\nsockeye-ca.crt\nsockeye.crt\nsockeye.key\nold\nold\nold\n");
});

inFolder("cert with no permission, or the wrong one, ends with 13 and names --allow-write", ours, async (folder) => {
  for (const permissions of [[], ["--allow-net", "--allow-read"], ["--allow-write=sockeye.crt,sockeye.key"]]) {
    const { code, stdout, stderr } = await cert(folder, [], { permissions });
    assertEquals([code, stdout], [13, ""]);
    assertMatch(stderr, /^sockeye: Cannot write "sockeye[^"]*\.crt": [^\n]*add --allow-write to deno run\n$/);
  }
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
});

inFolder("cert with a bad name ends with 2 and one line", anywhere, async (folder) => {
  for (const name of ["two words", "a.*.example", "a".repeat(254)]) {
    const { code, stdout, stderr } = await cert(folder, ["localhost", name]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^sockeye: Bad name "[^\n]+\n$/);
  }
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
});

inFolder("openssl verifies what cert made for its names", needs(["openssl"]), async (folder) => {
  const { stdout } = await cert(folder, ["-o", "dev", "chat.example", "*.chat.example", "10.1.2.3"]);
  const verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "dev-ca.crt"];
  await openssl(folder, ...verify, "-verify_hostname", "chat.example", "dev.crt");
  await openssl(folder, ...verify, "-verify_hostname", "room.chat.example", "dev.crt");
  await openssl(folder, ...verify, "-verify_ip", "10.1.2.3", "dev.crt");
  const told = await openssl(folder, "x509", "-in", "dev.crt", "-noout", "-fingerprint", "-sha256");
  const fingerprint = told.trim().split("=")[1]?.replaceAll(":", "").toLowerCase();
  assertEquals(stdout.trimEnd().split("\n").at(-1), `sha256:${fingerprint}`);
});

inFolder("openssl serves with the pair, and its client trusts the authority", needs(["openssl"]), async (folder) => {
  assertEquals((await cert(folder)).code, 0);
  const address = `127.0.0.1:${freePort()}`;
  const pair = ["-cert", "sockeye.crt", "-key", "sockeye.key"];
  await using server = tool("openssl", ["s_server", "-accept", address, ...pair, "-naccept", "1"], {
    cwd: folder,
    stdin: "piped",
  });
  await server.stdoutLine(/^ACCEPT/);
  const trust = ["-CAfile", "sockeye-ca.crt", "-verify_return_error", "-verify_hostname", "localhost"];
  await using client = tool("openssl", ["s_client", "-connect", address, ...trust], { cwd: folder, stdin: "piped" });
  await client.stdoutText(/Verify return code: 0 \(ok\)/);
  await client.write("hello\n");
  await server.stdoutLine(/^hello$/);
  await client.closeStdin();
  assertEquals((await client.status()).code, 0);
});

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
function fresh(folder: string, env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return {
    ...env,
    DENO_DIR: `${folder}/deno`,
    // Deno itself looks for a newer Deno now and then.
    DENO_NO_UPDATE_CHECK: "1",
    NO_PROXY: undefined,
    no_proxy: undefined,
    NPM_CONFIG_REGISTRY: undefined,
  };
}

inFolder("without the registry all but cert works, and nothing waits for it", ours, async (folder) => {
  await using network = silence();
  const env = fresh(folder, network.env);
  await using server = spawnSockeye(["server", "echo", "0", "--once"], { env });
  await using client = spawnSockeye(["client", String(await server.port()), "--send", "hi"], { env });
  assertEquals((await client.status()).stdout, "hi");
  assertEquals((await server.status()).code, 0);
  assert(!server.stderr.includes("Download"), server.stderr);
  assertEquals(network.count(), 0);
});

inFolder("cert can be stopped while the registry does not answer", ours, async (folder) => {
  await using network = silence();
  const env = fresh(folder, network.env);
  await using program = spawnSockeye(["cert", "-o", `${folder}/dev`], { permissions: WRITE, env });
  await network.tried;
  program.signal("SIGINT");
  assertEquals((await program.status()).code, 130);
  assertEquals(await names(folder), []);
});

inFolder("server tls:// can be stopped while the registry does not answer", ours, async (folder) => {
  await using network = silence();
  const permissions = ["--allow-net", "--allow-read"];
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const env = fresh(`${folder}/${signal}`, network.env);
    const before = network.count();
    await using program = spawnSockeye(["server", "echo", "tls://127.0.0.1:0"], { permissions, env });
    assert(await eventually(() => network.count() > before), "it asks the registry");
    program.signal(signal);
    const { code, stderr } = await program.status();
    assertEquals([code, stderr.includes("sockeye:")], [expected, false], stderr);
  }
});

inFolder("server tls:// says that its port is taken before it asks the registry", ours, async (folder) => {
  await using network = silence();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `tls://127.0.0.1:${taken.addr.port}`;
  await using program = spawnSockeye(["server", "echo", address], { env: fresh(folder, network.env) });
  const { code, stderr } = await program.status();
  assertEquals([code, network.count()], [4, 0], stderr);
  assertMatch(stderr, /^sockeye: Cannot listen on tls:\/\/127\.0\.0\.1:\d+: the address is in use; [^\n]+\n$/);
});

inFolder("cert says in one line that the registry is out of reach", ours, async (folder) => {
  const proxy = `http://127.0.0.1:${freePort()}`;
  const env = fresh(folder, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy });
  const { code, stdout, stderr } = await cert(folder, [], { env });
  const own = stderr.split("\n").filter((line) => !line.includes("Download"));
  assertEquals([code, stdout, own.length], [4, "", 2], stderr);
  assertMatch(
    own[0] ?? "",
    /^sockeye: Cannot make a certificate: @peculiar\/x509 does not come from npm: error sending [^\n]+$/,
  );
  assertEquals(await names(folder), []);
});

/** What is in a folder besides Deno's cache. */
async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).filter((name) => name !== "deno");
}

inFolder("cert leaves the source tree as it was: the lock file knows all that it fetches", ours, async (folder) => {
  const before = await Deno.readTextFile(`${ROOT}/lib/deno.lock`);
  assertEquals((await cert(folder, ["-q"])).code, 0);
  assertEquals(await Deno.readTextFile(`${ROOT}/lib/deno.lock`), before);
  for await (const { name } of Deno.readDir(ROOT)) assert(name !== "deno.lock" && name !== "node_modules", name);
});
