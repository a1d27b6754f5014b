/**
 * `sockeye client`: dials, sends, shows what comes back.
 *
 * @module
 */

import { DIAL_OPTIONS, prepareDial } from "../../client/connect.ts";
import { exchange, type Outgoing } from "../../client/exchange.ts";
import { asPattern, Expectation } from "../../client/expect.ts";
import {
  cutLines,
  inOne,
  type Message,
  readMessages,
  sendInput,
  sendLines,
  sendMessages,
  type TextRules,
  warnOfFragments,
} from "../../client/messages.ts";
import { SockeyeError, stateOf } from "../../errors.ts";
import { asDuration, asNumber, asText, asTimeLimit, flag, many, one, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { quoteAddress } from "../../printable.ts";
import { type Address, joinAddress, parseAddress } from "../../transport/address.ts";
import { transportOf } from "../../transport/mod.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";
import { hasTerminal, openTerminalInput } from "../terminal_input.ts";

const CLIENT_OPTIONS = {
  "send": many("TEXT", "send this text, exactly", asText),
  "send-hex": many("HEX", "send these bytes, e.g. '01 ff 0a'", asText),
  "file": many("FILE", "send this file", asText),
  "crlf": flag("lines end with CRLF: typed lines, --send and piped input"),
  "escapes": flag("\\n \\r \\t \\xNN \\u{N} in typed lines and --send stand for bytes"),
  "every": one("D", "say it again after D", asDuration),
  "count": one("N", "say it N times (without end if --every is given)", asNumber(1, 1_000_000_000)),
  "expect": one("REGEX", "exit 0 as soon as the answer matches, 10 if it never does", asPattern),
  "wait": one("D", "after the last word wait for answers for D (until the peer ends)", asDuration),
  "idle": one("D", "give up when nothing comes or goes for D", asDuration),
  "deadline": one("D", "give up when all is not done after D", asTimeLimit),
  ...DIAL_OPTIONS,
} as const;

/** The transports that options are for; the others work everywhere. */
const RULES: TransportRules = [
  [({ connectionless }) => !connectionless, ["connect-timeout", "retry"]],
  [({ hasPort, secured }) => hasPort && !secured, ["source"]],
  [({ secured }) => secured, ["ca", "pin", "insecure", "server-name"]],
  [
    ({ messageBoundaries, connectionless }) => messageBoundaries && !connectionless,
    ["header", "subprotocol", "binary", "frame-max"],
  ],
  [({ connectionless }) => connectionless, ["join", "interface", "only-peer", "ttl"]],
];

type ClientValues = Values<typeof CLIENT_OPTIONS> & CommonValues;

/** Milliseconds to wait for answers where the sending half cannot be closed alone (UDP, WebSocket). */
const ANSWER_WAIT_MS = 1_000;

/**
 * Milliseconds that piped input may pause after the peer has ended its half. Such a peer looks like one that has left:
 * the pause is long enough that a busy machine loses nothing, and short enough for a peer that is gone.
 */
const INPUT_PAUSE_MS = 2_000;

/** The host that Enter means when the host is asked for. */
const DEFAULT_HOST = "127.0.0.1";

/** The table entry. */
export const clientCommand: CommandSpec = defineCommand({
  name: "client",
  summary: "connect, send and show what comes back",
  operands: "[ADDRESS | HOST PORT]",
  about: `On a terminal each line that you type is sent; q alone leaves. Piped input is sent as
it is; at its end the sending half is closed and the answer is read to its end.
ADDRESS is a port of this machine or HOST:PORT, after udp:// or tls:// if wanted,
unix:/PATH, or ws://HOST:PORT/PATH (wss:// under TLS); what is missing is asked
for. Over UDP each line is a datagram, over a WebSocket a message.`,
  options: CLIENT_OPTIONS,
  examples: [
    ["client 9000", "talk to a port of this machine"],
    ["client example.com 80", "host and port apart"],
    ["client 9000 --send 你好 -e gbk", "send one text in GBK"],
    ["client 9000 --send PING --crlf --expect PONG --wait 2s", "a check for scripts"],
    ["client 9000 --send tick --every 500ms --count 10", "say it ten times"],
    ["client 9000 --retry 30 --send hi", "wait for the port to open"],
  ],
  run: runClient,
});

async function runClient(values: ClientValues, run: Run): Promise<void> {
  const { system } = run;
  const { escapes = false, crlf = false } = values;
  const rules: TextRules = { encoding: encodingOf(values), escapes, crlf };
  const messages = await readMessages(run.given, rules);
  checkRounds(values, messages);
  if (crlf && rules.encoding.startsWith("utf-16")) {
    throw new SockeyeError("usage", `--crlf works on bytes, and ${rules.encoding} writes line ends in other ones`);
  }
  const output = openOutput("client", values, run);
  using session = await openSession(run, output, values.deadline);
  const address = await findAddress(run.operands, session);
  const transport = transportOf(address);
  checkTransport(transport, RULES, run.given, rules.encoding);
  const connect = await prepareDial(address, {
    values,
    needs: values.file ? ["read"] : [],
    verbose: values.verbose ?? false,
    interactive: system.stderr.isTerminal(),
    signal: session.signal,
    report: output.report,
  });
  const notice = (message: string) => void output.report({ event: "notice", message });
  const { messageBoundaries, connectionless } = transport;
  const outgoing = messages.length === 0 && session.input
    ? sendLines(session.input.lines(), rules, notice)
    : batch(values, messages, run, { messageBoundaries, signal: session.signal });
  const expectation = values.expect && new Expectation(values.expect, rules.encoding, messageBoundaries);
  try {
    await exchange(await connect(), connectionless ? warnOfFragments(outgoing, notice) : outgoing, {
      signal: session.signal,
      idle: values.idle,
      wait: values.wait ?? (messageBoundaries ? ANSWER_WAIT_MS : undefined),
      idleAfterEnd: messages.length > 0 ? Infinity : system.stdin.isTerminal() ? undefined : INPUT_PAUSE_MS,
      until: expectation && ((bytes) => expectation.meets(bytes)),
      on: output.report,
      onTraffic: output.reportTraffic,
    });
  } catch (error) {
    if (error !== session.readerLeft) throw error;
  }
  expectation?.check();
}

/** Everything that is sent without a person at the keyboard. */
function batch(
  values: ClientValues,
  messages: readonly Message[],
  run: Run,
  { messageBoundaries, signal }: { readonly messageBoundaries: boolean; readonly signal: AbortSignal },
): Outgoing {
  if (messages.length === 0) {
    const input = sendInput(run.system.stdin, values.crlf ?? false);
    return messageBoundaries ? cutLines(input) : input;
  }
  const count = values.count ?? (values.every === undefined ? 1 : Infinity);
  return sendMessages(messageBoundaries ? messages.map(inOne) : messages, { count, every: values.every ?? 0, signal });
}

function checkRounds(values: ClientValues, messages: readonly Message[]): void {
  if (messages.length > 0) return;
  const flag = values.every !== undefined ? "--every" : values.count !== undefined ? "--count" : undefined;
  if (flag) throw new SockeyeError("usage", `Option ${flag} needs something to say: add --send, --send-hex or --file`);
}

async function findAddress([host, port, extra]: readonly string[], session: Session): Promise<Address> {
  const ask = (question: string) => {
    if (!session.input) throw new SockeyeError("usage", "Missing address: client takes ADDRESS or HOST PORT");
    return session.input.ask(question, session.signal);
  };
  if (extra !== undefined) {
    throw new SockeyeError("usage", `Unexpected argument ${quoteAddress(extra)}: client takes ADDRESS or HOST PORT`);
  }
  if (host !== undefined && port === undefined && /^\d+$|:|\//.test(host)) return parseAddress(host);
  const asked = host ?? (await ask(`Host (${DEFAULT_HOST}): `) || DEFAULT_HOST);
  return joinAddress(asked, port ?? await ask("Port: "));
}

type Session = Awaited<ReturnType<typeof openSession>>;

/** What ends a client from outside, and the terminal that it holds. */
async function openSession({ system, sink }: Run, output: Output, deadline: number | undefined) {
  const own = new AbortController();
  // The reader of stdout has left (`| head`): that is no failure, there is just no more to do.
  const readerLeft = new SockeyeError("session", "Stdout was closed");
  sink.onClose = (stream, cause) => {
    if (stream !== "stdout") return;
    const failure = new SockeyeError("file", `Cannot write to stdout: ${stateOf(cause)}`, { cause });
    own.abort(cause instanceof Deno.errors.BrokenPipe ? readerLeft : failure);
  };
  const late = (ms: number) => new SockeyeError("timeout", `Not done after ${ms / 1000} s (deadline)`);
  const timer = deadline === undefined ? undefined : setTimeout(() => own.abort(late(deadline)), deadline);
  const input = hasTerminal(system) ? await openTerminalInput({ system, sink, output }) : undefined;
  return {
    /** Aborted by Ctrl-C, by the deadline, or when stdout is closed. */
    signal: AbortSignal.any([system.signal, own.signal]),
    readerLeft,
    /** What a person at a terminal types. */
    input,
    [Symbol.dispose](): void {
      clearTimeout(timer);
      input?.[Symbol.dispose]();
    },
  };
}
