/** What the tests of whole commands share: a command that runs in this process, and the peer of its connections. */

import { main } from "../../lib/cli/mod.ts";
import { readAll as readBytes, textOf } from "../support/sockets.ts";
import { FakeSystem, type SystemOptions, within } from "./helpers.ts";

/** Commands revoke permissions of their process: this has the runner give them back after each test. */
export function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: { net: true, read: true, write: true }, fn });
}

export function start(args: readonly string[], options?: SystemOptions) {
  const system = new FakeSystem(options);
  return { system, code: within(main(args, system), () => JSON.stringify(system.log)) };
}

/** What a command prints that needs nobody else, and its exit code. */
export async function printed(...args: string[]) {
  const { system, code } = start(args);
  system.stdin.end();
  return { code: await code, stdout: system.stdout.text, stderr: system.stderr.text };
}

/** Everything that a peer says until it ends. */
export async function readAll(conn: Deno.Conn): Promise<string> {
  return textOf(await readBytes(conn));
}

export async function readOnce(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(1024);
  return textOf(buffer.subarray(0, await conn.read(buffer) ?? 0));
}
