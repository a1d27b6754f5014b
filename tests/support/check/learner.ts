/** Starts the small programs beside this file, and lets `sockeye check` judge them. */

import { ROOT } from "../../../scripts/root.ts";
import type { Verdict } from "../../../lib/check/finding.ts";
import { freePort, type Program, pythonFile, spawnSockeye, type StartOptions, tool } from "../harness.ts";

const FOLDER = `${ROOT}/tests/support/check/`;

/** Milliseconds after which a check has certainly ended: it ends by itself after 75 s, and a client suite may wait longer. */
const CHECK_MS = 300_000;

/** What `check` said about a program. */
export interface Judged {
  /** By the names of the cases. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Why, in English, by the names of the cases. */
  readonly reasons: ReadonlyMap<string, string>;
  /** The exit code. */
  readonly code: number;
  readonly ms: number;
}

/** Starts a program of a file in this folder: `wrong/echo_strips.py`. Its standard input stays open. */
export async function startFile(file: string, port: number | string, more: StartOptions = {}): Promise<Program> {
  const path = `${FOLDER}${file}`;
  const args = [String(port)];
  const options = { stdin: "piped", ...more } as const;
  if (file.endsWith(".py")) return pythonFile(path, args, options);
  if (file.endsWith(".mjs")) return tool("node", [path, ...args], options);
  return tool(await compile(path), args, options);
}

/** Starts a server of a file, and says at which port it listens. */
export async function startServer(
  file: string,
  options: StartOptions = {},
): Promise<{ program: Program; port: number }> {
  const program = await startFile(file, 0, options);
  const [, port] = await program.stdoutLine(/^port (\d+)$/);
  return { program, port: Number(port) };
}

/** Lets `check` judge what is at an address. */
export async function judge(suite: string, address: string | number, args: readonly string[] = []): Promise<Judged> {
  const start = performance.now();
  await using check = spawnSockeye(["check", suite, String(address), "--json", ...args]);
  const { code, stdout, stderr } = await check.status(CHECK_MS);
  const cases = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    .filter(({ event }) => event === "case");
  if (cases.length === 0) throw new Error(`check ${suite} said nothing: ${stderr}`);
  const nameOf = ({ id }: { id: string }) => id.slice(id.lastIndexOf("/") + 1);
  return {
    verdicts: new Map(cases.map((one) => [nameOf(one), one.verdict])),
    reasons: new Map(cases.map((one) => [nameOf(one), one.reason ?? ""])),
    code,
    ms: performance.now() - start,
  };
}

/** Lets `check` judge a program of a file; a client gets a port where `check` will listen. */
export async function judgeFile(suite: string, file: string, args: readonly string[] = []): Promise<Judged> {
  if (suite.startsWith("client/")) {
    const port = freePort();
    await using _ = await startFile(file, port);
    return await judge(suite, port, args);
  }
  const { program, port } = await startServer(file);
  await using _ = program;
  return await judge(suite, suite === "udp" ? `udp://127.0.0.1:${port}` : port, args);
}

const compiled = new Map<string, Promise<string>>();
let folder: string | undefined;
addEventListener("unload", () => folder !== undefined && Deno.removeSync(folder, { recursive: true }));

/** Compiles a C file once, and gives the path of the program. */
function compile(path: string): Promise<string> {
  folder ??= Deno.makeTempDirSync({ prefix: "sockeye-check-" });
  const program = `${folder}/${path.slice(path.lastIndexOf("/") + 1, -2)}`;
  const made = compiled.get(path) ?? tool("cc", ["-O1", "-pthread", "-o", program, path]).ends(0).then(() => program);
  compiled.set(path, made);
  return made;
}
