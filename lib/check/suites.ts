/**
 * The table of suites. It has only their names: a suite, and what `--explain` says about it, is loaded when it is asked
 * for. A new suite is its file, its explanations, their tests and one row here.
 *
 * @module
 */

import type { Explanation, Suite } from "./case.ts";

/** A suite that is not loaded yet. */
export interface SuiteEntry {
  /** The word on the command line. */
  readonly name: string;
  /** One line for the help: the English title of the suite. */
  readonly summary: string;
  /** The side of the program under test: whether its address is dialled or listened on. */
  readonly tests: Suite["tests"];
  /** Whether the program speaks in datagrams; else over a stream. */
  readonly datagrams?: true;
  /** Loads the suite. The path has to be a literal, or `deno compile` leaves the file out. */
  load(): Promise<Suite>;
  /** Loads what `--explain` says, by the names of the cases. */
  explanations(): Promise<Readonly<Record<string, Explanation>>>;
}

/** Every suite, in the order of the help. */
export const SUITES: readonly SuiteEntry[] = [
  {
    name: "echo",
    summary: "an echo server",
    tests: "server",
    load: async () => (await import("./suites/echo.ts")).echo,
    explanations: async () => (await import("./explanations/echo.ts")).echoExplanations,
  },
  {
    name: "reply",
    summary: "a server that replies to each message",
    tests: "server",
    load: async () => (await import("./suites/reply.ts")).reply,
    explanations: async () => (await import("./explanations/reply.ts")).replyExplanations,
  },
  {
    name: "chat",
    summary: "a group chat: what one client says, all others read",
    tests: "server",
    load: async () => (await import("./suites/chat.ts")).chat,
    explanations: async () => (await import("./explanations/chat.ts")).chatExplanations,
  },
  {
    name: "http",
    summary: "an HTTP server",
    tests: "server",
    load: async () => (await import("./suites/http.ts")).http,
    explanations: async () => (await import("./explanations/http.ts")).httpExplanations,
  },
  {
    name: "udp",
    summary: "a UDP server that answers each datagram",
    tests: "server",
    datagrams: true,
    load: async () => (await import("./suites/udp.ts")).udp,
    explanations: async () => (await import("./explanations/udp.ts")).udpExplanations,
  },
  {
    name: "segments",
    summary: "a server of any protocol: the same bytes, cut in other places",
    tests: "server",
    load: async () => (await import("./suites/segments.ts")).segments,
    explanations: async () => (await import("./explanations/segments.ts")).segmentsExplanations,
  },
  {
    name: "client/echo",
    summary: "a client that sends something and expects it back",
    tests: "client",
    load: async () => (await import("./suites/client_echo.ts")).clientEcho,
    explanations: async () => (await import("./explanations/client_echo.ts")).clientEchoExplanations,
  },
  {
    name: "client/reply",
    summary: "a client that says something and expects an answer",
    tests: "client",
    load: async () => (await import("./suites/client_reply.ts")).clientReply,
    explanations: async () => (await import("./explanations/client_reply.ts")).clientReplyExplanations,
  },
  {
    name: "client/http",
    summary: "a client that asks for a page over HTTP/1.1",
    tests: "client",
    load: async () => (await import("./suites/client_http.ts")).clientHttp,
    explanations: async () => (await import("./explanations/client_http.ts")).clientHttpExplanations,
  },
];
