/**
 * The programs that relay, and the loads for them. Each stands between the load generator and an echo server in C.
 *
 * @module
 */

import type { Contestant, Load, Tools } from "./types.ts";

/** Bytes of a message, and of a write of a stream. */
const MESSAGE = 64;
const CHUNK = 65_536;

/** Connections that send in turn, short-lived connections, and datagrams in flight. */
const PINGS = 64;
const CHURN = 16;
const FLOWS = 32;

/** A shell that writes a configuration, `$2`, to a file and runs a program with it. */
function configured(command: string, config: string, { folder }: Tools, port: number): string[] {
  const file = `${folder}/relay-${port}.conf`;
  return ["sh", "-c", `printf '%s' "$2" >"$1"; exec ${command}`, "sh", file, config];
}

function nginx(port: number, target: number, tools: Tools): string[] {
  const config = `load_module /usr/lib/nginx/modules/ngx_stream_module.so; daemon off; master_process off;
pid ${tools.folder}/nginx-${port}.pid; error_log /dev/null; worker_rlimit_nofile 65536;
events { worker_connections 30000; }
stream { server { listen 127.0.0.1:${port} backlog=4096; proxy_pass 127.0.0.1:${target}; tcp_nodelay on; } }
`;
  return configured('nginx -c "$1"', config, tools, port);
}

function haproxy(port: number, target: number, tools: Tools): string[] {
  const config = `global
  maxconn 9000
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen relay
  bind 127.0.0.1:${port} backlog 4096
  server echo 127.0.0.1:${target}
`;
  return configured('haproxy -q -f "$1"', config, tools, port);
}

/** Programs that only relay. The bare echo server shows what the load generator gets without a relay. */
export const RELAYS: readonly Contestant[] = [
  { name: "direct", role: "floor", needs: [], relay: (port, _target, { bin }) => [`${bin}/echo_epoll`, String(port)] },
  {
    name: "nginx",
    role: "peer",
    needs: ["nginx", "/usr/lib/nginx/modules/ngx_stream_module.so"],
    relay: nginx,
  },
  { name: "haproxy", role: "peer", needs: ["haproxy"], relay: haproxy },
];

type Words = Load["words"];

function relayLoad(id: string, title: string, unit: string, work: string, connections: number, words: Words): Load {
  return { id, title, unit, better: "more", job: "relay", work, connections: () => connections, words };
}

/** The loads, in the order of the table. */
export const RELAY_LOADS: readonly Load[] = [
  relayLoad("tap-stream", "one stream through a relay", "MB/s", "64 KiB", 1, ({ warm, seconds }, port) => [
    ...["stream", port, 1, warm, seconds, CHUNK],
  ]),
  relayLoad(
    `tap-ping-${MESSAGE}`,
    `ping-pong, ${PINGS} x ${MESSAGE} B through a relay`,
    "messages/s",
    "message",
    PINGS,
    (
      { warm, seconds },
      port,
    ) => ["ping", port, PINGS, PINGS, warm, seconds, MESSAGE],
  ),
  relayLoad(
    "tap-churn",
    `connect, echo, close through a relay, ${CHURN} at a time`,
    "connections/s",
    "connection",
    CHURN,
    ({ warm, seconds }, port) => ["churn", port, CHURN, warm, seconds, MESSAGE],
  ),
  {
    ...relayLoad(
      "tap-udp",
      `UDP through a relay, ${FLOWS} x ${MESSAGE} B under way`,
      "datagrams/s",
      "datagram",
      FLOWS,
      (
        { warm, seconds },
        port,
      ) => ["udp", port, FLOWS, warm, seconds, MESSAGE],
    ),
    job: "relayUdp",
  },
  {
    ...relayLoad("tap-idle", "idle pairs through a relay", "s until all were echoed", "connection", 0, (
      { idle },
      port,
    ) => ["idle", port, idle]),
    connections: ({ idle }) => idle,
    better: "less",
    slow: true,
    holdsConnections: true,
  },
];
