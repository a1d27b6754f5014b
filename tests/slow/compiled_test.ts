/**
 * What only the compiled program can show: it is copied alone into an empty folder and used there. `SOCKEYE_BINARY`
 * or `SOCKEYE_COMMAND` names it.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Folder, inFolder } from "../fetch/helpers.ts";
import { compiled, eventually, has, linux, needs } from "../support/harness.ts";
import { Program, type StartOptions } from "../support/program.ts";
import { connect, readAll, writeAll } from "../support/sockets.ts";
import { Terminal } from "../support/terminal.ts";

function start(folder: Folder, args: readonly string[], options: StartOptions = {}): Program {
  return new Program([folder.at("sockeye"), ...args], { cwd: folder.path, ...options });
}

/** A test with the program, by name ignored where there is none. */
function test(name: string, programs: readonly string[], play: (alone: Folder) => Promise<void>, fits = true): void {
  const usable = fits && compiled !== undefined && (linux || programs.length === 0);
  inFolder(`compiled: ${name}`, async (alone) => {
    await Deno.chmod(alone.path, 0o755); // Another user may enter.
    await Deno.copyFile(compiled ?? "", alone.at("sockeye"));
    await play(alone);
  }, needs(programs, usable));
}

/** One client says something, and what it hears until the end. */
async function talk(server: Program, words: string, answer: string): Promise<void> {
  using client = await connect(await server.port());
  await writeAll(client, words);
  await client.closeWrite();
  assertStringIncludes(new TextDecoder().decode(await readAll(client)), answer);
}

test("the language is that of the system, or that of --lang", [], async (alone) => {
  const line = ["client", "localhost:0"];
  const says = async (args: readonly string[], language: string) =>
    (await start(alone, args, { env: { LC_ALL: language } }).ends(2)).stderr;
  assertMatch(await says(line, "zh_CN.UTF-8"), /^sockeye: 无法连接 /);
  assertMatch(await says([...line, "--lang", "zh"], "en_US.UTF-8"), /^sockeye: 无法连接 /);
  assertMatch(await says([...line, "--lang", "en"], "zh_CN.UTF-8"), /^sockeye: Cannot connect /);
});

test("--version tells version, commit and the Deno inside", [], async (alone) => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const { stdout } = await start(alone, ["--version"]).ends(0);
  assertMatch(stdout, /^sockeye \S+ \(([0-9a-f]{7,}\+?, )?Deno \d+\.\d+\.\d+\)\n$/);
  assertEquals(stdout.split(" ")[1], version);
});

/** System calls that open files, make or remove them, or start programs. */
const CALLS =
  "open,openat,openat2,creat,truncate,memfd_create,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat," +
  "link,linkat,symlink,symlinkat,chmod,fchmodat,clone,clone3,fork,vfork,execve,execveat";

/** Of these, the ones that write or start something; threads are no programs. */
function deeds(trace: string): string[] {
  return trace.split("\n").filter((line) =>
    /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|\b(creat|truncate|memfd|rename|unlink|mkdir|link|symlink|chmod|fork|vfork|exec)/
      .test(line) || (/\bclone3?\(/.test(line) && !line.includes("CLONE_THREAD"))
  );
}

/** Servers, what one says to them, and what they say. */
const SERVERS = [
  { args: ["echo", "0"], says: "hi", hears: "hi" },
  { args: ["reply", "0", "--text", "got {data}"], says: "hi", hears: "got hi" },
  { args: ["chat", "0"], says: "/me waves\n/quit\n", hears: "*** You are user1" },
  { args: ["discard", "0"], says: "hi", hears: "" },
] as const;

for (const { args, says, hears } of SERVERS) {
  test(`server ${args.join(" ")} opens no file for writing and starts no program`, ["strace", "sh"], async (alone) => {
    const via = `exec strace -D -f -q -o trace -e trace=${CALLS} "$@"`;
    await using server = start(alone, ["server", ...args], { via });
    await talk(server, says, hears);
    await server.stderrLine(/^#1 .* left/);
    await server.ends(143, "SIGTERM");
    assert(await eventually(async () => /exited with 143 \+\+\+\n$/.test(await alone.get("trace") ?? "")));
    const [first = "", ...rest] = (await alone.get("trace") ?? "").split("\n");
    assertMatch(first, /execve\("[^"]*sockeye"/);
    assert(rest.some((line) => /openat\(.*O_RDONLY/.test(line)), "the trace has nothing to look at");
    assertEquals(deeds(rest.join("\n")), []);
  });
}

test("a file that is saved would be seen in such a trace", ["strace", "sh"], async (alone) => {
  await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("hi"));
  const via = `exec strace -f -q -o trace -e trace=${CALLS} "$@"`;
  const url = `http://127.0.0.1:${web.addr.port}/`;
  await start(alone, ["fetch", "-q", url, "-o", "page"], { via }).ends(0);
  assertMatch(deeds(await alone.get("trace") ?? "").join("\n"), /openat\([^\n]*page\.part[^\n]*O_CREAT[^]*rename/);
});

test("it leaves nothing in the home, the temporary and the current folder", [], async (alone) => {
  await Deno.mkdir(alone.at("empty"));
  const env = { HOME: alone.at("empty"), TMPDIR: alone.at("empty"), XDG_CACHE_HOME: alone.at("empty") };
  for (let run = 0; run < 2; run++) {
    await start(alone, ["--help"], { env }).ends(0);
    await using server = start(alone, ["server", "echo", "tls://127.0.0.1:0"], { env });
    await server.port();
    await server.ends(143, "SIGTERM");
  }
  assertEquals(await alone.names(), ["empty", "sockeye"]);
  assertEquals(await Array.fromAsync(Deno.readDir(alone.at("empty"))), []);
});

test("certificates are made without a network", ["unshare", "sh"], async (alone) => {
  await start(alone, ["cert", "localhost"], { via: `exec unshare -n "$@"` }).ends(0);
  assertEquals((await alone.names()).length, 4);
}, isRoot());

test("another user runs it, with no home and no shell", ["setpriv", "sh"], async (alone) => {
  const via = `exec setpriv --reuid=65534 --regid=65534 --clear-groups env -i "$@"`;
  await using server = start(alone, ["server", "echo", "0"], { via });
  await talk(server, "hi", "hi");
  const { stderr } = await start(alone, ["cert", "localhost"], { via }).ends(9);
  assertMatch(stderr, /^sockeye: Cannot write "sockeye\.crt": Permission denied[^\n]*\n$/);
}, isRoot());

test("it asks nobody for a permission at a terminal", ["tmux", "sh"], async (alone) => {
  const page = new Uint8Array(10);
  await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(page));
  const url = `http://127.0.0.1:${web.addr.port}/`;
  await using terminal = await Terminal.open([alone.at("sockeye"), "fetch", "-q", url, "-o", "/dev/full"]);
  const text = (await terminal.ended(13)).join(" ");
  assertMatch(text, /sockeye: Cannot write "\/dev\/full": files below \/dev, \/proc and \/sys are not/);
});

function isRoot(): boolean {
  return has("id") && new TextDecoder().decode(new Deno.Command("id", { args: ["-u"] }).outputSync().stdout) === "0\n";
}
