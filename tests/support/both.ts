/** What every foreign program must get right with sockeye: streams whose senders end them, words, and a chat. */

import { assertEquals } from "@std/assert";
import { Chatter } from "./chatter.ts";
import { freePort, type Program, spawnSockeye } from "./harness.ts";

/** 1 MiB of all byte values, in an order that shows what is lost, doubled or swapped. */
export const STREAM: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 20).map((_, i) => (i * 31 + (i >> 8)) & 0xff);

const ANSWER = STREAM.toReversed();

/** Where sockeye serves, or what it dials, when that is not a TCP port. */
export interface Place {
  readonly args: readonly string[];
  /** What `deno run` grants. */
  readonly permissions?: readonly string[];
}

/** A foreign client, started for a port, sends its stdin to `server echo`, ends its half, and prints what comes back. */
export async function asClient(
  start: (port: number, stdin: { content: Uint8Array }) => Program,
  { args, ...options }: Place = { args: ["0"] },
): Promise<void> {
  await using server = spawnSockeye(["server", "echo", ...args, "-v"], options);
  const [, port] = await server.stderrLine(/^Listening on \S+?(\d*)(?: |$)/);
  await using client = start(Number(port), { content: STREAM });
  assertSame((await client.ends(0)).bytes, STREAM);
  await server.stderrLine(/^#1 .* has finished sending$/);
  await server.stderrLine(/^#1 .* left: closed by the peer; 1 MiB in, 1 MiB out/);
}

/** `client` sends the stream to a foreign server on a port, which prints it and sends its stdin; both end their halves. */
export async function asServer(
  start: (port: number, stdin: { content: Uint8Array }) => Program,
  dial: (port: number) => Place = (port) => ({ args: [String(port)] }),
): Promise<void> {
  const port = freePort();
  await using server = start(port, { content: ANSWER });
  const { args, ...options } = dial(port);
  const stdin = { content: STREAM };
  await using client = spawnSockeye(["client", ...args, "--retry", "100"], { ...options, stdin });
  const [mine, its] = await Promise.all([client.ends(0), server.ends(0)]);
  assertSame(mine.bytes, ANSWER);
  assertSame(its.bytes, STREAM);
}

/** A foreign client joins `server chat`, prints what another one says, answers with its line end, and leaves. */
export async function chatsWith(start: (port: number) => Program, eol: "\n" | "\r\n" = "\n"): Promise<void> {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = await server.port();
  await using other = await Chatter.join(port);
  await using client = start(port);
  await client.stdoutLine(/^\*\*\* You are user2; 1 other is here\. /);
  await other.say("在吗？");
  await client.stdoutLine(/^<user1> 在吗？$/);
  await client.write("在。\n");
  await other.hears(/^<user2> 在。$/);
  await other.say("再见");
  await client.stdoutText(new RegExp(`\n<user1> 再见${eol}$`));
  await client.write("再见！\n");
  await client.closeStdin();
  await other.hears(/^\*\*\* user2 left$/);
  assertEquals(other.heard.slice(1), ["*** user2 joined", "<user2> 在。", "<user2> 再见！", "*** user2 left"]);
  await client.ends(0);
}

/** Two programs ask and answer, line by line. */
export async function exchangeWords(client: Program, server: Program): Promise<void> {
  for (const text of ["one", "第二个"]) {
    await client.write(`${text}?\n`);
    await server.stdoutLine(new RegExp(`^${text}\\?$`));
    await server.write(`${text}!\n`);
    await client.stdoutLine(new RegExp(`^${text}!$`));
  }
}

/** Compares a megabyte without printing it. */
export function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  const differs = expected.findIndex((byte, i) => actual[i] !== byte);
  assertEquals({ length: actual.length, differs }, { length: expected.length, differs: -1 });
}
