/** Small servers to be checked: how they take clients, and what they do with one. */

import { assert } from "@std/assert";
import type { Case, CheckOptions, ProgramKind, Suite } from "../../lib/check/case.ts";
import { type CaseResult, type RunRules, runSuite } from "../../lib/check/run.ts";
import type { Address } from "../../lib/transport/address.ts";
import { utf8, writeAll } from "../support/sockets.ts";

/** Serves one client. What it throws, for the client may go at any time, is its own affair. */
export type Handler = (conn: Deno.TcpConn, server: Server) => Promise<void>;

export interface Server extends AsyncDisposable {
  readonly address: Address;
  readonly port: number;
  /** Clients that were taken so far. */
  readonly clients: () => number;
  /** The program ends: no port, no connections. */
  crash(): void;
  /** Settles when it has been told to end. */
  readonly ending: Promise<void>;
  /** Settles when it has ended. */
  readonly done: Promise<void>;
}

/** Takes clients at the same time, one after the other, or one in all. */
export function serve(kind: Exclude<ProgramKind, "by-hand">, handle: Handler, port = 0): Server {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const open = new Set<Deno.TcpConn>();
  let clients = 0;
  const one = async (conn: Deno.TcpConn) => {
    open.add(conn);
    try {
      await handle(conn, server);
    } catch {
      // The client has gone.
    }
    open.delete(conn);
    close(conn);
  };
  const all = async () => {
    const running: Promise<void>[] = [];
    try {
      while (true) {
        const conn = await listener.accept();
        clients++;
        const served = one(conn);
        if (kind === "parallel") running.push(served);
        else await served;
        if (kind === "one-shot") break;
      }
    } catch {
      // Closed.
    }
    close(listener);
    await Promise.all(running);
  };
  const done = Promise.resolve().then(all);
  const ending = Promise.withResolvers<void>();
  const crash = () => {
    ending.resolve();
    close(listener);
    for (const conn of open) close(conn);
  };
  const bound = listener.addr.port;
  const server: Server = {
    address: { transport: "tcp", host: "127.0.0.1", port: bound },
    port: bound,
    clients: () => clients,
    crash,
    ending: ending.promise,
    done,
    [Symbol.asyncDispose]: async () => (crash(), await done),
  };
  return server;
}

/** Sends back what each read brings, changed or not; ends when the client does. */
export function echoing(change: (part: Uint8Array) => Uint8Array = (part) => part): Handler {
  return async (conn) => {
    const buffer = new Uint8Array(65536);
    for (let count; (count = await conn.read(buffer)) !== null;) await writeAll(conn, change(buffer.slice(0, count)));
  };
}

/** What the command line says by default. */
export const OPTIONS: CheckOptions = { say: utf8("hello\n"), encoding: "utf-8" };

export interface Report {
  readonly results: readonly CaseResult[];
  readonly kind: ProgramKind;
  /** `1: ok`, `4: fail`. */
  readonly verdicts: Readonly<Record<string, string>>;
  readonly ms: number;
  of(name: string): CaseResult;
}

/** Runs a suite, or some of its cases. */
export async function check(
  suite: Suite,
  address: Address,
  cases: readonly Case[] = suite.cases,
  rules: Partial<RunRules> = {},
): Promise<Report> {
  const start = performance.now();
  const { signal } = new AbortController();
  const running = runSuite(suite, cases, address, { options: OPTIONS, seed: 1, signal, ...rules });
  const results: CaseResult[] = [];
  while (true) {
    const { done, value } = await running.next();
    if (!done) {
      results.push(value);
      continue;
    }
    const verdicts = Object.fromEntries(results.map(({ id, finding }) => [id.split("/").at(-1), finding.verdict]));
    const of = (name: string) => {
      const found = results.find(({ id }) => id.endsWith(`/${name}`));
      assert(found, name);
      return found;
    };
    return { results, kind: value, verdicts, ms: performance.now() - start, of };
  }
}

function close(one: { close(): void }): void {
  try {
    one.close();
  } catch {
    // It is closed.
  }
}
