/**
 * The words that the parts of the benchmark share.
 *
 * @module
 */

/** What a contestant can be: what all are compared with, this program, a program that does the same job, or the bare runtime. */
export type Role = "yardstick" | "ours" | "peer" | "floor";

/** What a load wants of a contestant: to echo over TCP, to run a chat, to echo datagrams, or to download. */
export type Job = "echo" | "chat" | "udp" | "fetch";

/** Where everything is. */
export interface Tools {
  /** The folder of the C programs. */
  readonly bin: string;
  /** A folder of this run. */
  readonly folder: string;
  /** The folder that downloads go to. */
  readonly downloads: string;
  /** The Python interpreter itself. */
  readonly python: string;
}

/** What a download is given. */
export interface Errand {
  /** Port of the HTTP server on 127.0.0.1. */
  readonly port: number;
  /** Length of the body, which is also the path of the address. */
  readonly bytes: number;
  /** Where the body goes. */
  readonly file: string;
}

/** A program that is measured. */
export interface Contestant {
  /** As the table shows it. */
  readonly name: string;
  /** What it is here for. */
  readonly role: Role;
  /** Programs that must be on PATH, or files that must be there (with a slash). */
  readonly needs: readonly string[];
  /** Threads that share the clients out. Default 1. */
  readonly threads?: number;
  /** Most connections at a time, for programs whose way has an end. */
  readonly most?: number;
  /** The command that echoes over TCP on a port of 127.0.0.1. */
  readonly echo?: (port: number, tools: Tools) => string[];
  /** The command that runs a chat on a port of 127.0.0.1. */
  readonly chat?: (port: number, tools: Tools) => string[];
  /** The command that echoes datagrams on a port of 127.0.0.1. */
  readonly udp?: (port: number, tools: Tools) => string[];
  /** The command that saves a page. */
  readonly fetch?: (errand: Errand, tools: Tools) => string[];
}

/** How long and how much. */
export interface Pace {
  /** Seconds that do not count, for compilers at run time to do their work. */
  readonly warm: number;
  /** Seconds that count. */
  readonly seconds: number;
  /** Connections of the load that is idle. */
  readonly idle: number;
  /** Lines that each sender of the chat says. */
  readonly lines: number;
  /** Seconds after which a chat is measured by what came until then. */
  readonly chatSeconds: number;
  /** Bytes of the large download. */
  readonly bytes: number;
  /** Times that the small page is saved. */
  readonly pages: number;
  /** Seconds that memory has to go back when connections have gone. */
  readonly back: number;
}

/** Something that contestants are asked to bear. */
export interface Load {
  /** As `--loads` names it. */
  readonly id: string;
  /** As the table shows it. */
  readonly title: string;
  /** Of the value. */
  readonly unit: string;
  /** Which values are better. */
  readonly better: "more" | "less";
  /** What a contestant must be able to do. */
  readonly job: Job;
  /** What processor time is divided by. */
  readonly work: string;
  /** Connections at a time. */
  readonly connections: (pace: Pace) => number;
  /** Words for the load program, without the command of a download. */
  readonly words: (pace: Pace, port: number) => readonly (string | number)[];
  /** The body's length, for downloads. */
  readonly bytes?: (pace: Pace) => number;
  /** Whether the load waits with all connections open until it is told to leave. */
  readonly stays?: boolean;
  /** Only on request: it tells about one program, not about many. */
  readonly onRequest?: boolean;
  /** Not in a quick run, unless on request: some contestants take long. */
  readonly slow?: boolean;
}

/** What one run gave. */
export interface Sample {
  /** Which round it belongs to. */
  readonly round: number;
  /** In the load's unit. */
  readonly value: number;
  /** Processor time in microseconds for each piece of work, by the contestant and all that it started. */
  readonly cpuMicros: number;
  /** Most memory in MiB: of the contestant, and what those that it started have for themselves. */
  readonly peakMb: number;
  /** What only some loads give: `p50` and `p99` in microseconds, `silent`, `lost`, `share`, `kbPerConnection`, `kept`. */
  readonly extra: Readonly<Record<string, number>>;
}

/** All runs of a load by a contestant. */
export interface Series {
  /** The load. */
  readonly load: Load;
  /** The contestant. */
  readonly contestant: Contestant;
  /** One a round. */
  readonly samples: Sample[];
  /** Why each of the rounds that gave none did not. */
  readonly failures: string[];
}
