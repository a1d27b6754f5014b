/**
 * Measures how far the chat goes: one room at some servers, with so many clients.
 *
 *     deno run --allow-all scripts/scale.ts SERVERS CLIENTS SENDERS LINES RATE
 *
 * SERVERS is 1 for one server without a bus; `bus1`, `bus2`, … joins so many by a NATS of their own; `web` is one server whose
 * clients are WebSockets, without SENDERS and so on. LINES of 64 bytes are said in all, RATE a second, or (0) as fast as they are
 * taken. Prints one line of JSON; Linux only. `docs/scale.md` says what came out.
 *
 * @module
 */

import { build } from "./bench/build.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Bytes of a line, with its end. */
const SIZE = 64;

/** What /proc counts time in. */
const TICKS_A_SECOND = 100;

/** Milliseconds that a room rests before its memory is looked at. */
const REST_MS = 1_500;

interface Use {
  readonly cpu: number;
  readonly mib: number;
}

/** Something that runs until it is ended. */
class Running implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly lines: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], reads: "stdout" | "stderr") {
    this.child = new Deno.Command(command, {
      args: [...args],
      cwd: ROOT,
      stdin: command === Deno.execPath() ? "null" : "piped",
      stdout: reads === "stdout" ? "piped" : "null",
      stderr: reads === "stderr" ? "piped" : "inherit",
    }).spawn();
    this.lines = linesOf(this.child[reads]);
  }

  /** The next line that says it. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`It ended before it said ${pattern}`);
      const match = pattern.exec(value);
      if (match) return match;
    }
  }

  /** Seconds of processor time so far, and MiB of memory now. */
  use(): Use {
    const stat = Deno.readTextFileSync(`/proc/${this.child.pid}/stat`).split(") ")[1]!.split(" ");
    const status = Deno.readTextFileSync(`/proc/${this.child.pid}/status`);
    return {
      cpu: (Number(stat[11]) + Number(stat[12])) / TICKS_A_SECOND,
      mib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

async function main([kind = "", clients = "100", senders = "10", lines = "1000", rate = "0"]: string[]): Promise<void> {
  const servers = Number(/\d+$/.exec(kind)?.[0] ?? 1);
  await using stack = new AsyncDisposableStack();
  const start = async (command: string, args: readonly string[], reads: "stdout" | "stderr", ready: RegExp) => {
    const running = stack.use(new Running(command, args, reads));
    return { running, port: (await running.line(ready))[1]! };
  };
  const nats = kind.startsWith("bus")
    ? await start("nats-server", ["-a", "127.0.0.1", "-p", "-1"], "stderr", /client connections on .*:(\d+)/)
    : undefined;
  const more = nats ? ["--bus", `nats://127.0.0.1:${nats.port}`, "--room", "scale"] : kind === "web" ? ["--web"] : [];
  const args = ["run", "--allow-net", "main.ts", "server", "chat", "0", "--max-connections", "100000", ...more];
  const rooms = await Promise.all(
    Array.from({ length: servers }, () => start(Deno.execPath(), args, "stderr", /Listening on .*:(\d+)/)),
  );
  // What else they say must not fill the pipe.
  for (const { running } of rooms) void running.line(/^$/).catch(() => {});
  const uses = () => rooms.map(({ running }) => running.use());
  const ports = rooms.map(({ port }) => port).join(",");
  const empty = uses();
  const natsBefore = nats?.running.use();
  if (kind === "web") return await browse(Number(ports), Number(clients), uses, empty);

  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await build(folder);
  const load = stack.use(
    new Running(`${folder}/load`, ["room", ports, clients, senders, lines, rate, String(SIZE)], "stdout"),
  );
  const stdin = load.child.stdin.getWriter();
  await load.line(/begun|(error.*)/).then(([, error]) => error && Promise.reject(new Error(error)));
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const idle = uses();
  const natsIdle = nats?.running.use();
  let most = sum(idle, "mib");
  const look = setInterval(() => most = Math.max(most, sum(uses(), "mib")), 100);
  await stdin.write(new TextEncoder().encode("\n"));
  const [text] = await load.line(/.+/);
  clearInterval(look);
  const found = JSON.parse(text);
  if (found.error) throw new Error(found.error);
  const cpu = sum(uses(), "cpu") - sum(idle, "cpu");
  const many = Number(clients);
  say({
    kind,
    clients: many,
    rate: Number(rate),
    came: found.came,
    cameCpu: round(sum(idle, "cpu") - sum(empty, "cpu"), 2),
    emptyMib: round(sum(empty, "mib"), 0),
    idleMib: round(sum(idle, "mib"), 0),
    talkMib: round(most, 0),
    linesPerS: round(Number(lines) / found.seconds, 0),
    deliveriesPerS: round(found.heard / found.seconds, 0),
    cpuUs: round(cpu / found.heard * 1e6, 2),
    p50: found.p50,
    p99: found.p99,
    last50: found.last50,
    last99: found.last99,
    natsCameCpu: nats && round(natsIdle!.cpu - natsBefore!.cpu, 2),
    natsUsPerLine: nats && round((nats.running.use().cpu - natsIdle!.cpu) / Number(lines) * 1e6, 1),
  });
}

async function browse(port: number, clients: number, uses: () => Use[], empty: readonly Use[]): Promise<void> {
  const began = performance.now();
  const sockets = await Promise.all(Array.from({ length: clients }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    socket.onopen = () => socket.send(JSON.stringify({ join: {} }));
    socket.onmessage = ({ data }) => JSON.parse(data).kind === "ready" && resolve(socket);
    socket.onerror = (event) => reject(event);
    return promise;
  }));
  const came = (performance.now() - began) / 1e3;
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const idle = uses();
  say({
    kind: "web",
    clients,
    came: round(came, 2),
    cameCpu: round(sum(idle, "cpu") - sum(empty, "cpu"), 2),
    emptyMib: round(sum(empty, "mib"), 0),
    idleMib: round(sum(idle, "mib"), 0),
    kibAClient: round((sum(idle, "mib") - sum(empty, "mib")) * 1024 / clients, 1),
  });
  for (const socket of sockets) socket.close();
}

function say(result: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(result)}\n`));
}

function sum(uses: readonly Use[], what: keyof Use): number {
  return uses.reduce((total, use) => total + use[what], 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

if (import.meta.main) await main(Deno.args);
