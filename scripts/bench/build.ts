/**
 * Compiles the load generator and the yardsticks with the C compiler of this machine.
 *
 * @module
 */

const HERE = new URL("./", import.meta.url).pathname;

/** Programs of a single source file each; the load generator is one program of several files. */
const YARDSTICKS = ["echo_epoll", "echo_udp", "chat_epoll", "http_server"];

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
