/**
 * Compiles the load generator and the yardsticks with the machine's own C compiler.
 *
 * @module
 */

const HERE = new URL("./", import.meta.url).pathname;

/** Each becomes a program of the same name; the load generator is one program of many files. */
const YARDSTICKS = ["echo_epoll", "echo_udp", "chat_epoll", "http_server"];

/** Optimised, and refused where the compiler has doubts. */
const FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles everything.
 *
 * @param folder where the programs go
 * @throws {Error} there is no compiler, or it refused; the message has what it said
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
