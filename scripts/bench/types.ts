/**
 * Types that the parts of the benchmark share.
 *
 * @module
 */

/**
 * Role of a contestant: the program that all are compared with, sockeye, another program for the same job, or the bare
 * runtime.
 */
export type Role = "yardstick" | "ours" | "peer" | "floor";

/** Job that a load gives a contestant: echo over TCP, echo over WebSocket, run a chat, echo datagrams,
 * relay to another port over TCP or UDP, or download. */
export type Job = "echo" | "ws" | "chat" | "udp" | "relay" | "relayUdp" | "fetch";

/** Folders and programs of a run. */
export interface Tools {
  /** Folder of the C programs. */
  readonly bin: string;
  /** Temporary folder of this run. */
  readonly folder: string;
  /** Folder for large downloads. */
  readonly downloads: string;
  /** Path of the Python interpreter. */
  readonly python: string;
  /** Why the WebSocket library of Node is not in the folder of the C programs; undefined if it is, or is not needed. */
  readonly noWs?: string | undefined;
}

/** Parameters of a download. */
export interface Download {
  /** Port of the HTTP server on 127.0.0.1. */
  readonly port: number;
  /** Length of the body, which is also the path of the address. */
  readonly bytes: number;
  /** File for the body. */
  readonly file: string;
}

/** A program that is measured. */
export interface Contestant {
  /** Name in the table. */
  readonly name: string;
  /** Role in the comparison. */
  readonly role: Role;
  /** Programs that must be on PATH, or, if they contain a slash, files that must exist. */
  readonly needs: readonly string[];
  /** Threads among which the clients are distributed. Default 1. */
  readonly threads?: number;
  /** Most concurrent connections. Default: no limit. */
  readonly maxConnections?: number;
  /** The command that echoes over TCP on a port of 127.0.0.1. */
  readonly echo?: (port: number, tools: Tools) => string[];
  /**
   * The command that echoes over WebSocket on a port of 127.0.0.1.
   *
   * @throws {Error} the contestant cannot do it on this machine
   */
  readonly ws?: (port: number, tools: Tools) => string[];
  /** The command that runs a chat on a port of 127.0.0.1. */
  readonly chat?: (port: number, tools: Tools) => string[];
  /** The command that echoes datagrams on a port of 127.0.0.1. */
  readonly udp?: (port: number, tools: Tools) => string[];
  /** The command that relays TCP from a port of 127.0.0.1 to another one. */
  readonly relay?: (port: number, target: number, tools: Tools) => string[];
  /** The command that relays datagrams from a port of 127.0.0.1 to another one. */
  readonly relayUdp?: (port: number, target: number, tools: Tools) => string[];
  /** The command that saves a page. */
  readonly fetch?: (download: Download, tools: Tools) => string[];
}

/** Durations and amounts of a run. */
export interface RunSize {
  /** Seconds of warm-up, which do not count: JIT compilers do their work in them. */
  readonly warm: number;
  /** Seconds that count. */
  readonly seconds: number;
  /** Connections of the idle load. */
  readonly idle: number;
  /** Lines that each sender of the chat sends. */
  readonly lines: number;
  /** Seconds after which a chat is stopped and measured by the lines delivered until then. */
  readonly chatSeconds: number;
  /** Bytes of the large download. */
  readonly bytes: number;
  /** Number of times that the small page is downloaded. */
  readonly pages: number;
  /** Seconds that a server has to release the memory of closed connections. */
  readonly release: number;
}

/** A load that contestants are measured with. */
export interface Load {
  /** Name for `--loads`. */
  readonly id: string;
  /** Title of the table. */
  readonly title: string;
  /** Unit of the value. */
  readonly unit: string;
  /** Direction in which values are better. */
  readonly better: "more" | "less";
  /** Job that a contestant must be able to do. */
  readonly job: Job;
  /** Unit of work by which processor time is divided. */
  readonly work: string;
  /** Number of concurrent connections. */
  readonly connections: (size: RunSize) => number;
  /** Arguments of the load program, without the command of a download. */
  readonly words: (size: RunSize, port: number) => readonly (string | number)[];
  /** Length of the body, for downloads. */
  readonly bytes?: (size: RunSize) => number;
  /** True if the load keeps all connections open until it gets a byte on stdin. */
  readonly holdsConnections?: boolean;
  /** True to run the load only when `--loads` names it: its result is about one program and compares none. */
  readonly onRequest?: boolean;
  /** True to leave the load out of quick runs unless `--loads` names it: some contestants take long. */
  readonly slow?: boolean;
}

/** Result of one run. */
export interface Sample {
  /** Number of the round, from 1. */
  readonly round: number;
  /** Value in the load's unit. */
  readonly value: number;
  /** Processor time per unit of work in microseconds, of the contestant and its descendants. */
  readonly cpuMicros: number;
  /** Peak memory in MiB: of the contestant, and the memory that its descendants do not share with it. */
  readonly peakMb: number;
  /** Figures of some loads: `p50` and `p99` in microseconds, `silent`, `lost`, `share`, `kbPerConnection`, `kept`. */
  readonly extra: Readonly<Record<string, number>>;
}

/** All runs of a load by a contestant. */
export interface Series {
  /** The load. */
  readonly load: Load;
  /** The contestant. */
  readonly contestant: Contestant;
  /** Results, one for each round that succeeded. */
  readonly samples: Sample[];
  /** Error messages, one for each round that failed. */
  readonly failures: string[];
}
