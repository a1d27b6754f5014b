/** Suites that are run with what a command line may say, and servers that answer lines. */

import { assert } from "@std/assert";
import type { CheckOptions, Suite } from "../../lib/check/case.ts";
import type { Finding } from "../../lib/check/finding.ts";
import { utf8, writeAll } from "../support/sockets.ts";
import { findingOf } from "./one_case.ts";
import { check, type Handler, OPTIONS, type Report, type Server } from "./servers.ts";

/** Milliseconds after which an answer is missing. */
const ANSWER_MS = 1_000;

/** Runs the cases with these names, or all. */
export async function checkWith(
  suite: Suite,
  { address }: Pick<Server, "address">,
  options: Partial<CheckOptions>,
  names?: readonly string[],
): Promise<Report> {
  const cases = suite.cases.filter(({ name }) => !names || names.includes(name));
  return await check(suite, address, cases, { options: { ...OPTIONS, ...options } });
}

/** What single cases find out about a server, all at the same time; nothing builds on another case. */
export async function findings(
  suite: Suite,
  { address }: Pick<Server, "address">,
  options: Partial<CheckOptions>,
  names: readonly string[],
): Promise<Record<string, Finding>> {
  const found = names.map(async (name): Promise<[string, Finding]> => {
    const one = suite.cases.find((one) => one.name === name);
    assert(one, name);
    return [name, await findingOf(one, address, ANSWER_MS, { ...OPTIONS, ...options })];
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
