/**
 * What contestants are asked to bear. The figures behind a name are those of the load program of that name.
 *
 * @module
 */

import type { Load, Pace } from "./types.ts";

/** Bytes of a message: a chat line, a command. */
const MESSAGE = 64;

/** Bytes that streams write at a time. */
const CHUNK = 65_536;

/** Connections that show whether a message costs more when there are many peers; not every system allows so many. */
const MANY = 10_000;

/** Bytes of a small page. */
const PAGE = 2_000;

/** Connections under way in the churn. */
const VISITS = 16;

/** The chat: people, and those of them who talk. */
const CLIENTS = 200;
const SENDERS = 10;

/** Datagrams under way. */
const WINDOW = 32;

/** What a run of some minutes takes. */
export const FULL: Pace = {
  warm: 0.5,
  seconds: 0.7,
  idle: 8000,
  lines: 1000,
  chatSeconds: 3,
  bytes: 1_000_000_000,
  pages: 200,
  back: 2,
};

/** What a run of less than a minute takes. */
export const QUICK: Pace = {
  warm: 0.1,
  seconds: 0.2,
  idle: 1000,
  lines: 200,
  chatSeconds: 1,
  bytes: 200_000_000,
  pages: 10,
  back: 0.3,
};

/** Ping-pong on some connections; `all` are open. */
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
    onRequest: all >= MANY,
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

/** In the order of the table. */
export const LOADS: readonly Load[] = [
  ping(1),
  ping(64),
  ping(1000),
  ping(MANY),
  ping(64, MANY),
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
    stays: true,
  },
  {
    id: "churn",
    title: `connect, echo, close, ${VISITS} at a time`,
    unit: "connections/s",
    better: "more",
    job: "echo",
    work: "connection",
    connections: () => VISITS,
    words: ({ warm, seconds }, port) => ["churn", port, VISITS, warm, seconds, MESSAGE],
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
