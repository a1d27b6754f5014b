/** What a program of a test costs its system. Deno itself reads other processes' folders only with all permissions. */

import { assert } from "@std/assert";
import { eventually, linux, type Program, tool } from "./harness.ts";

export async function descriptors({ pid }: Program): Promise<number> {
  return (await tool("ls", [`/proc/${pid}/fd`]).ends(0)).stdout.trimEnd().split("\n").length;
}

/** File descriptors that a process may have; 0 where `/proc` does not tell of processes. */
export async function mayOpen(): Promise<number> {
  if (!linux) return 0;
  return Number((await tool("sh", ["-c", "ulimit -Hn"]).ends(0)).stdout.replace("unlimited", "Infinity"));
}

/** Memory of a process in megabytes: what it has now, or the most that it ever had. */
export async function megabytes({ pid }: Program, when: "now" | "ever" = "now"): Promise<number> {
  const { stdout } = await tool("cat", [`/proc/${pid}/status`]).ends(0);
  return Number((when === "now" ? /VmRSS:\s+(\d+) kB/ : /VmHWM:\s+(\d+) kB/).exec(stdout)?.[1]) / 1024;
}

/** After its clients have gone a server holds what it held before. */
export async function holdsOnly(server: Program, before: number): Promise<void> {
  const back = await eventually(async () => await descriptors(server) <= before);
  assert(back, `${await descriptors(server)} descriptors, before ${before}`);
}

/** TCP ports over IPv4 at which a process listens. */
export async function ports({ pid }: Program): Promise<number[]> {
  const table = (await tool("cat", [`/proc/${pid}/net/tcp`]).ends(0)).stdout;
  const fields = table.split("\n").map((line) => line.trim().split(/\s+/));
  const { stdout } = await tool("ls", ["-l", `/proc/${pid}/fd`]).ends(0);
  const own = fields.filter(([, , , state, , , , , , inode]) => state === "0A" && stdout.includes(`socket:[${inode}]`));
  return own.map(([, local = ""]) => parseInt(local.slice(local.indexOf(":") + 1), 16));
}
