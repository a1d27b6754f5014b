/**
 * What each command loads. The coverage that Deno writes has one file for each module that ran, so these are the modules of
 * a real run; what those import from Node is read out of their text.
 */

import { assert, assertEquals } from "@std/assert";
import { type SockeyeOptions, spawnSockeye } from "../support/harness.ts";
import type { Program } from "../support/program.ts";

const ROOT = new URL("../../", import.meta.url);

/** Starts a command, lets it be driven, and lists the modules that it loaded, from the root, and what they take from Node. */
async function loadedBy(
  args: readonly string[],
  drive: (program: Program) => Promise<unknown> = () => Promise.resolve(),
  options: SockeyeOptions = {},
): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const permissions = ["--allow-net", "--allow-write", "--allow-read", `--coverage=${folder}`];
    await using program = spawnSockeye(args, { only: permissions, ...options });
    await drive(program);
    const { stderr } = await program.status();
    const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => Deno.readTextFile(`${folder}/${name}`));
    assert(files.length > 0, stderr);
    const modules = files.map((text) => String(JSON.parse(text).url)).filter((url) => url.startsWith(ROOT.href));
    const texts = await Promise.all(modules.map((url) => Deno.readTextFile(new URL(url))));
    const builtins = texts.flatMap((text) => [...text.matchAll(/^import (?!type).* from "(node:.*)";$/gm)]);
    const names = [...modules.map((url) => url.slice(ROOT.href.length)), ...builtins.map(([, name = ""]) => name)];
    return [...new Set(names)].sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Nothing of what was loaded is one of these: paths from the root, folders, modules of Node. */
function lacks(loaded: readonly string[], unwanted: string): void {
  const starts = unwanted.split(" ");
  assertEquals(loaded.filter((name) => starts.some((start) => name.startsWith(start))), []);
}

/** What no server and no client needs while it runs. */
const TEXTS = "lib/cli/help.ts lib/cli/completions lib/cli/manual.ts lib/cli/commands/completions lib/cli/commands/man";

/** TLS and certificates; names and fingerprints are read by the command line. */
const TLS = ["client", "node", "trust", "certificate", "server"].map((name) => `lib/transport/tls/${name}.ts`).join(
  " ",
);

/** What only a recording takes. */
const RECORDING = "lib/capture/ lib/transport/recorded lib/cli/recording.ts";

/** What making certificates, TLS and the line editor take; and the first module of Node brings many more. */
const HEAVY = `${TLS} lib/transport/node_channel lib/cli/editor node:`;

async function stop(program: Program): Promise<void> {
  await program.port();
  program.signal("SIGTERM");
}

Deno.test("--version loads nearly nothing", async () => {
  assertEquals(await loadedBy(["--version"]), [
    "lib/build.ts",
    "lib/bytes.ts",
    "lib/cli/mod.ts",
    "lib/cli/version.ts",
    "lib/errors.ts",
    "lib/language.ts",
    "lib/output/sink.ts",
    "lib/phrase.ts",
    "lib/printable.ts",
    "lib/wait.ts",
    "main.ts",
  ]);
});

Deno.test("a server loads no other command, no other transport, no certificates and no line editor", async () => {
  const loaded = await loadedBy(["server", "echo", "0"], stop);
  assert(loaded.includes("lib/server/serve.ts") && loaded.includes("lib/cli/commands/server.ts"), loaded.join("\n"));
  lacks(loaded, "lib/fetch/ lib/http/ lib/transport/udp lib/transport/unix lib/transport/dial lib/client/exchange");
  lacks(loaded, `lib/cli/commands/client lib/cli/commands/fetch lib/cli/commands/cert ${TEXTS} ${HEAVY} ${RECORDING}`);
});

Deno.test("a server loads the transport that it is asked for", async () => {
  const loaded = await loadedBy(["server", "echo", "udp://:0"], stop);
  assert(loaded.includes("lib/transport/udp.ts"), loaded.join("\n"));
  lacks(loaded, `lib/transport/unix ${TLS} node:tls`);
});

Deno.test("a client loads no server, no mode, no download, no TLS and no line editor", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then((conn) => conn.close());
  const loaded = await loadedBy(["client", String(listener.addr.port), "--send", "hi"]);
  await served;
  assert(loaded.includes("lib/client/exchange.ts"), loaded.join("\n"));
  lacks(
    loaded,
    "lib/fetch/ lib/http/ lib/modes/ lib/server/serve lib/server/peer lib/transport/udp lib/transport/unix",
  );
  lacks(loaded, `lib/cli/commands/server lib/cli/commands/fetch lib/cli/commands/cert ${TEXTS} ${HEAVY} ${RECORDING}`);
});

/** Serves a small page. */
function serveText(text: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(text));
}

Deno.test("a download loads no server, no mode and no line editor", async () => {
  await using web = serveText("hi");
  const loaded = await loadedBy(["fetch", `http://127.0.0.1:${web.addr.port}/`, "-o", "-"]);
  assert(loaded.includes("lib/fetch/download.ts"), loaded.join("\n"));
  lacks(loaded, `lib/modes/ lib/server/serve lib/transport/udp lib/transport/unix ${TLS} node:`);
  lacks(loaded, `lib/cli/commands/server lib/cli/commands/client lib/cli/editor ${TEXTS} ${RECORDING}`);
});

Deno.test("a download to a file loads no transcript, no decoder, and what serves a terminal or a coded body only for these", async () => {
  await using web = serveText("hi");
  const folder = await Deno.makeTempDir();
  try {
    const loaded = await loadedBy(["fetch", `http://127.0.0.1:${web.addr.port}/`, "-o", `${folder}/page`]);
    assertEquals(await Deno.readTextFile(`${folder}/page`), "hi");
    assertEquals(loaded.filter((name) => name.startsWith("lib/text/")), ["lib/text/encodings.ts"]);
    lacks(loaded, "lib/output/traffic_transcript lib/output/renderers lib/output/decoder lib/output/progress");
    lacks(loaded, "lib/http/coding.ts lib/http/inflate lib/http/charset lib/http/to_utf8 lib/fetch/terminal_guard");
    lacks(loaded, `lib/fetch/stream_target ${TLS} node:`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The first `setTimeout` or `setInterval` of a process loads Node's timers: a third of the time of a small download. */
const NO_TIMERS = `data:text/javascript,for (const name of ["setTimeout","setInterval"])
  globalThis[name] = () => { throw new Error("a timer of Node") };`.replaceAll("\n", "");

Deno.test("a download uses no timer that loads those of Node", async () => {
  await using web = serveText("hi");
  const permissions = ["--allow-net", `--preload=${NO_TIMERS}`];
  const { code, stdout, stderr } = await spawnSockeye(
    ["fetch", `http://127.0.0.1:${web.addr.port}/`, "-o", "-"],
    { only: permissions },
  ).status();
  assertEquals([code, stdout], [0, "hi"], stderr);
});
