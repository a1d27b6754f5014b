/**
 * Every number that bounds what a peer may cost a server, or how long the server waits for it.
 *
 * @module
 */

/** Connections at a time: the file descriptors that most systems give a process. */
export const MAX_CONNECTIONS = 1024;

/** The most workers: beyond the cores of today's machines they gain nothing, and each costs some 10 MB. */
export const MAX_WORKERS = 64;

/** Workers that may die in a minute before the server ends: a cause that kills one after the other is not cured by one more. */
export const WORKER_DEATHS = { most: 5, withinMs: 60_000 } as const;

/** Milliseconds before a worker that died is replaced, so that one which dies at its start does not keep the machine busy. */
export const WORKER_PAUSE_MS = 100;

/** Milliseconds in which a worker that is told to stop must answer: one that hangs must not hold up the end of the server. */
export const WORKER_ANSWER_MS = 2_000;

/** Descriptors that connections leave free: for a client that is turned away, or to reach the bus again. */
export const DESCRIPTORS_RESERVED = 1;

/** Bytes that may wait for one peer that does not read: some thousand chat lines. 1024 such peers cost 1 GiB at the worst. */
export const OUTBOX_LIMIT = 1024 * 1024;

/** Milliseconds that a stopping server waits for its peers: more than slow round trips, less than a service manager waits. */
export const DRAIN_MS = 5_000;

/** Milliseconds of silence from which on a client is idle to a server that drains: longer than programs need between two requests. */
export const QUIET_MS = 1_000;

/** The same where people write: they read and think first. */
export const PEOPLE_QUIET_MS = 30_000;

/** Milliseconds between two looks at which clients have become idle. */
export const DRAIN_LOOK_MS = 250;

/** Milliseconds that a client has for its handshake (TLS, WebSocket): some round trips of a slow network. */
export const HANDSHAKE_MS = 10_000;

/**
 * Milliseconds after which a handshake is given up for a connection that finds the server full: some round trips, and little
 * enough that many silent connections shut no client out.
 */
export const HANDSHAKE_GRACE_MS = 1_000;

/** Milliseconds that a full server waits for a slot before it refuses connections for as long. */
export const SLOT_WAIT_MS = 50;

/** Milliseconds after which a silent UDP peer is forgotten: UDP has no other end. NATs forget it about as soon (RFC 4787). */
export const UDP_IDLE_MS = 60_000;

/** Connections opened or closed since memory was last trimmed at which trimming is worth a pause: some megabytes. */
export const TRIM_CHANGES = 256;

/** Milliseconds without a new or closed connection, and without much traffic, before memory is trimmed. */
export const TRIM_QUIET_MS = 500;

/** Bytes that all peers together may move in that time: a pause then delays only a few messages. */
export const TRIM_QUIET_BYTES = 16 * 1024;

/** Milliseconds for which more traffic than that puts the trimming off. */
export const TRIM_BUSY_MS = 60_000;

/** Milliseconds in which a host that is turned away again and again is reported once. */
export const REFUSAL_NOTICE_MS = 10_000;

/** The same for requests that are refused and answers that are left out. */
export const REPORT_MS = 60_000;

/** Hosts that are reported in such a time; others are only counted. They may be forged, and a person reads the reports. */
export const REPORTED_HOSTS = 100;

/** Refused connections that may linger at a time; above it they are closed at once, so that a flood holds no descriptors. */
export const REFUSALS_LINGERING = 64;

/** Milliseconds of silence after which a peer whose address may be forged gives way to others: long for a request and its answer. */
export const UNPROVEN_IDLE_MS = 2_000;
