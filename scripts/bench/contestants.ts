/**
 * The programs to measure, each used as its documentation or the usual tutorials show.
 *
 * @module
 */

import { RELAYS } from "./relays.ts";
import type { Contestant, Download, Tools } from "./types.ts";

const HERE = new URL("./", import.meta.url).pathname;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** The compiled program, and the bundle of `deno task compile --js`; each is measured if it exists. */
const COMPILED = new URL("../../dist/sockeye", import.meta.url).pathname;
const BUNDLED = new URL("../../dist/sockeye-js/main.js", import.meta.url).pathname;

const peer = (name: string) => `${HERE}peers/${name}`;
const addressOf = ({ port, bytes }: Download) => `http://127.0.0.1:${port}/${bytes}`;

const deno = (script: string, ...ports: number[]) => [
  Deno.execPath(),
  "run",
  "--no-lock",
  "--allow-net",
  "--unstable-net",
  peer(script),
  ...ports.map(String),
];

/** Node has no WebSocket server of its own. */
function nodeWs(port: number, { bin, noWs }: Tools): string[] {
  if (noWs !== undefined) throw new Error(noWs);
  return ["node", peer("node_ws.mjs"), String(port), bin];
}

/**
 * Describes one way to run sockeye; `words` returns the command up to sockeye's own arguments for given permissions.
 */
function sockeye(name: string, needs: readonly string[], words: (allow: string) => string[]): Contestant {
  const server = (
    ...args: string[]
  ) => [...words("--allow-net"), "server", ...args, "-q", "--max-connections", "20000"];
  const tap = (...args: string[]) => [...words("--allow-net"), "tap", ...args, "-q", "--max-connections", "20000"];
  return {
    name,
    role: "ours",
    needs,
    echo: (port) => server("echo", String(port)),
    ws: (port) => server("echo", `ws://127.0.0.1:${port}`),
    chat: (port) => server("chat", String(port)),
    udp: (port) => server("echo", `udp://127.0.0.1:${port}`),
    relay: (port, target) => tap(String(port), String(target)),
    relayUdp: (port, target) => tap(`udp://${port}`, `udp://127.0.0.1:${target}`),
    // Deno writes below /dev only with --allow-all.
    fetch: (download) => [
      ...words(download.file.startsWith("/dev/") ? "--allow-all" : "--allow-net --allow-read --allow-write"),
      ...["fetch", "-q", addressOf(download), "-o", download.file],
    ],
  };
}

const byDeno = (allow: string, main: string) => [Deno.execPath(), "run", "--no-prompt", ...allow.split(" "), main];
const fromSource = (allow: string) => byDeno(allow, MAIN);
/** The bundle's first line runs it with the usual permissions; --allow-all needs an explicit command. */
const bundled = (allow: string) => allow === "--allow-all" ? byDeno(allow, BUNDLED) : [BUNDLED];

/** Runs a contestant with two workers, which is faster than one if the load generator leaves a core idle. */
function withTwoWorkers({ name, role, needs, echo }: Contestant): Contestant {
  return { name, role, needs, threads: 2, echo: (port, tools) => [...echo?.(port, tools) ?? [], "--workers", "2"] };
}

/**
 * All contestants, in the order of the table. The compiled program cannot write below /dev: with `--dir` it takes part
 * in large downloads as well.
 */
export const CONTESTANTS: readonly Contestant[] = [
  {
    name: "c",
    role: "yardstick",
    needs: [],
    echo: (port, { bin }) => [`${bin}/echo_epoll`, String(port)],
    ws: (port, { bin }) => [`${bin}/echo_ws`, String(port)],
    chat: (port, { bin }) => [`${bin}/chat_epoll`, String(port)],
    udp: (port, { bin }) => [`${bin}/echo_udp`, String(port)],
    relay: (port, target, { bin }) => [`${bin}/relay`, String(port), String(target)],
    fetch: ({ port, bytes, file }, { bin }) => [`${bin}/load`, "get", String(port), String(bytes), file],
  },
  {
    name: "deno",
    role: "floor",
    needs: [],
    echo: (port) => deno("deno_echo.ts", port),
    ws: (port) => deno("deno_ws.ts", port),
    udp: (port) => deno("deno_udp.ts", port),
    relay: (port, target) => deno("deno_relay.ts", port, target),
    relayUdp: (port, target) => deno("deno_udp_relay.ts", port, target),
  },
  {
    name: "node",
    role: "peer",
    needs: ["node"],
    echo: (port) => ["node", peer("node_echo.mjs"), String(port)],
    ws: nodeWs,
    chat: (port) => ["node", peer("node_chat.mjs"), String(port)],
    udp: (port) => ["node", peer("node_udp.mjs"), String(port)],
  },
  {
    name: "python",
    role: "peer",
    needs: ["python3"],
    echo: (port, { python }) => [python, peer("threads_echo.py"), String(port)],
    chat: (port, { python }) => [python, peer("threads_chat.py"), String(port)],
    udp: (port, { python }) => [python, peer("loop_udp.py"), String(port)],
    relayUdp: (port, target, { python }) => [python, peer("loop_udp_relay.py"), String(port), String(target)],
  },
  {
    name: "socat",
    role: "peer",
    needs: ["socat"],
    maxConnections: 1000, // It starts a process for each connection.
    echo: (port) => [
      "socat",
      `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=4096,nodelay`,
      "PIPE",
    ],
    udp: (port) => ["socat", `UDP-LISTEN:${port},bind=127.0.0.1,fork`, "PIPE"],
    relay: (port, target) => [
      "socat",
      `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=4096,nodelay`,
      `TCP:127.0.0.1:${target},nodelay`,
    ],
  },
  {
    name: "ncat",
    role: "peer",
    needs: ["ncat"],
    maxConnections: 1000, // It starts a process for each connection, and uses select().
    echo: (port) => ["ncat", "-l", "-k", "-m", "1000", "-e", "/bin/cat", "127.0.0.1", String(port)],
    chat: (port) => ["ncat", "-l", "-k", "-m", "1000", "--chat", "127.0.0.1", String(port)],
    udp: (port) => ["ncat", "-u", "-l", "-k", "-e", "/bin/cat", "127.0.0.1", String(port)],
  },
  {
    name: "nc",
    role: "peer",
    needs: ["nc"],
    maxConnections: 1, // It serves one client and cannot echo: a pipe carries its output back to its input.
    echo: (port, { folder }) => [
      ...["sh", "-c", 'mkfifo "$1" 2>/dev/null; nc -l 127.0.0.1 "$2" <"$1" | cat >"$1"', "sh"],
      `${folder}/nc-pipe-${port}`,
      String(port),
    ],
    fetch: ({ port, bytes, file }) => [
      ...["sh", "-c", 'printf "GET /%s HTTP/1.0\\r\\n\\r\\n" "$2" | nc 127.0.0.1 "$1" >"$3"', "sh"],
      ...[String(port), String(bytes), file],
    ],
  },
  ...RELAYS,
  {
    name: "curl",
    role: "peer",
    needs: ["curl"],
    fetch: (download) => ["curl", "-s", "-o", download.file, addressOf(download)],
  },
  {
    name: "wget",
    role: "peer",
    needs: ["wget"],
    fetch: (download) => ["wget", "-q", "-O", download.file, addressOf(download)],
  },
  sockeye("sockeye", [], fromSource),
  withTwoWorkers(sockeye("sockeye --workers 2", [], () => fromSource("--allow-net --allow-read"))),
  sockeye("sockeye bundled", [BUNDLED, "deno"], bundled),
  sockeye("sockeye compiled", [COMPILED], () => [COMPILED]),
];

/** Returns why a contestant cannot run here; undefined if it can. */
export function whatIsMissing({ needs }: Contestant): string | undefined {
  const missing = needs.filter((name) => !(name.includes("/") ? isFile(name) : isOnPath(name)));
  return missing.length === 0
    ? undefined
    : `${missing.map((path) => path.split("/").slice(-2).join("/")).join(", ")} is not there`;
}

/** Tests whether a program is on PATH. */
export function isOnPath(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => isFile(`${folder}/${name}`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // The file does not exist, or its folder cannot be searched.
  }
}
