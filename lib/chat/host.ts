/**
 * What surrounds the mode of one server: the person at it, and for a mode that tells what is said a log, browsers, other
 * servers and other times, as far as they are asked for.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { ModeSpec, Operator, Room } from "../server/mode_spec.ts";
import { Log } from "./log.ts";
import type { Output } from "../output/output.ts";
import type { Run } from "../cli/command.ts";
import { readLines } from "../cli/input.ts";
import { openPage, type Page } from "./page.ts";
import type { Sharing, SharingEars, SharingOptions } from "./sharing.ts";

/** Modes that tell what is said may have an option for a log of it: lines are lost rather than clients kept waiting. */
export interface LogOptions {
  /** The file. */
  readonly log?: string | undefined;
}

/** And one for browsers. */
export interface WebOptions {
  /** Whether they can join. */
  readonly web?: true | undefined;
  /** Names that they may call the server by. */
  readonly "web-host"?: readonly string[] | undefined;
}

/** The options that are meant. */
export interface PremisesOptions extends LogOptions, WebOptions, SharingOptions {}

/** Whose surroundings they are. */
export interface Surroundings extends Pick<Room, "encoding" | "frame" | "messageMax"> {
  /** The mode. */
  readonly mode: ModeSpec;
  /** The command line. */
  readonly run: Run;
  /** Where all is shown. */
  readonly output: Output;
}

/** What was opened; it closes with its scope. */
export interface Premises extends AsyncDisposable {
  /** What the mode is given. */
  readonly room: Room;
  /** The door for browsers. */
  readonly page?: Page | undefined;
  /** Settles when the room knows who is at other servers: its first client shall see them. */
  arrived(): Promise<void>;
  /** Opens the log. */
  openLog(): Promise<void>;
}

/**
 * Opens what was asked for.
 *
 * @param options what was given
 * @param around whose they are
 * @returns the surroundings
 * @throws {SockeyeError} `usage`, `permission`, `file`, `connect`, `tls`
 */
export async function openPremises(options: PremisesOptions, around: Surroundings): Promise<Premises> {
  const { run, output, encoding, frame, messageMax } = around;
  const { log: path, web, "web-host": webHosts } = options;
  if (webHosts && !web) throw new SockeyeError("usage", "Option --web-host needs --web too");
  await using stack = new AsyncDisposableStack();
  const operator = stack.use(await seatOperator(around));
  const page = web && stack.use(await openPage(webHosts, options.bus !== undefined));
  const notice: Room["notice"] = (message, peer) =>
    void output.report({ event: "notice", message, ...(peer && { id: peer.id, peer: peer.address }) });
  const lose = (message: string) => void output.report({ event: "error", kind: "file", message });
  const sharing = await share(options, { notice, lose });
  if (sharing) stack.use(sharing);
  let log: Log | undefined;
  const room: Room = {
    encoding,
    frame,
    messageMax,
    operator,
    bus: sharing?.bus,
    store: sharing?.store,
    notice,
    written: () => run.sink.flush(),
    show: (text, from) => {
      log?.add(text);
      page?.said(text, from);
      const who = from === "operator" ? { operator: true } as const : from && { id: from.id, peer: from.address };
      void output.report({ event: "say", text, ...who });
    },
    meet: (people) => page?.meet(people),
  };
  const opened = stack.move();
  return {
    room,
    page,
    arrived: () => sharing?.arrived() ?? Promise.resolve(),
    openLog: async () => {
      if (path !== undefined) log = opened.use(await Log.open(path, lose));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What joins the room with other servers and other times is loaded only for those who ask for it. */
async function share(options: SharingOptions, ears: SharingEars): Promise<Sharing | undefined> {
  const { bus, room, "bus-ca": ca, "history-file": file, "history-max": max } = options;
  if ([bus, room, ca, file, max].every((option) => option === undefined)) return undefined;
  return await (await import("./sharing.ts")).openSharing(options, ears);
}

/** The person at the terminal, or the lines of a pipe; modes that do not listen to them leave standard input alone. */
async function seatOperator({ mode, run, output }: Surroundings): Promise<Operator & Disposable> {
  const { system, sink } = run;
  if (!mode.operator || !system.stdin.isTerminal() || !system.stdout.isTerminal()) {
    return { interactive: false, lines: () => readLines(system.stdin), prompt: () => {}, [Symbol.dispose]: () => {} };
  }
  const { Editor } = await import("../cli/editor.ts");
  const editor = new Editor(system, sink, { onEnd: () => output.typedLine = undefined });
  output.typedLine = editor;
  return {
    interactive: true,
    lines: () => editor.lines(),
    prompt: (text) => editor.prompt = text,
    [Symbol.dispose]: () => editor.close(),
  };
}
