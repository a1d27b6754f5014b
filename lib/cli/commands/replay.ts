/**
 * `sockeye replay`: plays a capture again, as the client or as the server.
 *
 * @module
 */

import { exchangesOf } from "../../capture/exchanges.ts";
import { asIgnorePattern } from "../../capture/mask.ts";
import type { ByteRange } from "../../capture/matcher.ts";
import { isMessage, type RecordedConversation } from "../../capture/recording.ts";
import { DIAL_OPTIONS, readDialOptions } from "../../client/connect.ts";
import { LAST_MS, NEXT_MS, replay } from "../../client/replay.ts";
import { SockeyeError } from "../../errors.ts";
import { isSameFile, withReadErrors } from "../../files.ts";
import { disturb } from "../../modes/faults/channel.ts";
import { replayOf } from "../../modes/replay.ts";
import { asNumber, asTimeLimit, choice, many, one, readValue, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { demand, keepOnly } from "../../permissions.ts";
import { Phrase, type Phrased, say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { type Address, formatAddress, parseAddress } from "../../transport/address.ts";
import { dial } from "../../transport/dial.ts";
import { transportOf } from "../../transport/mod.ts";
import { unlessHung } from "../../wait.ts";
import { listed, plural } from "../../wording.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import { announceSeed, FAULT_OPTIONS, readOwnFaults } from "../fault_options.ts";
import { checkForm, formOf } from "../form_options.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";
import { openRecording, recordNeeds } from "../record_options.ts";
import { readRecorded } from "../replay/recorded.ts";
import { differenceError, messageForms } from "../replay/words.ts";
import { openServerOutput, serveMode } from "../serve_mode.ts";
import { SERVE_OPTIONS, SERVE_RULES } from "../serve_options.ts";

/** How the client connects. Its certificate has the options of the server's. */
const { "connect-timeout": connectTimeout, source, ipv4, ipv6, ca, pin, insecure, "server-name": serverName } =
  DIAL_OPTIONS;
const { header, subprotocol, binary } = DIAL_OPTIONS;
const DIAL = { "connect-timeout": connectTimeout, source, ipv4, ipv6, ca, pin, insecure, "server-name": serverName };
const PLAY_CLIENT = {
  "count": one("N", "--to: play it N times (1)", asNumber(1, 1_000_000_000)),
  "wait": one(
    "D",
    `--to: an answer is missing after D of silence (${NEXT_MS / 1000}s; ${LAST_MS / 1000}s at the end)`,
    asTimeLimit,
  ),
  ...DIAL,
  header,
  subprotocol,
  binary,
} as const;
const PLAY_SERVER = {
  "unmatched": choice(["next", "close"], "--listen: answer what was not recorded as the next message, or end (next)"),
  "copy": one("FROM..TO", "--listen: these bytes of a request go into its answer, as an id that changes", asByteRange),
} as const;

const REPLAY_OPTIONS = {
  "to": one("ADDRESS", "play the client to the server there, and compare its answers", parseAddress),
  "listen": one("ADDRESS", "play the server there", parseAddress),
  "stream": one("N", "only this conversation, as show --list numbers them", asNumber(1, 2 ** 32)),
  "speed": one("F", "max for no pauses, 1 as recorded, 2 twice as fast (max)", asSpeed, { choices: ["max", "1"] }),
  "ignore": many("REGEX", "bytes that may differ; hex:01??ff for bytes, ?? for any one", asIgnorePattern),
  ...PLAY_CLIENT,
  ...PLAY_SERVER,
  ...FAULT_OPTIONS,
  ...SERVE_OPTIONS,
} as const;

type ReplayValues = Values<typeof REPLAY_OPTIONS> & CommonValues;

/** The transports that options of the client are for. */
const DIAL_RULES: TransportRules = [
  [({ connectionless }) => !connectionless, ["connect-timeout"]],
  [({ hasPort }) => hasPort, ["source", "ipv4", "ipv6"]],
  [({ secured }) => secured, ["ca", "pin", "insecure", "server-name", "cert", "key"]],
  [({ messageBoundaries: whole, connectionless }) => whole && !connectionless, ["header", "subprotocol", "binary"]],
];

/** Server options that have the same meaning for a client. */
const SHARED = ["frame", "frame-max", "cert", "key", "record", "record-max"];

/** The table entry. */
export const replayCommand: CommandSpec = defineCommand({
  name: "replay",
  summary: "play a capture again, as the client or as the server",
  operands: "FILE --to ADDRESS | --listen ADDRESS",
  about: `FILE is a recording, or a capture of tcpdump or Wireshark; - is standard input.
--to says what the client said, each time that what the server had answered has come,
and compares: at the first difference it says where, and exits with 10. --listen is the
server for any number of clients: what one says is looked for in the capture, and
answered as it was. Without --frame bytes count, however they were cut.`,
  options: REPLAY_OPTIONS,
  examples: [
    ["replay talk.pcapng --to 9000", "does the new version answer as the old one did?"],
    ["replay talk.pcapng --to tls://localhost:9443 --stream 2", "the second conversation, under TLS"],
    ["replay talk.pcapng --listen 9000", "the recorded server"],
    ["replay http.pcapng --to 8080 --ignore 'Date: .*'", "all but the date must be the same"],
    ["replay dns.pcapng --listen udp://:5353 --copy 0..2", "each answer has the id of its question"],
  ],
  checks: ({ operands: [name], given }) => [
    ...(name === undefined || name === "-" ? [] : [() => demand("read", name, say("read")`read ${quote(name)}`)]),
    ...given.flatMap(({ name, text, flag }) => {
      if (name !== "to" && name !== "listen") return [];
      const address = readValue(text, flag, parseAddress);
      const { demandDial, demandListen } = transportOf(address);
      return [name === "to" ? () => demandDial(address, {}) : () => demandListen(address)];
    }),
  ],
  run: runReplay,
});

async function runReplay(values: ReplayValues, run: Run): Promise<void> {
  const { to, listen } = values;
  const [name, extra] = run.operands;
  if (name === undefined) throw new SockeyeError("usage", say("missing-file")`Missing file: ${"replay"} takes FILE`);
  if (extra !== undefined) {
    throw new SockeyeError(
      "usage",
      say("unexpected")`Unexpected argument ${quote(extra)}: ${"replay"} takes ${say("one-file")`one file`}`,
    );
  }
  if (name !== "-" && values.record !== undefined && await isSameFile(values.record, name)) {
    throw new SockeyeError("usage", `Option --record would replace ${quote(name)}, which is to be played`);
  }
  if (to && listen) {
    throw new SockeyeError("usage", say("contradict")`Options ${"--to"} and ${"--listen"} contradict each other`);
  }
  if (to) await playClient(name, to, values, run);
  else if (listen) await playServer(name, listen, values, run);
  else {throw new SockeyeError(
      "usage",
      say(
        "missing-side",
      )`Missing --to ADDRESS or --listen ADDRESS: which side shall replay play?`,
    );}
}

async function playClient(name: string, address: Address, values: ReplayValues, run: Run): Promise<void> {
  refuse(
    run,
    [...Object.keys(PLAY_SERVER), ...Object.keys(SERVE_OPTIONS).filter((one) => !SHARED.includes(one))],
    "to",
  );
  if ("port" in address && address.port === 0) {
    throw new SockeyeError(
      "usage",
      say("port-0")`Cannot connect to ${formatAddress(address)}: port 0 is not a real port`,
    );
  }
  const transport = transportOf(address);
  checkTransport(transport, DIAL_RULES, run.given, encodingOf(values));
  checkForm(values, transport);
  const form = formOf(values);
  const faults = readOwnFaults(values, transport, "up");
  const output = await openOutput("replay", values, run, { form });
  announceSeed(values, faults, output);
  const { system: { signal } } = run;
  transport.demandDial(address, { source: values.source });
  const options = await readDialOptions(address, {
    values: { ...values, "only-peer": true },
    needs: [],
    verbose: values.verbose ?? false,
    interactive: false,
    signal,
    report: output.report,
  });
  const conversations = await readFile(name, address, values, run, output);
  await using recording = await openRecording(values, run, output);
  keepOnly([...transport.needs.dial, ...recordNeeds(values)]);
  const { ignore = [], speed = Infinity, count = 1 } = values;
  const rules = { form, ignore, speed, wait: values.wait, signal, on: output.report, onTraffic: output.reportTraffic };
  for (let round = 0, id = 0; round < count; round++) {
    for (const conversation of conversations) {
      const dialled = await dial(address, { ...options, resets: true });
      const disturbed = disturb(dialled, faults, ++id, "up");
      const channel = recording?.channel(disturbed) ?? disturbed;
      const difference = await replay(channel, conversation, { ...rules, id });
      if (difference) throw differenceError(difference, conversation.number, encodingOf(values));
    }
  }
  const { length } = conversations;
  const what = new Phrase("count-conversation", plural(length, "conversation"), [length]);
  const times = count > 1 ? say("times")`, ${count} times` : "";
  await output.report({ event: "notice", message: say("as-recorded")`The answers of ${what} are as recorded${times}` });
}

async function playServer(name: string, address: Address, values: ReplayValues, run: Run): Promise<void> {
  refuse(run, Object.keys(PLAY_CLIENT), "listen");
  const transport = transportOf(address);
  checkTransport(transport, SERVE_RULES, run.given, encodingOf(values));
  checkForm(values, transport);
  const faults = readOwnFaults(values, transport, "down");
  const output = await openServerOutput("server", { address, values, run, form: formOf(values) });
  announceSeed(values, faults, output);
  transport.demandListen(address);
  const recorded = await readFile(name, address, values, run, output);
  const whole = transport.messageBoundaries || values.frame !== undefined;
  const { ignore = [], speed = Infinity, copy, unmatched } = values;
  const encoding = encodingOf(values);
  const spec = replayOf({
    conversations: recorded.map((conversation) => exchangesOf(conversation, whole)),
    whole,
    ignore,
    speed,
    copy,
    closes: unmatched === "close",
    show: (bytes, at) => messageForms(bytes, encoding, at),
  });
  await serveMode({ spec, address, values, run, output, faults });
}

/** Refuses the options of the other side. */
function refuse({ given }: Run, names: readonly string[], side: "to" | "listen"): void {
  const wrong = given.find(({ name }) => names.includes(name));
  if (!wrong) return;
  const other = side === "to" ? "listen" : "to";
  throw new SockeyeError("usage", say("option-of-side")`Option ${wrong.flag} is for --${other}, not for --${side}`);
}

/** The conversations that can be played over a transport; at least one. */
async function readFile(
  name: string,
  address: Address,
  values: ReplayValues,
  { system }: Run,
  output: Output,
): Promise<readonly RecordedConversation[]> {
  const { signal, stdin } = system;
  const { stream } = values;
  const file = name === "-" ? undefined : await withReadErrors(name, () => unlessHung(Deno.open(name), signal));
  using _file = file;
  const notice = (message: Phrased, detail?: boolean) =>
    void output.report({ event: "notice", message, ...(detail && { detail }) });
  const { conversations, count } = await readRecorded(file ?? stdin, name, {
    stream,
    form: formOf(values),
    signal,
    notice,
  });
  if (stream !== undefined && stream > count) {
    throw new SockeyeError(
      "usage",
      new Phrase("no-stream", `There is no stream ${stream}: the capture has ${plural(count, "stream")}`, [
        stream,
        count,
      ]),
    );
  }
  const { connectionless } = transportOf(address);
  // A connection that was refused, or closed without a word, has nothing to be compared or answered.
  const spoken = conversations.filter(({ steps }) => steps.some(isMessage));
  const fitting = spoken.filter((conversation) => conversation.connectionless === connectionless);
  if (fitting.length > 0) return fitting;
  const kinds = [connectionless ? "datagrams" : "streams", connectionless ? "streams" : "datagrams"];
  const has = spoken.length > 0 ? `: it has ${kinds[1]}` : "";
  const what = stream === undefined ? quote(name) : `Stream ${stream}`;
  throw new SockeyeError("usage", `${what} has no ${kinds[0]} to play over ${formatAddress(address)}${has}`);
}

function asSpeed(text: string): number {
  if (text === "max") return Infinity;
  const speed = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(speed > 0)) throw new Error(`expected ${listed(["max", "1", "0.5", "another number above 0"], "or")}`);
  return speed;
}

function asByteRange(text: string): ByteRange {
  const [, from, to] = /^(\d{1,7})\.\.(\d{1,7})$/.exec(text) ?? [];
  if (!(Number(from) < Number(to))) throw new Error("expected a range such as 0..2, its end not included");
  return { from: Number(from), to: Number(to) };
}
