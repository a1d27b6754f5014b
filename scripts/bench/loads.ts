/**
 * The loads. The words of each are arguments of the load program; its source explains them.
 *
 * @module
 */

import { RELAY_LOADS } from "./relays.ts";
import type { Load, RunSize } from "./types.ts";

/** Bytes of a message: the size of a chat line or a command. */
const MESSAGE = 64;

/** Bytes per write of a stream. */
const CHUNK = 65_536;

/** Connections that show whether a message costs more among many peers. Not every system allows that number. */
const MANY_CONNECTIONS = 10_000;

/** Bytes of a small page. */
const PAGE = 2_000;

/** Connections of the WebSocket load. */
const WEB_SOCKETS = 64;

/** Concurrent connections of the churn load. */
const CHURN_CONNECTIONS = 16;

/** Clients of the chat, and the number of them that send lines. */
const CLIENTS = 200;
const SENDERS = 10;

/** Datagrams in flight. */
const WINDOW = 32;

/** Sizes for a run of some minutes. */
export const FULL: RunSize = {
  warm: 0.5,
  seconds: 0.7,
  idle: 8000,
  lines: 1000,
  chatSeconds: 3,
  bytes: 1_000_000_000,
  pages: 200,
  release: 2,
};

/** Sizes for a run of less than a minute. */
export const QUICK: RunSize = {
  warm: 0.1,
  seconds: 0.2,
  idle: 1000,
  lines: 200,
  chatSeconds: 1,
  bytes: 200_000_000,
  pages: 10,
  release: 0.3,
};

/** Describes ping-pong on some connections while `all` are open. */
function ping(connections: number, all = connections): Load {
  const among = all === connections ? "" : ` among ${all} connections`;
  return {
    id: all === connections ? `ping-${connections}` : `among-${all}`,
    title: `echo ping-pong, ${connections} x ${MESSAGE} B${among}`,
    unit: "messages/s",
    better: "more",
    job: "echo",
    work: "message",
    connections: () => all,
    words: ({ warm, seconds }, port) => ["ping", port, all, connections, warm, seconds, MESSAGE],
    onRequest: all >= MANY_CONNECTIONS,
    slow: all >= 1000,
  };
}

function stream(connections: number): Load {
  return {
    id: `stream-${connections}`,
    title: `streams, ${connections} x 64 KiB`,
    unit: "MB/s",
    better: "more",
    job: "echo",
    work: "64 KiB",
    connections: () => connections,
    words: ({ warm, seconds }, port) => ["stream", port, connections, warm, seconds, CHUNK],
  };
}

/** All loads, in the order of the table. */
export const LOADS: readonly Load[] = [
  ping(1),
  ping(64),
  ping(1000),
  ping(MANY_CONNECTIONS),
  ping(64, MANY_CONNECTIONS),
  {
    id: `ws-${WEB_SOCKETS}`,
    title: `WebSocket echo ping-pong, ${WEB_SOCKETS} x ${MESSAGE} B`,
    unit: "messages/s",
    better: "more",
    job: "ws",
    work: "message",
    connections: () => WEB_SOCKETS,
    words: ({ warm, seconds }, port) => ["ws", port, WEB_SOCKETS, WEB_SOCKETS, warm, seconds, MESSAGE],
  },
  stream(1),
  stream(16),
  {
    id: "idle",
    title: "idle connections, opened at once",
    unit: "s until all were echoed",
    better: "less",
    job: "echo",
    work: "connection",
    connections: ({ idle }) => idle,
    words: ({ idle }, port) => ["idle", port, idle],
    holdsConnections: true,
  },
  {
    id: "churn",
    title: `connect, echo, close, ${CHURN_CONNECTIONS} at a time`,
    unit: "connections/s",
    better: "more",
    job: "echo",
    work: "connection",
    connections: () => CHURN_CONNECTIONS,
    words: ({ warm, seconds }, port) => ["churn", port, CHURN_CONNECTIONS, warm, seconds, MESSAGE],
  },
  {
    id: "chat",
    title: `chat, ${SENDERS} of ${CLIENTS} clients talk`,
    unit: "lines delivered/s",
    better: "more",
    job: "chat",
    work: "delivered line",
    connections: () => CLIENTS,
    words: ({ lines, chatSeconds }, port) => ["chat", port, CLIENTS, SENDERS, lines, MESSAGE, chatSeconds],
  },
  {
    id: "udp",
    title: `UDP echo, ${WINDOW} x ${MESSAGE} B under way`,
    unit: "datagrams/s",
    better: "more",
    job: "udp",
    work: "datagram",
    connections: () => 1,
    words: ({ warm, seconds }, port) => ["udp", port, WINDOW, warm, seconds, MESSAGE],
  },
  ...RELAY_LOADS,
  {
    id: "fetch",
    title: "fetch of a large file",
    unit: "s",
    better: "less",
    job: "fetch",
    work: "file",
    connections: () => 1,
    words: () => ["spawn", 1],
    bytes: ({ bytes }) => bytes,
  },
  {
    id: "page",
    title: "fetch of a small page, again and again",
    unit: "s",
    better: "less",
    job: "fetch",
    work: "page",
    connections: () => 1,
    words: ({ pages }) => ["spawn", pages],
    bytes: () => PAGE,
  },
];
