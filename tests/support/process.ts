/** What a program of a test costs its system. Deno itself reads other processes' folders only with all permissions. */

import { assert } from "@std/assert";
import { eventually, type Program, tool } from "./harness.ts";

/** Open file descriptors of a process. */
export async function descriptors({ pid }: Program): Promise<number> {
  await using list = tool("ls", [`/proc/${pid}/fd`]);
  return (await list.status()).stdout.trimEnd().split("\n").length;
}

/** Memory of a process in megabytes: what it has now, or the most that it ever had. */
export async function megabytes({ pid }: Program, when: "now" | "ever" = "now"): Promise<number> {
  await using status = tool("cat", [`/proc/${pid}/status`]);
  const line = when === "now" ? /VmRSS:\s+(\d+) kB/ : /VmHWM:\s+(\d+) kB/;
  return Number(line.exec((await status.status()).stdout)?.[1]) / 1024;
}

/** After its clients have gone a server holds what it held before. */
export async function holdsOnly(server: Program, before: number): Promise<void> {
  const back = await eventually(async () => await descriptors(server) <= before);
  assert(back, `${await descriptors(server)} descriptors, before ${before}`);
}

/** TCP ports over IPv4 at which a process listens. */
export async function ports({ pid }: Program): Promise<number[]> {
  await using table = tool("cat", [`/proc/${pid}/net/tcp`]);
  const fields = (await table.status()).stdout.split("\n").map((line) => line.trim().split(/\s+/));
  await using list = tool("ls", ["-l", `/proc/${pid}/fd`]);
  const { stdout } = await list.status();
  const own = fields.filter(([, , , state, , , , , , inode]) => state === "0A" && stdout.includes(`socket:[${inode}]`));
  return own.map(([, local = ""]) => parseInt(local.slice(local.indexOf(":") + 1), 16));
}
