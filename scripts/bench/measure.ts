/**
 * Reads from `/proc` the processor time and memory of a process and its descendants. Linux only; needs --allow-all.
 *
 * @module
 */

/** Clock ticks per second in `/proc/PID/stat`: user space always sees hundredths, whatever the kernel's own clock. */
const TICKS = 100;

/** Memory of a process and its descendants, in KiB. */
export interface Memory {
  /** Resident memory of the process at the moment, and the memory that its descendants do not share with it. */
  readonly now: number;
  /** Peak of the process's resident memory, and the same for its descendants as in `now`. */
  readonly peak: number;
}

/**
 * Parses the times of a process.
 *
 * @param stat content of `/proc/PID/stat`
 * @returns seconds of processor time in user and kernel mode, including children that have exited
 */
export function parseStat(stat: string): number {
  // The name of the program may contain any characters, even `) (`.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return (user + system + childUser + childSystem) / TICKS;
}

/**
 * Parses a field of `/proc/PID/status`.
 *
 * @param status content of the file
 * @param field name of the field, such as `VmRSS`
 * @returns KiB; 0 if the field is missing, as for a process that has just exited
 */
export function parseStatus(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}

/**
 * Tests whether a table has a listening socket.
 *
 * @param table content of `/proc/net/tcp` or `/proc/net/udp`
 * @param port the local port
 * @param state state of a listening socket in the table: `0A` for TCP, `07` for UDP
 */
export function hasListener(table: string, port: number, state: string): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").some((line) => {
    const [, local = "", , is] = line.trim().split(/\s+/);
    return local.endsWith(`:${hex}`) && is === state;
  });
}

/** Returns the ids of a process and its descendants, its own first. */
export async function treeOf(pid: number): Promise<number[]> {
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).split(" ").filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()];
}

/** Returns the seconds of processor time that a process and its descendants have used. */
export async function processorSeconds(pid: number): Promise<number> {
  const seconds = await Promise.all((await treeOf(pid)).map((one) => one === pid ? ofServer(one) : ofChild(one)));
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** Time of all threads of a process, and of its children that have exited. */
async function ofServer(pid: number): Promise<number> {
  return parseStat(await read(`/proc/${pid}/stat`));
}

/**
 * Time of a child that serves one connection. It is read in nanoseconds where possible: a thousand children that use
 * less than a tick each would seem to cost nothing.
 */
async function ofChild(pid: number): Promise<number> {
  const [nanoseconds = ""] = (await read(`/proc/${pid}/schedstat`)).split(" ");
  return Math.max(Number(nanoseconds) / 1e9, await ofServer(pid));
}

/** Returns the memory of a process and its descendants. */
export async function memoryOf(pid: number): Promise<Memory> {
  const [own = "", ...others] = await Promise.all((await treeOf(pid)).map((one) => read(`/proc/${one}/status`)));
  // RssAnon: pages that a child shares with the parent must count only once.
  const theirs = others.reduce((sum, status) => sum + parseStatus(status, "RssAnon"), 0);
  return { now: parseStatus(own, "VmRSS") + theirs, peak: parseStatus(own, "VmHWM") + theirs };
}

/** Tests whether any process listens on a port. */
export async function isListening(port: number, transport: "tcp" | "udp"): Promise<boolean> {
  const tables = await Promise.all([transport, `${transport}6`].map((name) => read(`/proc/net/${name}`)));
  return tables.some((table) => hasListener(table, port, transport === "tcp" ? "0A" : "07"));
}

/** Reads a file; returns the empty text if it does not exist. */
async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // The process may have exited, or IPv6 may be off.
  }
}
