/**
 * What surrounds a room: the server that it is in, and, as far as the options ask for them, a log, a history file, a page for
 * browsers, a bus to other servers. Each is loaded only when it is asked for.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { isSameFile, readText } from "../files.ts";
import type { Need } from "../permissions.ts";
import type { Phrased } from "../phrase.ts";
import { quote } from "../printable.ts";
import type { ModeContext, Peer, Started } from "../server/mode.ts";
import type { Listener } from "../transport/channel.ts";
import type { BusEntrance } from "./contract.ts";
import { linesOf, phrasesOf, type RoomEvent } from "./events.ts";
import type { Store, StoredEvent } from "./history.ts";
import type { Log } from "./log.ts";
import { type ChatValues, STORED_HISTORY } from "./options.ts";
import type { RoomSummary } from "./web/protocol.ts";

/** What a room is given. */
export interface ChatHost extends Pick<ModeContext, "encoding" | "form" | "messageMax" | "operator" | "notice"> {
  /** The way to people at other servers. */
  readonly bus?: BusEntrance | undefined;
  /** How many events newcomers get. */
  readonly history: number;
  /** Those from before this run, the oldest first. */
  readonly earlier: readonly StoredEvent[];
  /** Where lines are kept beyond the life of the server. */
  readonly store?: Store | undefined;
  /** Whether pages can join. Default false. */
  readonly web?: boolean | undefined;
  /** What the room is called. Default: it has no name. */
  readonly name?: string | undefined;
  /** The password that clients give before they join. Default: none. */
  readonly password?: string | undefined;
  /**
   * Shows an event to the person at the server, and logs it, unless it is private; `from` is the member that caused it
   * or that it is about.
   */
  show(event: RoomEvent, from?: Peer | "operator"): void;
}

/** A host whose files and connections close with its scope; `start` opens what needs the bound listener. */
export type OpenHost = AsyncDisposable & {
  readonly host: ChatHost;
  /** Permissions to keep while the room is open. */
  readonly needs: readonly Need[];
  /** `room`: the facts that are public before joining. */
  start(listener: Listener, room: () => RoomSummary): Promise<Started>;
};

/** Options that have a meaning only together with one of the listed options. */
const NEEDS: readonly (readonly [keyof ChatValues, ...(keyof ChatValues)[]])[] = [
  ["web-host", "web"],
  ["room", "bus", "web"],
  ["bus-ca", "bus"],
  ["bus-replicas", "bus"],
  ["history-age", "bus"],
  ["history-max", "history-file", "bus"],
];

/**
 * Opens what the options ask for.
 *
 * @throws {SockeyeError} `usage`, `permission`, `file`, `connect`, `tls`
 */
export async function openHost(values: ChatValues, context: ModeContext): Promise<OpenHost> {
  requireOthers(values);
  const { encoding, form, messageMax, operator, notice, report, onReopen } = context;
  const lose = (message: string) => void report({ event: "error", kind: "file", message });
  await using stack = new AsyncDisposableStack();
  const [logPath, storePath] = [values.log, values["history-file"]];
  await refuseSameFile(logPath, storePath);
  const store = stack.use(await openStore(values, lose));
  const name = await readName(values);
  const password = await readPassword(values);
  // A link may lead to a file that was not there before.
  await refuseSameFile(logPath, storePath);
  const log = stack.use(await openLog(logPath, lose));
  if (log) stack.defer(onReopen(() => void log.reopen()));
  const bus = stack.use(await joinBus(values, notice));
  const history = values.history ?? (store ? STORED_HISTORY : 0);
  const earlier = await bus?.history(history) ?? store?.last(history) ?? [];
  const show: ChatHost["show"] = (happened, from) => {
    if (happened.kind !== "private") { for (const line of linesOf(happened)) log?.add(line); }
    const writer = from === "operator" ? { operator: true } as const : from && { id: from.id, peer: from.address };
    const name = "to" in happened ? happened.to : "name" in happened ? happened.name : undefined;
    const fields = { kind: happened.kind, ...(name && { name }), ...writer };
    for (const text of phrasesOf(happened)) void report({ event: "say", text, ...fields });
  };
  const given = { encoding, form, messageMax, operator, notice };
  const opened = stack.move();
  return {
    needs: log ? ["write"] : [],
    host: { ...given, bus, history, earlier, store, web: values.web, name, password, show },
    start: async (listener, room) => {
      // The first client must see the members at other servers.
      await bus?.arrived();
      if (!values.web) return {};
      const { listenForBrowsers } = await import("./web/entrance.ts");
      const { describeUrls, ownAddresses, pageUrls } = await import("./web/addresses.ts");
      const urls = pageUrls(listener.address, ownAddresses());
      const site = { names: values["web-host"], room, addresses: urls.others };
      return { listener: listenForBrowsers(listener, site), notice: describeUrls(urls) };
    },
    [Symbol.asyncDispose]: () => {
      // The last lines of the bus are still shown and logged.
      bus?.leave();
      return opened.disposeAsync();
    },
  };
}

function requireOthers(values: ChatValues): void {
  for (const [name, ...others] of NEEDS) {
    if (values[name] === undefined || others.some((other) => values[other] !== undefined)) continue;
    throw new SockeyeError("usage", `Option --${name} needs --${others.join(" or --")} too`);
  }
}

/** SQLite and lines of text in one file would destroy each other. */
async function refuseSameFile(log: string | undefined, store: string | undefined): Promise<void> {
  if (log === undefined || store === undefined || !await isSameFile(log, store)) return;
  throw new SockeyeError("usage", `Options --log and --history-file both name ${quote(log)}`);
}

async function openLog(path: string | undefined, lose: (message: string) => void): Promise<Log | undefined> {
  if (path === undefined) return undefined;
  return await (await import("./log.ts")).Log.open(path, lose);
}

async function openStore({ "history-file": file, "history-max": max }: ChatValues, lose: (message: string) => void) {
  if (file === undefined) return undefined;
  return await (await import("./history_file.ts")).HistoryFile.open(file, lose, max);
}

async function joinBus(values: ChatValues, notice: (message: Phrased) => void) {
  const { bus, room = "chat", "bus-ca": ca, "bus-replicas": replicas } = values;
  if (bus === undefined) return undefined;
  const { parseBusAddress, parseRoomName } = await import("./bus/address.ts");
  const { openBus } = await import("./bus/stream.ts");
  return await openBus(parseBusAddress(bus), {
    room: parseRoomName(room),
    ca: ca === undefined ? undefined : await readText(ca),
    history: values["history-max"],
    historyAgeMs: values["history-age"],
    replicas,
    notice,
  });
}

async function readName({ room }: ChatValues): Promise<string | undefined> {
  return room === undefined ? undefined : (await import("./bus/address.ts")).parseRoomName(room);
}

/** The password itself, or the first line of the file that `@` names, because other users of the machine can see a command line. */
async function readPassword({ password }: ChatValues): Promise<string | undefined> {
  if (!password?.startsWith("@")) return password;
  const path = password.slice(1);
  const [line = ""] = (await readText(path)).split(/\r?\n/);
  if (line === "") {
    throw new SockeyeError("usage", `Bad --password ${quote(password)}: the file begins with an empty line`);
  }
  return line;
}
