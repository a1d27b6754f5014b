/**
 * `sockeye client`: dials, sends, shows the replies.
 *
 * @module
 */

import { DIAL_OPTIONS, prepareDial } from "../../client/connect.ts";
import { asCuts, CUT_PAUSE_MS } from "../../client/cut.ts";
import { exchange } from "../../client/exchange.ts";
import { asPattern, EXPECT_WAIT_MS } from "../../client/expect.ts";
import { readMessages, type TextRules } from "../../client/messages.ts";
import { TYPED_COMMANDS } from "../../client/typed_lines.ts";
import { asSavePath, SavedAnswer } from "../../client/save.ts";
import { SockeyeError } from "../../errors.ts";
import type { Report } from "../../events.ts";
import {
  asDuration,
  asNumber,
  asText,
  asTimeLimit,
  choice,
  flag,
  many,
  one,
  readValue,
  type Values,
} from "../../options.ts";
import type { Output } from "../../output/output.ts";
import type { Need } from "../../permissions.ts";
import { type Phrased, say } from "../../phrase.ts";
import { quote, quoteAddress } from "../../printable.ts";
import type { Encodings } from "../../text/encodings.ts";
import { type Address, joinAddress, parseAddress } from "../../transport/address.ts";
import type { Channel } from "../../transport/channel.ts";
import { transportOf } from "../../transport/mod.ts";
import { asMembership, demandInterface } from "../../transport/multicast.ts";
import { checkRounds, planSpeech, type SpeechPlan } from "../client_plan.ts";
import { openSession, type Session } from "../client_session.ts";
import { unlessHung } from "../../wait.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingsOf, openOutput, type Run } from "../command.ts";
import { hasTerminal } from "../terminal_input.ts";
import { checkForm, FORM_OPTIONS, formOf } from "../form_options.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";
import { openRecording, RECORD_OPTIONS, recordNeeds } from "../record_options.ts";

const CLIENT_OPTIONS = {
  "send": many("TEXT", "send this text, exactly", asText),
  "send-hex": many("HEX", "send these bytes, e.g. '01 ff 0a'", asText),
  "file": many("FILE", "send this file", asText, { needs: ["read"] }),
  "crlf": flag("lines end with CRLF: typed lines, --send and piped input"),
  "eol": choice(["lf", "crlf", "cr", "none"], "what a typed line ends with (lf)"),
  "escapes": flag("\\n \\r \\t \\xNN \\u{N} in typed lines and --send stand for bytes"),
  "every": one("D", "send it again after D", asDuration),
  "count": one("N", "send it N times (without end if --every is given)", asNumber(1, 1_000_000_000)),
  "cut": one("N,…", `cut each message at these byte offsets, and pause ${CUT_PAUSE_MS} ms at each cut`, asCuts),
  "expect": many("REGEX", "wait for a match in the reply; without one exit with 10", asPattern),
  "wait": one(
    "D",
    `wait for replies for D after the last message; for each --expect (${EXPECT_WAIT_MS / 1000}s)`,
    asDuration,
  ),
  "half-close": flag("end the sending half right after the last message"),
  "output": one("FILE", "save what is received, byte for byte, instead of showing it", asSavePath, {
    short: "o",
    needs: ["read", "write"],
  }),
  "idle": one("D", "stop when nothing is sent or received for D", asDuration),
  "deadline": one("D", "stop after D", asTimeLimit),
  ...RECORD_OPTIONS,
  ...FORM_OPTIONS,
  ...DIAL_OPTIONS,
} as const;

/** The transports that options are for; the others work everywhere. */
const RULES: TransportRules = [
  [({ connectionless }) => !connectionless, ["connect-timeout", "retry"]],
  [({ hasPort }) => hasPort, ["source", "ipv4", "ipv6"]],
  [({ secured }) => secured, ["ca", "pin", "insecure", "server-name", "cert", "key"]],
  [({ messageBoundaries }) => !messageBoundaries, ["half-close", "cut"]],
  [
    ({ messageBoundaries, connectionless }) => messageBoundaries && !connectionless,
    ["header", "subprotocol", "binary"],
  ],
  [({ connectionless }) => connectionless, ["join", "interface", "only-peer", "ttl"]],
];

type ClientValues = Values<typeof CLIENT_OPTIONS> & CommonValues;

/** The host that Enter means when the host is asked for. */
const DEFAULT_HOST = "127.0.0.1";

/** The table entry. */
export const clientCommand: CommandSpec = defineCommand({
  name: "client",
  summary: "connect, send and show what comes back",
  operands: "[ADDRESS | HOST PORT]",
  about: `On a terminal each line that you type is sent. Piped input is sent as it is. After
the last message the sending half stays open for the reply: until the peer
ends, or the reply pauses for 0.5 s, or none begins within 2 s. --wait and --expect
keep it open longer, --half-close ends it at once. --send and --expect in turn are a
dialogue; each --expect looks at what came after the match before.
ADDRESS is a port of this machine or HOST:PORT, after udp:// or tls:// if wanted,
unix:/PATH, or ws://HOST:PORT/PATH (wss:// under TLS); without one you are asked
for it. Over UDP each line is a datagram, over a WebSocket a message.`,
  options: CLIENT_OPTIONS,
  typed: [{ title: "At a terminal you type", rows: [["TEXT", "a line to send"], ...TYPED_COMMANDS] }],
  examples: [
    ["client 9000", "talk to a port of this machine"],
    ["client example.com 80", "host and port apart"],
    ["client 9000 --send 你好 -e gbk", "send one text in GBK"],
    ["client 9000 -e gbk:utf-8 --eol none", "write GBK, read UTF-8, send lines without an end"],
    ["client 9000 --send PING --crlf --expect PONG --wait 2s", "a check for scripts"],
    ["client 9000 --expect 220 --send QUIT --crlf --expect 221", "a dialogue"],
    ["client 9000 --send tick --every 500ms --count 10", "send it ten times"],
    ["client 9000 --send hello --cut 3", "send it in two pieces, hel and lo"],
    ["client 9000 --retry 30 --send hi", "wait for the port to open"],
  ],
  checks: ({ operands, given }) => {
    const address = readAddress(operands);
    const names = given.flatMap(({ name, text, flag }) =>
      name === "join" ? [readValue(text, flag, asMembership).interface ?? ""] : name === "interface" ? [text] : []
    );
    return [
      ...(address ? [() => transportOf(address).demandDial(address, {})] : []),
      ...names.filter((name) => name !== "").map((name) => () =>
        demandInterface(name, say("use-multicast")`use multicast`)
      ),
    ];
  },
  run: runClient,
});

async function runClient(values: ClientValues, run: Run): Promise<void> {
  const { system } = run;
  const { escapes = false, crlf = false, eol = crlf ? "crlf" : "lf" } = values;
  if (crlf && eol !== "crlf") {
    throw new SockeyeError("usage", say("contradict")`Options ${"--crlf"} and ${`--eol ${eol}`} contradict each other`);
  }
  const form = formOf(values);
  const { write, read } = encodingsOf(values);
  const rules: TextRules = { encoding: write, readEncoding: read, escapes, crlf, form };
  const messages = await unlessHung(readMessages(run.given, rules), system.signal);
  checkRounds(values, messages);
  if (crlf && rules.encoding.startsWith("utf-16")) {
    throw new SockeyeError("usage", `--crlf works on bytes, and ${rules.encoding} writes line ends in other ones`);
  }
  const types = messages.length === 0 && hasTerminal(system);
  const output = await openOutput("client", values, run, { form, typed: types });
  using session = await openSession(run, output, values.deadline);
  const address = await findAddress(run.operands, session, output);
  const transport = transportOf(address);
  checkTransport(transport, RULES, run.given, rules.encoding);
  checkForm(values, transport);
  if (values.output !== undefined) SavedAnswer.demand(values.output);
  await using recording = await openRecording(values, run, output);
  const fileNeeds: readonly Need[] = values.output !== undefined
    ? ["read", "write"]
    : values.file || types
    ? ["read"]
    : [];
  const connect = await prepareDial(address, {
    values,
    needs: [...fileNeeds, ...recordNeeds(values)],
    verbose: values.verbose ?? false,
    interactive: system.stderr.isTerminal(),
    signal: session.signal,
    report: output.report,
  });
  const notice = (message: Phrased) => void output.report({ event: "notice", message });
  const onEncodings = ({ read, write }: Encodings) => output.switchEncodings(read, write);
  const inChat = () => output.inChat;
  const context = { given: run.given, messages, rules, eol, transport, system, session, notice, onEncodings, inChat };
  const plan = planSpeech(values, context);
  const dialled = await connect();
  const channel = recording?.channel(dialled, { serverName: serverNameOf(address, values) }) ?? dialled;
  const saved = values.output === undefined ? undefined : await openSaved(values.output, channel);
  try {
    await exchange(channel, plan.outgoing, {
      signal: session.signal,
      idle: values.idle,
      ...plan.options,
      on: output.report,
      onTraffic: saved
        ? savedTraffic(saved, showsSaved(values, plan) ? output.reportTraffic : undefined)
        : output.reportTraffic,
    });
    plan.check();
  } catch (error) {
    if (error === session.readerLeft) return await saved?.finish();
    // Ctrl-C is how a person ends a conversation without an end.
    if (system.signal.aborted) await saved?.finish();
    else await reportPart(saved, notice);
    throw error;
  }
  await saved?.finish();
}

/** The name that a TLS server is asked for. */
function serverNameOf(address: Address, { "server-name": name }: ClientValues): string | undefined {
  return transportOf(address).secured && "host" in address ? name ?? address.host : undefined;
}

/** Opened when there is a connection: a failure before that leaves nothing behind. */
async function openSaved(path: string, channel: Channel): Promise<SavedAnswer> {
  try {
    return await SavedAnswer.open(path);
  } catch (error) {
    channel.close();
    throw error;
  }
}

/** Whether saved data is also shown: at a terminal, and if an option asks for a display format. */
function showsSaved({ json, hex }: ClientValues, { typed }: SpeechPlan): boolean {
  return typed || json === true || hex === true;
}

function savedTraffic(saved: SavedAnswer, show: Report | undefined): Report {
  return async (event) => {
    if (event.event === "recv") await saved.write(event.data);
    await show?.(event);
  };
}

async function reportPart(saved: SavedAnswer | undefined, notice: (message: Phrased) => void): Promise<void> {
  const part = await saved?.giveUp();
  if (part !== undefined) notice(say("came-in")`What came is in ${quote(part)}`);
}

/** The address on the command line; undefined where a part of it is missing. */
function readAddress([host, port, extra]: readonly string[]): Address | undefined {
  if (extra !== undefined) {
    throw new SockeyeError(
      "usage",
      say("unexpected")`Unexpected argument ${quoteAddress(extra)}: ${"client"} takes ${say(
        "address-or-host",
      )`ADDRESS or HOST PORT`}`,
    );
  }
  if (host === undefined) return undefined;
  if (port !== undefined) return joinAddress(host, port);
  return /^\d+$|:|\//.test(host) ? parseAddress(host) : undefined;
}

/** The address of the command line; asks for missing parts. */
async function findAddress(operands: readonly string[], session: Session, output: Output): Promise<Address> {
  const complete = readAddress(operands);
  if (complete) return complete;
  const [host] = operands;
  const ask = (question: Phrased) => {
    if (!session.input) {
      throw new SockeyeError(
        "usage",
        say("missing-address")`Missing address: ${"client"} takes ${say("address-or-host")`ADDRESS or HOST PORT`}`,
      );
    }
    return session.input.ask(output.words(question), session.signal);
  };
  const asked = host ?? (await ask(say("ask-host")`Host (${DEFAULT_HOST}): `) || DEFAULT_HOST);
  return joinAddress(asked, await ask(say("ask-port")`Port: `));
}
