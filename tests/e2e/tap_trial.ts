/** How the documented commands of `tap` are tried: between sockeye's own server and client, on free ports. */

import { assertEquals } from "@std/assert";
import { find } from "../capture/read.ts";
import { Folder } from "../fetch/helpers.ts";
import { FILES } from "../support/failing.ts";
import { spawnSockeye } from "../support/harness.ts";

/** A transport of an address: where a server listens, and what its client adds. */
function placeOf(address: string): { readonly listen: string; readonly words: readonly string[] } {
  if (address.startsWith("unix:")) return { listen: "unix:app.sock", words: [] };
  const scheme = /^\w+:\/\//.exec(address)?.[0] ?? "";
  return { listen: `${scheme}127.0.0.1:0`, words: scheme === "tls://" ? ["-k"] : [] };
}

/** What the client says is shown on its way to the target, and on its way back. */
export async function tapped(line: string, port: number): Promise<void> {
  await using folder = await Folder.make();
  const options = { permissions: FILES, cwd: folder.path };
  const [from = "", to = "", ...flags] = line.replace(/^.* tap /, "").split(" ");
  const target = placeOf(to);
  await using server = spawnSockeye(["server", "echo", target.listen], options);
  const [, place = ""] = await server.stderrLine(/^Listening on (\S+)/);
  const listen = from.replace(/\d+$/, String(port));
  await using tap = spawnSockeye(["tap", listen, place, ...flags, ...target.words], options);
  await tap.stderrLine(/^Listening on /);
  const entrance = listen.replace(/(^|\/\/):/, "$1localhost:");
  const client = ["client", entrance, "--send", "hi", "--expect", "hi", ...placeOf(from).words];
  assertEquals((await spawnSockeye(client, options).ends(0)).stdout, "hi");
  await tap.stdoutLine(/^(?:#1 > hi|.*\|hi\|)/);
  await tap.ends(143, "SIGTERM");
  const record = flags[flags.indexOf("--record") + 1];
  if (!flags.includes("--record") || record === undefined) return;
  const { lines } = find(await Deno.readFile(folder.at(record)));
  assertEquals(lines.filter((line) => / [<>] hi$/.test(line)), ["1 > hi", "1 < hi"]);
}
