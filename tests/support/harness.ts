/**
 * Starts the real program, and the programs that play the other side. `SOCKEYE_COMMAND` puts another command before the
 * words, such as a compiled program, and the same tests run against that.
 */

import { resolve } from "node:path";
import { ROOT } from "../../scripts/root.ts";
import { Program, type StartOptions } from "./program.ts";

export type { Ending, Program, StartOptions } from "./program.ts";

const MAIN = `${ROOT}/main.ts`;
const PEERS = `${ROOT}/tests/support/peers/`;

const SOURCE = [Deno.execPath(), "run", "--allow-net", MAIN];

/** What is tested, by words. */
const TESTED = Deno.env.get("SOCKEYE_COMMAND")?.split(/\s+/).filter((word) => word !== "").map(fromHere) ?? SOURCE;

/** Tests run it in other folders: `dist/sockeye` and `./main.ts` must be those of the folder where they were started. */
function fromHere(word: string, index: number): string {
  return word.startsWith("./") || (index === 0 && word.includes("/")) ? resolve(word) : word;
}

/** A compiled sockeye, for what only such a one can show: what `SOCKEYE_BINARY` names, or the one that is tested anyway. */
export const compiled: string | undefined = Deno.env.get("SOCKEYE_BINARY") ??
  (TESTED.includes("run") ? undefined : TESTED[0]);

export interface SockeyeOptions extends StartOptions {
  /** What `deno run` grants; default only `--allow-net`. A compiled program keeps what it was compiled with. */
  readonly permissions?: readonly string[];
  /** The same for a test of permissions, which runs from source even if `SOCKEYE_COMMAND` names a compiled program. */
  readonly only?: readonly string[];
}

export function sockeyeCommand(args: readonly string[], options: SockeyeOptions = {}): string[] {
  const { only } = options;
  const prefix = only && !TESTED.includes("run") ? SOURCE : TESTED;
  const granted = only ?? options.permissions;
  if (granted === undefined || !prefix.includes("run")) return [...prefix, ...args];
  const bare = prefix.filter((word) => !word.startsWith("--allow-"));
  return [...bare.toSpliced(bare.indexOf("run") + 1, 0, ...granted), ...args];
}

export function spawnSockeye(args: readonly string[], options: SockeyeOptions = {}): Program {
  return new Program(sockeyeCommand(args, options), options);
}

/** For `via`: megabytes of transcript are made, but not kept by the test. */
export const UNSEEN = `exec "$@" >/dev/null`;

/** For `via`: stdout is a pipe in the current folder whose reader is the program itself, which stays and does not read. */
export const UNREAD = `mkfifo pipe && exec "$@" 1<>pipe`;

export function tool(name: string, args: readonly string[], options: StartOptions = {}): Program {
  return new Program([name, ...args], options);
}

/** A script of `peers/`. */
export function python(script: string, args: readonly (string | number)[], options: StartOptions = {}): Program {
  return pythonFile(`${PEERS}${script}.py`, args.map(String), options);
}

export function pythonFile(path: string, args: readonly string[], options: StartOptions = {}): Program {
  const env = { PYTHONUTF8: "1", PYTHONDONTWRITEBYTECODE: "1", ...options.env };
  interpreter ??= findPython();
  return tool(interpreter, ["-u", path, ...args], { ...options, env });
}

export function has(name: string): boolean {
  return pathOf(name) !== undefined;
}

/** Where a program is installed, if it is. */
export function pathOf(name: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${name}`).find((file) => {
    try {
      return Deno.statSync(file).isFile;
    } catch {
      return false;
    }
  });
}

/** The interpreter itself: a version manager's stand-in costs a tenth of a second each time. */
let interpreter: string | undefined;

function findPython(): string {
  const { stdout } = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] }).outputSync();
  return new TextDecoder().decode(stdout).trim() || "python3";
}

/** A test that needs programs which not every machine has, or an operating system. */
export function needs(names: readonly string[], fits = true): { ignore: boolean } {
  return { ignore: !fits || !names.every(has) };
}

/** Whether `/proc` tells about processes. */
export const linux: boolean = Deno.build.os === "linux";

/** Whether the machine speaks IPv6 with itself; some containers do not. */
export const hasIpv6: boolean = (() => {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
})();

/** Ports that were handed out, each with a folder that says so to tests that run at the same time. */
const claimed: string[] = [];
addEventListener("unload", () => claimed.forEach((path) => Deno.removeSync(path)));

/**
 * A port that was free a moment ago, for programs that cannot say which one they got. It is none of those that the system
 * gives to whoever asks for any (32768 and up), and nobody else is handed it in this run: other tests ask at the same time.
 */
export function freePort(): number {
  while (true) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const claim = `${Deno.env.get("TMPDIR") ?? "/tmp"}/sockeye-port-${port}`;
    try {
      Deno.mkdirSync(claim);
      claimed.push(claim);
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Runs something on such a port, and once more on another one where somebody was faster. */
export async function onFreePort(run: (port: number) => Promise<void> | undefined): Promise<void> {
  try {
    await run(freePort());
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    await run(freePort());
  }
}

/** Asks again and again until the answer is yes, for what no event announces; false when it never is. */
export async function eventually(holds: () => boolean | Promise<boolean>, patience = 60_000): Promise<boolean> {
  for (const start = performance.now(); performance.now() - start < patience;) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return await holds();
}

/** Waits until a figure has not changed for half a second: no event tells that nobody takes any more. */
export async function standsStill(figure: () => number): Promise<void> {
  let [last, since] = [-1, 0];
  const still = await eventually(() => {
    if (figure() !== last) [last, since] = [figure(), performance.now()];
    return performance.now() - since > 500;
  });
  if (!still) throw new Error(`It goes on and on: ${figure()} so far`);
}
