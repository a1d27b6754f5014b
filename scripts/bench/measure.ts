/**
 * What a process and those that it started cost, from `/proc`. Linux only; Deno reads there only when it is allowed everything.
 *
 * @module
 */

/** Clock ticks a second in `/proc/PID/stat`: the kernel counts in hundredths for programs, whatever its own clock does. */
const TICKS = 100;

/** Memory in KiB. */
export interface Memory {
  /** At the moment: the process itself, and what those that it started have for themselves alone. */
  readonly now: number;
  /** The most that the process itself ever had, and the same of those that it started. */
  readonly peak: number;
}

/**
 * Reads one process's times.
 *
 * @param stat `/proc/PID/stat`
 * @returns seconds of processor time, in the program and in the system, with those of children that have ended
 */
export function parseStat(stat: string): number {
  // The name of the program may hold anything, even `) (`.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return (user + system + childUser + childSystem) / TICKS;
}

/**
 * Reads a field of `/proc/PID/status`.
 *
 * @param status the file
 * @param field such as `VmRSS`
 * @returns KiB; 0 when it is not there, as for a process that has just ended
 */
export function parseStatus(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}

/**
 * Whether somebody listens.
 *
 * @param table `/proc/net/tcp` or `/proc/net/udp`
 * @param port which
 * @param state as the table writes it: `0A` for TCP, `07` for UDP
 */
export function hasListener(table: string, port: number, state: string): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").some((line) => {
    const [, local = "", , is] = line.trim().split(/\s+/);
    return local.endsWith(`:${hex}`) && is === state;
  });
}

/** A process and all that it started, itself first. */
export async function treeOf(pid: number): Promise<number[]> {
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).split(" ").filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()];
}

/** Seconds of processor time that a process and all that it started have used. */
export async function processorSeconds(pid: number): Promise<number> {
  const seconds = await Promise.all((await treeOf(pid)).map((one) => one === pid ? ofMany(one) : ofOne(one)));
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** Of a process with threads, and of its children that have ended. */
async function ofMany(pid: number): Promise<number> {
  return parseStat(await read(`/proc/${pid}/stat`));
}

/** Of a process that serves one connection: a thousand of them, each with less than a tick, would seem to cost nothing. */
async function ofOne(pid: number): Promise<number> {
  const [nanoseconds = ""] = (await read(`/proc/${pid}/schedstat`)).split(" ");
  return Math.max(Number(nanoseconds) / 1e9, await ofMany(pid));
}

/** Memory of a process and all that it started. */
export async function memoryOf(pid: number): Promise<Memory> {
  const [own = "", ...others] = await Promise.all((await treeOf(pid)).map((one) => read(`/proc/${one}/status`)));
  // What is shared with the parent is there only once.
  const theirs = others.reduce((sum, status) => sum + parseStatus(status, "RssAnon"), 0);
  return { now: parseStatus(own, "VmRSS") + theirs, peak: parseStatus(own, "VmHWM") + theirs };
}

/** Whether somebody listens on a port. */
export async function isListening(port: number, transport: "tcp" | "udp"): Promise<boolean> {
  const tables = await Promise.all([transport, `${transport}6`].map((name) => read(`/proc/net/${name}`)));
  return tables.some((table) => hasListener(table, port, transport === "tcp" ? "0A" : "07"));
}

/** Empty when it is gone. */
async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // Processes end when they like, and IPv6 may be off.
  }
}
