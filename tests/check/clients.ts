/** Clients that a test plays against a client suite: each connection is one run of the client. */

import type { CheckOptions, Suite } from "../../lib/check/case.ts";
import type { Finding } from "../../lib/check/finding.ts";
import { type ClientTimes, runClientSuite } from "../../lib/check/client/listening.ts";
import { readAll, utf8, writeAll } from "../support/sockets.ts";

/** One run of a client; its connection is closed afterwards. */
export type Client = (conn: Deno.TcpConn, run: number) => Promise<void>;

export interface CheckedOptions {
  readonly options?: Partial<CheckOptions>;
  readonly times?: Partial<ClientTimes>;
  /** How often the client is started. Default: until sockeye listens no more. */
  readonly runs?: number;
  readonly signal?: AbortSignal;
}

/** In-process clients are quick, and so are the tests. */
const TIMES: ClientTimes = { connectMs: 30_000, answerMs: 300, pauseMs: 150, quietMs: 40 };

export interface Checked {
  readonly findings: Readonly<Record<string, Finding>>;
  /** `1 ok, 2 fail`: in the order of the table. */
  readonly verdicts: string;
  readonly notices: readonly string[];
}

/** Runs some cases of a suite against a client that is started in a loop. */
export function checked(suite: Suite, names: string, client: Client, given: CheckedOptions = {}): Promise<Checked> {
  return checkedProgram(suite, names, async (port, run) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      await client(conn, run);
    } finally {
      conn.close();
    }
  }, given);
}

/** The same for a client that connects by itself: a program. */
export async function checkedProgram(
  suite: Suite,
  names: string,
  start: (port: number, run: number) => Promise<unknown>,
  given: CheckedOptions = {},
): Promise<Checked> {
  const { runs = Infinity, signal = new AbortController().signal } = given;
  const cases = suite.cases.filter(({ name }) => names.split(" ").includes(name));
  const options = { say: utf8("hello\n"), encoding: "utf-8", ...given.options };
  const notices: string[] = [];
  let loop: Promise<void> | undefined;
  let over = false;
  const play = async (port: number) => {
    // A client that is broken off ends.
    for (let run = 0; run < runs && !over; run++) await start(port, run).catch(() => {});
  };
  const notice = ({ en }: { en: string }) => {
    notices.push(en);
    const [, port] = /^Listening on tcp:\/\/127\.0\.0\.1:(\d+)/.exec(en) ?? [];
    if (port) loop = play(Number(port));
  };
  const findings: Record<string, Finding> = {};
  const address = { transport: "tcp", host: "127.0.0.1", port: 0 } as const;
  const rules = { options, seed: 1, signal, notice };
  try {
    for await (const { id, finding } of runClientSuite(suite, cases, address, rules, { ...TIMES, ...given.times })) {
      findings[id.slice(suite.name.length + 1)] = finding;
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  over = true;
  await loop;
  const verdicts = Object.entries(findings).map(([name, { verdict }]) => `${name} ${verdict}`).join(", ");
  return { findings, verdicts, notices };
}

/** What one read brings, as text; undefined at the end. */
export async function once(conn: Deno.TcpConn, size = 1024): Promise<string | undefined> {
  const buffer = new Uint8Array(size);
  const count = await conn.read(buffer);
  return count === null ? undefined : new TextDecoder().decode(buffer.subarray(0, count));
}

/** Reads lines as a correct client does: what stands behind a line end is kept. */
export function linesOf(conn: Deno.TcpConn): () => Promise<string | undefined> {
  const decoder = new TextDecoder();
  let kept = "";
  return async () => {
    while (!kept.includes("\n")) {
      const buffer = new Uint8Array(1024);
      const count = await conn.read(buffer);
      if (count === null) return undefined;
      kept += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    const [line = ""] = kept.split("\n", 1);
    kept = kept.slice(line.length + 1);
    return line;
  };
}

/** Says lines, and waits for the line that answers each. */
export function asking(...lines: readonly string[]): Client {
  return async (conn) => {
    const next = linesOf(conn);
    for (const line of lines) {
      await writeAll(conn, `${line}\n`);
      if (await next() === undefined) return;
    }
  };
}

/** Reads to the end of the connection. */
export async function toEnd(conn: Deno.TcpConn): Promise<void> {
  await readAll(conn);
}
