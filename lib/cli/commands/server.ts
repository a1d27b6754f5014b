/**
 * `sockeye server`: reads the plan from the command line, opens what it asks for and runs the server loop.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import type { Values } from "../../options.ts";
import { say } from "../../phrase.ts";
import { quoteAddress } from "../../printable.ts";
import type { ModeSpec } from "../../server/mode.ts";
import { hasLineByte } from "../../text/lines.ts";
import type { MessageForm } from "../../text/message_form.ts";
import { type Address, parseAddress } from "../../transport/address.ts";
import { transportOf } from "../../transport/mod.ts";
import {
  type CommandSpec,
  type CommonValues,
  defineCommand,
  encodingOf,
  type Run,
  unknownWord,
  type Word,
} from "../command.ts";
import { announceSeed, FAULT_OPTIONS, readOwnFaults } from "../fault_options.ts";
import { checkForm, formOf } from "../form_options.ts";
import { MODES } from "../modes.ts";
import { checkTransport } from "../option_rules.ts";
import { openServerOutput, serveMode } from "../serve_mode.ts";
import { checkShown, SERVE_OPTIONS, SERVE_RULES, type ServeValues } from "../serve_options.ts";

/** Where a server listens by default. */
const DEFAULT_ADDRESS = "127.0.0.1:9000";

const SERVER_OPTIONS = { ...SERVE_OPTIONS, ...FAULT_OPTIONS } as const;

type ServerValues = Values<typeof SERVER_OPTIONS> & CommonValues;

/** The table entry. */
export const serverCommand: CommandSpec = defineCommand({
  name: "server",
  summary: "serve one of the modes to many clients at once",
  operands: "[MODE] [ADDRESS]",
  words: { title: `Modes (default ${MODES[0].name})`, list: MODES.map(asWord), default: MODES[0].name },
  about: `ADDRESS is a port (this machine only), :PORT (every interface) or HOST:PORT;
port 0 is any free port. Default ${DEFAULT_ADDRESS}. udp://, tls://, ws:// or
wss:// may stand before it; unix:/PATH is a Unix socket.`,
  options: SERVER_OPTIONS,
  examples: [
    ["server", `echo on ${DEFAULT_ADDRESS}`],
    ...MODES.map(({ example, summary }) => [`server ${example}`, summary] as const),
    ["server reply 8088 --text 已收到 -e gbk", "reply to every message, in GBK"],
    ["server reply 9999 --greet Welcome! --text 'Hello, {data}!'", "greet, then reply by name"],
    ["server discard 0 --json", "any free port, events as JSON"],
  ],
  checks: ({ operands }) => {
    const { address } = readOperands(operands);
    return [() => transportOf(address).demandListen(address)];
  },
  run: runServer,
});

/** A mode whose peers have to do with each other runs in one thread. */
function asWord(mode: ModeSpec): Word {
  return { ...mode, excludes: mode.stateless ? [] : ["workers"] };
}

async function runServer(values: ServerValues, run: Run): Promise<void> {
  const { spec, address } = readPlan(values, run);
  const faults = readOwnFaults(values, transportOf(address), "down");
  const form = shownForm(values, spec);
  const output = await openServerOutput("server", { address, values, run, form, chat: spec.logsConversation });
  announceSeed(values, faults, output);
  await serveMode({ spec, address, values, run, output, faults });
}

/** What is served and where, when everything that can be wrong with it has been checked. */
function readPlan(values: ServeValues, run: Run): { spec: ModeSpec; address: Address } {
  const { spec, address } = readOperands(run.operands);
  refuseForeignOptions(spec, run);
  const encoding = encodingOf(values);
  checkTransport(transportOf(address), SERVE_RULES, run.given, encoding);
  checkForm(values, transportOf(address));
  checkShown(values);
  if (values.frame?.by === "line" && !hasLineByte(encoding)) {
    const message = `--frame line looks for the byte 0a, which ${encoding} uses inside other characters`;
    throw new SockeyeError("usage", message);
  }
  return { spec, address };
}

function readOperands(operands: readonly string[]): { spec: ModeSpec; address: Address } {
  const [first = "", ...rest] = operands;
  const named = MODES.find(({ name }) => name === first);
  const [address = DEFAULT_ADDRESS, ...extra] = named ? rest : operands;
  if (!named && first !== "" && !/[:\d/]/.test(first)) {
    throw unknownWord("mode", first, MODES.map(({ name }) => name));
  }
  if (extra[0] !== undefined) {
    throw new SockeyeError(
      "usage",
      say("unexpected")`Unexpected argument ${quoteAddress(extra[0])}: ${"server"} takes ${"[MODE] [ADDRESS]"}`,
    );
  }
  return { spec: named ?? MODES[0], address: parseAddress(address) };
}

/** An option of another mode would be ignored silently, so it is an error. */
function refuseForeignOptions(spec: ModeSpec, { given }: Run): void {
  for (const { name, flag } of given) {
    if (name in SERVER_OPTIONS || name in spec.options) continue;
    const owners = MODES.filter(({ options }) => name in options).map((owner) => owner.name);
    if (owners.length === 0) continue;
    throw new SockeyeError(
      "usage",
      say("option-of-mode")`Option ${flag} is for ${owners.join(", ")}, not for ${spec.name}`,
    );
  }
}

/** What a message is; undefined if the transcript shows the lines of a conversation instead, or the data of each read. */
function shownForm(values: ServeValues, { logsConversation }: ModeSpec): MessageForm | undefined {
  return logsConversation ? undefined : formOf(values);
}
