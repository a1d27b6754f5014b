/**
 * Runs the programs that compiling needs.
 *
 * @module
 */

/** Environment that keeps colours and the runtime's own stack traces out of messages. */
const ENV = { NO_COLOR: "1", RUST_BACKTRACE: "0" };

/** A program failed; the message contains its stderr. */
export class RunError extends Error {
  override name = "RunError";
}

/**
 * Runs a program to its end.
 *
 * @param file the program
 * @param args its arguments
 * @param options its working folder
 * @returns its stdout
 * @throws {RunError} when there is no such program, or its exit code is not 0
 */
export async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  const decoder = new TextDecoder();
  const command = new Deno.Command(file, { args: [...args], ...options, env: ENV, stdin: "null" });
  const { success, code, stdout, stderr } = await command.output().catch((cause) => {
    throw new RunError(`Cannot run ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  });
  if (success) return decoder.decode(stdout);
  const words = [file, ...args].join(" ");
  throw new RunError(`It failed with exit code ${code}: ${words}\n${decoder.decode(stderr).trimEnd()}`);
}
