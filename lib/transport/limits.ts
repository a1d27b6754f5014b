/**
 * Every number that bounds what a peer can cost or how long something may take.
 *
 * @module
 */

/** Connections at a time. As many file descriptors as most systems give a process without asking; under TLS it needs three times as many. */
export const MAX_CONNECTIONS = 1024;

/** Bytes waiting for one peer that does not read. Some thousand chat lines; 1024 such peers cost 1 GiB at the worst. */
export const OUTBOX_LIMIT = 1024 * 1024;

/** Milliseconds that a stopping server waits for its peers: longer than a slow network's round trips, shorter than a supervisor's patience. */
export const DRAIN_MS = 5_000;

/**
 * Milliseconds that we wait for the peer's FIN after ours. Closing a socket while the peer still sends resets the
 * connection, and a reset destroys what the peer has not read yet (RFC 9112 section 9.6 describes the same for HTTP).
 */
export const LINGER_MS = 1_000;

/** Milliseconds to connect: three SYN retransmissions. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Milliseconds that a client has for its TLS handshake: some round trips of a slow network. */
export const HANDSHAKE_MS = 10_000;

/** Connections waiting to be accepted. The kernel lowers it to its own maximum, 4096 on today's Linux. */
export const BACKLOG = 4_096;

/** Sockets that listen on one port for those who come at once: as many as hold 65,535 in their queues. */
export const SOCKETS_MAX = 16;

/** Milliseconds that a full server listens for somebody who leaves, before it turns others away for as long. */
export const FAREWELL_MS = 50;

/** The longest datagram that we send: 65,535 bytes less the headers of UDP and IPv4 (RFC 768, RFC 791). */
export const DATAGRAM_MAX = 65_507;

/** Room for a datagram that comes: over IPv6 20 bytes more than over IPv4, and what is too small cuts silently. */
export const DATAGRAM_ROOM = 65_535;

/** Bytes of datagrams that may wait for one peer's turn: about as many as the system keeps for a whole socket. */
export const INBOX_LIMIT = 256 * 1024;

/** Bytes that copies of short datagrams share. Few, for one that waits may keep all of them alive. */
export const DATAGRAM_BLOCK = 1024;

/** Bytes of the longest datagram that is short: memory of its own would cost it more than its whole way. */
export const DATAGRAM_SHORT = 128;

/** Bytes that a waiting datagram costs besides its own: what it keeps alive. An empty one is not free either. */
export const DATAGRAM_COST: number = DATAGRAM_BLOCK;

/** Milliseconds after which a silent UDP peer is forgotten: UDP has no other end. Routers forget it about as soon (RFC 4787). */
export const UDP_IDLE_MS = 60_000;

/** First size of a peer's read buffer: what an idle connection costs. A message of ordinary size is read whole by it. */
export const READ_BUFFER_MIN = 4 * 1024;

/** Largest size of a peer's read buffer: beyond it a stream gains nothing. */
export const READ_BUFFER_MAX = 256 * 1024;

/** Connections that came or went since memory was last given back, from which on it is worth a pause: some megabytes. */
export const TIDY_CHANGES = 256;

/** Milliseconds without a connection that comes or goes before memory is given back. */
export const TIDY_QUIET_MS = 500;

/** Bytes that travel at a time from one connection to another, in each direction. */
export const RELAY_BYTES = 64 * 1024;

/** Bytes that may wait to be read where the platform brings them unasked (Node's sockets): more is held back. */
export const UNREAD_LIMIT = 256 * 1024;

/** Milliseconds in which a host is told of only once that is turned away again and again. */
export const REFUSAL_NOTICE_MS = 10_000;

/** Refused connections that may linger at a time; beyond it they are closed at once, so that a flood holds no descriptors. */
export const REFUSALS_LINGERING = 64;

/** First and longest pause, in milliseconds, of an accept loop that ran out of file descriptors. */
export const ACCEPT_PAUSE_MS: { readonly first: number; readonly longest: number } = { first: 50, longest: 1_000 };

/** First and longest pause, in milliseconds, between attempts to connect: quick for a port that opens in a moment, gentle for one that does not. */
export const RETRY_PAUSE_MS: { readonly first: number; readonly longest: number } = { first: 100, longest: 1_000 };

/** Milliseconds that an address may be silent before the next one is tried as well (RFC 8305 section 5). */
export const ATTEMPT_DELAY_MS = 250;

/** Milliseconds that one address family's answer waits for the other one's (RFC 8305 section 3). */
export const RESOLUTION_DELAY_MS = 50;
