/** Suites that are run with what a command line may say, and servers that answer lines. */

import { type Handler, OPTIONS, type Report, type Server } from "./servers.ts";
import type { CaseContext, CheckOptions, Suite } from "../../lib/check/case.ts";
import { Conversation } from "../../lib/check/conversation.ts";
import type { Finding } from "../../lib/check/finding.ts";
import { randomOf } from "../../lib/random.ts";
import { dial } from "../../lib/transport/dial.ts";
import { type CaseResult, runSuite } from "../../lib/check/run.ts";
import { utf8, writeAll } from "../support/sockets.ts";
import { assert } from "@std/assert";

/** Runs the cases with these names, or all. */
export async function checkWith(
  suite: Suite,
  { address }: Pick<Server, "address">,
  options: Partial<CheckOptions>,
  names?: readonly string[],
): Promise<Report> {
  const start = performance.now();
  const cases = suite.cases.filter(({ name }) => !names || names.includes(name));
  const { signal } = new AbortController();
  const running = runSuite(suite, cases, address, { options: { ...OPTIONS, ...options }, seed: 1, signal });
  const results: CaseResult[] = [];
  let next;
  while (!(next = await running.next()).done) results.push(next.value);
  const verdicts = Object.fromEntries(results.map(({ id, finding }) => [id.split("/").at(-1), finding.verdict]));
  const of = (name: string) => {
    const found = results.find(({ id }) => id.endsWith(`/${name}`));
    assert(found, name);
    return found;
  };
  return { results, kind: next.value, verdicts, ms: performance.now() - start, of };
}

/** Time that is short, so that tests are; an answer that comes at all comes sooner. */
const SHORT = { answerMs: 1_500, pauseMs: 25, quietMs: 100 } as const;

/** What single cases find out about a server, without the engine: nothing builds on another case. */
export async function findings(
  suite: Suite,
  { address }: Pick<Server, "address">,
  options: Partial<CheckOptions>,
  names: readonly string[],
): Promise<Record<string, Finding>> {
  const { signal } = new AbortController();
  const found = names.map(async (name): Promise<[string, Finding]> => {
    await using actors = new AsyncDisposableStack();
    const context: CaseContext = {
      ...OPTIONS,
      ...options,
      ...SHORT,
      kind: "parallel",
      atOnce: 20,
      random: randomOf(name),
      signal,
      connect: async () => actors.use(new Conversation(await dial(address, { resets: true }))),
    };
    const one = suite.cases.find((one) => one.name === name);
    assert(one, name);
    return [name, await one.run(context)];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Their verdicts, but for those that are ok. */
export async function verdicts(...args: Parameters<typeof findings>): Promise<Record<string, string>> {
  const found = Object.entries(await findings(...args));
  return Object.fromEntries(
    found.filter(([, { verdict }]) => verdict !== "ok").map(([name, { verdict }]) => [name, verdict]),
  );
}

/** What each read brings, as text. */
export async function* reads(conn: Deno.Conn): AsyncGenerator<string> {
  const buffer = new Uint8Array(65536);
  const decoder = new TextDecoder();
  for (let count; (count = await conn.read(buffer)) !== null;) {
    yield decoder.decode(buffer.slice(0, count), { stream: true });
  }
}

/** Answers each line when it is complete; undefined ends the connection after what was answered. */
export function lines(answer: (line: string, count: number) => string | undefined, greeting = ""): Handler {
  return async (conn) => {
    await writeAll(conn, greeting);
    let held = "";
    let count = 0;
    for await (const part of reads(conn)) {
      const all = (held + part).split("\n");
      held = all.pop()!;
      for (const line of all) {
        const said = answer(line, ++count);
        if (said === undefined) return;
        await writeAll(conn, said);
      }
    }
  };
}

/** Answers each read as if it were a message. */
export function perRead(answer: (part: string) => string): Handler {
  return async (conn) => {
    for await (const part of reads(conn)) await writeAll(conn, answer(part));
  };
}

/** Messages, each a line. */
export function said(...texts: string[]): Uint8Array[] {
  return texts.map((text) => utf8(`${text}\n`));
}
