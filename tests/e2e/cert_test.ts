/** `sockeye cert` and what others make of its files. What it says is in `tests/cli/cert_test.ts`. */

import { assertEquals, assertMatch } from "@std/assert";
import { type Folder, inFolder } from "../fetch/helpers.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { openssl } from "../support/certificates.ts";
import { fails, FILES } from "../support/failing.ts";
import { freePort, needs, type SockeyeOptions, spawnSockeye, tool } from "../support/harness.ts";

async function cert({ path }: Folder, args: readonly string[] = [], options: SockeyeOptions = {}) {
  await using program = spawnSockeye(["cert", ...args], { permissions: ["--allow-write"], cwd: path, ...options });
  return await program.status();
}

async function modeOf(path: string): Promise<string> {
  const { mode } = await Deno.stat(path);
  return ((mode ?? 0) & 0o777).toString(8);
}

const OLD = { "sockeye-ca.crt": "old authority", "sockeye.crt": "old certificate", "sockeye.key": "old key" };

async function putOld(folder: Folder): Promise<void> {
  for (const [name, text] of Object.entries(OLD)) await Deno.chmod(await folder.put(name, text), 0o666);
}

const unix = { ignore: Deno.build.os === "windows" };

inFolder("cert needs only --allow-write; the key is for its owner alone", async (folder) => {
  const { code, stdout, stderr } = await cert(folder, [], { only: ["--allow-write"], via: 'umask 0; exec "$@"' });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^sockeye\.crt\nsockeye\.key\nsockeye-ca\.crt\nsha256:[0-9a-f]{64}\n$/);
  const names = await folder.names();
  const modes = await Promise.all(names.map(async (name) => `${name} ${await modeOf(folder.at(name))}`));
  assertEquals(modes, ["sockeye-ca.crt 644", "sockeye.crt 644", "sockeye.key 600"]);
}, unix);

inFolder("cert --force leaves nothing beside a new pair, and its key is secret in any case", async (folder) => {
  await putOld(folder);
  await fails("cert", 9, ['"sockeye.crt": it exists; --force replaces it'], { cwd: folder.path });
  assertEquals(await folder.files(), OLD);
  for (const _again of [1, 2]) {
    const { code, stderr } = await cert(folder, ["--force"], { permissions: FILES });
    assertEquals(code, 0, stderr);
    const files = await folder.files();
    assertEquals(Object.keys(files), Object.keys(OLD));
    for (const text of Object.values(files)) assertMatch(text ?? "", /^-----BEGIN [^]*\n-----END [A-Z ]+-----\n\n?$/);
    assertEquals(await modeOf(folder.at("sockeye.key")), "600");
  }
}, unix);

const mounts = { ignore: !hasSmallDisk };

inFolder("cert --force leaves every file whole and names the one that cannot be replaced", async (folder) => {
  await putOld(folder);
  await Deno.mkdir(folder.at("aside"));
  await folder.put("aside/busy", "busy");
  // A file where another one is mounted can be written and not be replaced.
  const via = `exec unshare -rm sh -c 'mount --bind aside/busy sockeye-ca.crt && exec "$@"' sh "$@"`;
  const words = [/^sockeye: Cannot write "sockeye-ca\.crt": [^\n]+\n$/];
  await fails("cert --force", 9, words, { permissions: FILES, via, cwd: folder.path });
  await Deno.remove(folder.at("aside"), { recursive: true });
  const { "sockeye-ca.crt": authority, ...others } = await folder.files();
  assertEquals([authority, Object.keys(others)], ["old authority", ["sockeye.crt", "sockeye.key"]]);
  for (const text of Object.values(others)) assertMatch(text ?? "", /^-----BEGIN [^]*\n-----END [A-Z ]+-----\n\n?$/);
}, mounts);

inFolder("cert --force writes over what a killed run has left", async (folder) => {
  await putOld(folder);
  await Deno.writeTextFile(folder.at("sockeye.key.new"), "half", { mode: 0o666 });
  const { code, stderr } = await cert(folder, ["--force"], { permissions: FILES });
  assertEquals([code, Object.keys(await folder.files())], [0, Object.keys(OLD)], stderr);
  assertEquals(await modeOf(folder.at("sockeye.key")), "600");
}, unix);

inFolder("cert follows no link, and --force replaces it", async (folder) => {
  await folder.put("victim", "mine");
  for (const name of ["sockeye.key", "sockeye.crt.new"]) await Deno.symlink("victim", folder.at(name));
  await fails("cert", 9, ['"sockeye.key": it exists; --force replaces it'], { cwd: folder.path });
  const { code, stderr } = await cert(folder, ["--force"], { permissions: FILES });
  const links = await Array.fromAsync(Deno.readDir(folder.path), ({ isSymlink }) => isSymlink);
  assertEquals([code, await folder.get("victim"), links], [0, "mine", [false, false, false, false]], stderr);
}, unix);

inFolder("cert --force keeps all old files when the disk is full", async (folder) => {
  await Deno.mkdir(folder.at("small"));
  const via = `exec unshare -rm sh -c '
    mount -t tmpfs -o size=16k sockeye small && cd small || exit 99
    for name in sockeye-ca.crt sockeye.crt sockeye.key; do echo "old" > $name; done
    head -c 16384 /dev/zero > filler 2>/dev/null
    "$@" && exit 98
    ls && cat sockeye*' sh "$@"`;
  const { stdout, stderr } = await cert(folder, ["--force"], { permissions: FILES, via });
  assertMatch(stderr, /^sockeye: Cannot write "sockeye[^"]*": No space left on device\n$/);
  assertEquals(stdout, "filler\nsockeye-ca.crt\nsockeye.crt\nsockeye.key\nold\nold\nold\n");
}, mounts);

inFolder("openssl verifies what cert made for its names", async (folder) => {
  const { stdout } = await cert(folder, ["-o", "dev", "chat.example", "*.chat.example", "10.1.2.3"]);
  const verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "dev-ca.crt"];
  await openssl(folder.path, ...verify, "-verify_hostname", "chat.example", "dev.crt");
  await openssl(folder.path, ...verify, "-verify_hostname", "room.chat.example", "dev.crt");
  await openssl(folder.path, ...verify, "-verify_ip", "10.1.2.3", "dev.crt");
  const told = await openssl(folder.path, "x509", "-in", "dev.crt", "-noout", "-fingerprint", "-sha256");
  const fingerprint = told.trim().split("=")[1]?.replaceAll(":", "").toLowerCase();
  assertEquals(stdout.trimEnd().split("\n").at(-1), `sha256:${fingerprint}`);
}, needs(["openssl"]));

inFolder("openssl serves with the pair, and its client trusts the authority", async (folder) => {
  assertEquals((await cert(folder)).code, 0);
  const address = `127.0.0.1:${freePort()}`;
  const pair = ["-cert", "sockeye.crt", "-key", "sockeye.key"];
  const options = { cwd: folder.path, stdin: "piped" } as const;
  await using server = tool("openssl", ["s_server", "-accept", address, ...pair, "-naccept", "1"], options);
  await server.stdoutLine(/^ACCEPT/);
  const trust = ["-CAfile", "sockeye-ca.crt", "-verify_return_error", "-verify_hostname", "localhost"];
  await using client = tool("openssl", ["s_client", "-connect", address, ...trust], options);
  await client.stdoutText(/Verify return code: 0 \(ok\)/);
  await client.write("hello\n");
  await server.stdoutLine(/^hello$/);
  await client.closeStdin();
  await client.ends(0);
}, needs(["openssl"]));
