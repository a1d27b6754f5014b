/** How the documented commands of `replay` are tried: each side against the other one, on free ports. */

import { Folder } from "../fetch/helpers.ts";
import { type Step, writeRecording } from "../capture/recorded_file.ts";
import { FILES } from "../support/failing.ts";
import { spawnSockeye } from "../support/harness.ts";
import { shell } from "./trials.ts";

/** The answer begins as the question does, for `--copy`, and is not too long for a sender of datagrams. */
const TALK: readonly Step[] = [["up", "it asks"], ["down", "it has\nDate: now"]];

/** The client and the server of a recording agree on what was said. */
export async function replayed(line: string, free: number): Promise<void> {
  await using folder = await Folder.make();
  const options = { permissions: FILES, cwd: folder.path };
  const [, name = "", side = "", scheme = ""] = /replay (\S+) --(to|listen) ([a-z]+:\/\/)?/.exec(line) ?? [];
  await writeRecording(folder.at(name), [TALK, TALK], { connectionless: scheme === "udp://" });
  const insecure = scheme === "tls://" ? ["-k"] : [];
  const here = (port: number) => line.replace(/(?<=[ :])\d{4}\b/, String(port));
  if (side === "listen") {
    await using server = shell(here(free), free, options);
    await server.stderrLine(/^Listening on /);
    await spawnSockeye(["replay", name, "--to", `${scheme}127.0.0.1:${free}`], options).ends(0);
    await server.ends(143, "SIGTERM");
  } else {
    await using server = spawnSockeye(["replay", name, "--listen", `${scheme}127.0.0.1:0`], options);
    const port = await server.port();
    await shell([here(port), ...insecure].join(" "), port, options).ends(0);
  }
}
