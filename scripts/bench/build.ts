/**
 * Compiles the load generator and the yardsticks with the C compiler of this machine, and installs what peers need.
 *
 * @module
 */

const HERE = new URL("./", import.meta.url).pathname;

/** Programs of a single source file each; the load generator is one program of several files. */
const YARDSTICKS = ["echo_epoll", "echo_udp", "echo_ws", "chat_epoll", "http_server", "relay"];

/** The usual WebSocket library of Node. */
const WS = "ws@8";

/** Milliseconds after which an installation is given up. */
const INSTALL_MS = 20_000;

/** Compiler flags: optimised, and warnings are errors. */
const FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles all programs.
 *
 * @param folder folder for the programs
 * @throws {Error} there is no compiler, or it failed; the message contains its output
 */
export async function build(folder: string): Promise<void> {
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(`${HERE}load`)) if (name.endsWith(".c")) parts.push(name);
  await Promise.all([
    compile(parts.sort().map((name) => `${HERE}load/${name}`), `${folder}/load`),
    ...YARDSTICKS.map((name) => compile([`${HERE}yardstick/${name}.c`], `${folder}/${name}`)),
  ]);
}

async function compile(sources: readonly string[], output: string): Promise<void> {
  const command = new Deno.Command("cc", { args: [...FLAGS, "-o", output, ...sources], stdin: "null" });
  const result = await command.output().catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) throw new Error("Cannot build the load generator: there is no cc");
    throw error;
  });
  if (!result.success) throw new Error(`Cannot build ${output}: ${new TextDecoder().decode(result.stderr)}`);
}

/**
 * Installs the WebSocket library of Node with npm.
 *
 * @param folder folder for the library; nothing is written elsewhere but npm's cache
 * @returns why it is not installed; undefined if it is
 */
export async function installWs(folder: string): Promise<string | undefined> {
  const args = ["install", "--silent", "--no-audit", "--no-fund", "--fetch-retries=0", "--prefix", folder, WS];
  const signal = AbortSignal.timeout(INSTALL_MS);
  try {
    const { success } = await new Deno.Command("npm", { args, stdin: "null", signal }).output();
    return success ? undefined : `npm cannot install ${WS}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `npm is not there to install ${WS}`;
    throw error;
  }
}
