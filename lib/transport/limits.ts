/**
 * Every number that bounds what a connection or a datagram may cost, or how long connecting may take.
 *
 * @module
 */

/**
 * Milliseconds that we wait for the peer's FIN after ours. Closing a socket while the peer still sends resets the
 * connection, and a reset destroys what the peer has not read yet (RFC 9112 section 9.6 describes the same for HTTP).
 */
export const LINGER_MS = 1_000;

/** Milliseconds to connect: three SYN retransmissions. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Connections that may wait to be accepted. The kernel lowers it to its own maximum, 4096 on today's Linux. */
export const BACKLOG = 4_096;

/** Sockets that listen on one port for a crowd: their queues hold 65,535 connections together. */
export const SOCKETS_MAX = 16;

/** The longest datagram that we send: 65,535 bytes less the headers of UDP and IPv4 (RFC 768, RFC 791). */
export const DATAGRAM_MAX = 65_507;

/** Bytes of room for a datagram: over IPv6 20 bytes more than over IPv4. A smaller buffer would cut it without a word. */
export const DATAGRAM_ROOM = 65_535;

/**
 * Receives that wait on a server's UDP socket at once, each with that much room: one turn of the event loop can then deliver
 * so many datagrams.
 */
export const RECEIVES = 8;

/** Bytes of datagrams that may wait until a peer reads them: about as many as the system keeps for a whole socket. */
export const INBOX_LIMIT = 256 * 1024;

/** How many times the bytes received from an address may be sent there while it may be forged (RFC 9000 section 8). */
export const FORGED_MAX = 3;

/** Milliseconds in which a person types the token that shows that an address is not forged. */
export const TOKEN_MS = 60_000;

/** Bytes that a datagram counts, besides its own, while it waits for the token of its sender: about what it costs. */
export const HELD_COST = 256;

/** Bytes from one address that may wait for its token: a few typed lines. */
export const HELD_PER_ADDRESS: number = 4 * 1024;

/** The same for all addresses together, which may be forged: some thousand lines. */
export const HELD_MAX_BYTES: number = 1024 * 1024;

/** Bytes that short messages share. Few, because one that waits may keep all of them alive. */
export const BLOCK_BYTES = 1024;

/** Bytes of the longest WebSocket message: as many as may wait for a peer of a server. */
export const MESSAGE_MAX: number = 1024 * 1024;

/**
 * Bytes of a WebSocket's read buffer: the size for an idle connection, and the one used while each read fills it. No
 * more than the larger one is read ahead of the messages received.
 */
export const SOCKET_BUFFER: { readonly idle: number; readonly busy: number } = { idle: 4 * 1024, busy: 64 * 1024 };

/** Bytes of a WebSocket's messages from which no more is read ahead of a busy owner. */
export const AHEAD_BYTES: number = 64 * 1024;

/** Bytes that each of them counts besides its own: a flood of empty ones must end, too. */
export const AHEAD_COST = 64;

/** Milliseconds between two checks of the data that a busy owner of a WebSocket leaves unread: peers wait longer for their pings. */
export const LOOK_MS = 5_000;

/**
 * Milliseconds of silence after which a WebSocket is asked for a sign of life: NATs forget a connection after some minutes, and a
 * peer that vanished should be noticed within one.
 */
export const PING_MS = 25_000;

/** Milliseconds that the answer to such a ping may take. */
export const PONG_MS = 30_000;

/** Bytes of the longest message that is short: memory of its own would cost more than all the rest of its handling. */
export const SHORT_BYTES = 128;

/** Bytes that a waiting datagram costs besides its own: the block that it keeps alive. An empty one is not free either. */
export const DATAGRAM_COST: number = BLOCK_BYTES;

/** Bytes of a server's first read buffer for a peer: the cost of an idle connection. It holds a message of ordinary size. */
export const READ_BUFFER_MIN: number = 4 * 1024;

/** Bytes of the largest read buffer: with more a stream gains nothing. */
export const READ_BUFFER_MAX = 256 * 1024;

/** Bytes of the largest write to a Node socket, which keeps a copy until the system has taken them. */
export const NODE_WRITE_MAX = 64 * 1024;

/** Bytes that may wait to be read from a Node socket, which delivers them unasked; above it the socket is paused. */
export const UNREAD_LIMIT = 256 * 1024;

/** First and longest pause, in milliseconds, of an accept loop that ran out of file descriptors. */
export const ACCEPT_PAUSE_MS: { readonly first: number; readonly longest: number } = { first: 50, longest: 1_000 };

/**
 * First and longest pause, in milliseconds, between attempts to connect: quick for a port that opens in a moment, gentle for
 * one that does not.
 */
export const RETRY_PAUSE_MS: { readonly first: number; readonly longest: number } = { first: 100, longest: 1_000 };

/** Milliseconds that an address may be silent before the next one is tried as well (RFC 8305 section 5). */
export const ATTEMPT_DELAY_MS = 250;

/** Milliseconds that one address family's answer waits for the other one's (RFC 8305 section 3). */
export const RESOLUTION_DELAY_MS = 50;
