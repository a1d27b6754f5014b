/**
 * Measures how the chat scales: one room on one or several servers, with a given number of clients.
 *
 *     deno run --allow-all scripts/scale.ts SERVERS CLIENTS SENDERS LINES RATE
 *
 * SERVERS is `1` for one server without a bus, `bus1`, `bus2`, … for that number of servers joined by a NATS server
 * that this script starts, or `web` for one server whose clients are WebSockets and send no lines. LINES is the total
 * number of lines, of 64 bytes each; RATE is lines per second, or 0 for as fast as possible. Prints one line of JSON;
 * Linux only. The results are in `docs/scale.md`.
 *
 * @module
 */

import { build } from "./bench/build.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Bytes of a line, including its line end. */
const SIZE = 64;

/** Clock ticks per second in `/proc/PID/stat`. */
const TICKS_A_SECOND = 100;

/** Milliseconds that a room is left idle before its memory is measured. */
const REST_MS = 1_500;

/** Resources that a process uses. */
interface Usage {
  /** Seconds of processor time since its start. */
  readonly cpu: number;
  /** Resident memory in MiB. */
  readonly mib: number;
}

/** A program that runs until the end of the scope that holds it. */
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

  /** Waits for the next line that matches. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`It ended before it said ${pattern}`);
      const match = pattern.exec(value);
      if (match) return match;
    }
  }

  /** Returns the processor time so far and the memory at the moment. */
  usage(): Usage {
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
      // The program has already exited.
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
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const natsArgs = ["-js", "-sd", `${folder}/nats`, "-a", "127.0.0.1", "-p", "-1"];
  const nats = kind.startsWith("bus")
    ? await start("nats-server", natsArgs, "stderr", /client connections on .*:(\d+)/)
    : undefined;
  const more = nats ? ["--bus", `nats://127.0.0.1:${nats.port}`, "--room", "scale"] : kind === "web" ? ["--web"] : [];
  const args = ["run", "--allow-net", "main.ts", "server", "chat", "0", "--max-connections", "100000", ...more];
  const rooms = await Promise.all(
    Array.from({ length: servers }, () => start(Deno.execPath(), args, "stderr", /Listening on .*:(\d+)/)),
  );
  // Read all further output, so that it does not fill the pipe.
  for (const { running } of rooms) void running.line(/^$/).catch(() => {});
  const uses = () => rooms.map(({ running }) => running.usage());
  const ports = rooms.map(({ port }) => port).join(",");
  const empty = uses();
  const natsBefore = nats?.running.usage();
  if (kind === "web") return await measureWeb(Number(ports), Number(clients), uses, empty);

  await build(folder);
  const load = stack.use(
    new Running(`${folder}/load`, ["room", ports, clients, senders, lines, rate, String(SIZE)], "stdout"),
  );
  const stdin = load.child.stdin.getWriter();
  await load.line(/begun|(error.*)/).then(([, error]) => error && Promise.reject(new Error(error)));
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const idle = uses();
  const natsIdle = nats?.running.usage();
  let most = sum(idle, "mib");
  const look = setInterval(() => most = Math.max(most, sum(uses(), "mib")), 100);
  await stdin.write(new TextEncoder().encode("\n"));
  const [text] = await load.line(/.+/);
  clearInterval(look);
  const found = JSON.parse(text);
  if (found.error) throw new Error(found.error);
  const cpu = sum(uses(), "cpu") - sum(idle, "cpu");
  const many = Number(clients);
  printJson({
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
    natsUsPerLine: nats && round((nats.running.usage().cpu - natsIdle!.cpu) / Number(lines) * 1e6, 1),
  });
}

async function measureWeb(port: number, clients: number, uses: () => Usage[], empty: readonly Usage[]): Promise<void> {
  const began = performance.now();
  const sockets = await Promise.all(Array.from({ length: clients }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "sockeye-chat");
    socket.onopen = () => socket.send(JSON.stringify({ join: {} }));
    socket.onmessage = ({ data }) => JSON.parse(data).kind === "ready" && resolve(socket);
    socket.onerror = (event) => reject(event);
    return promise;
  }));
  const came = (performance.now() - began) / 1e3;
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const idle = uses();
  printJson({
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

function printJson(result: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(result)}\n`));
}

function sum(uses: readonly Usage[], what: keyof Usage): number {
  return uses.reduce((total, use) => total + use[what], 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

if (import.meta.main) await main(Deno.args);
