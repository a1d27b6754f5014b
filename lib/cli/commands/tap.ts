/**
 * `sockeye tap`: relays from a listener to a target and shows both directions.
 *
 * @module
 */

import { DIAL_OPTIONS, readDialOptions } from "../../client/connect.ts";
import { SockeyeError } from "../../errors.ts";
import { relayTo } from "../../modes/relay.ts";
import { RELAY_TYPED } from "../../modes/relay_console.ts";
import { asText, one, type Values } from "../../options.ts";
import { Phrase, say } from "../../phrase.ts";
import { quoteAddress } from "../../printable.ts";
import { type Address, formatAddress, parseAddress } from "../../transport/address.ts";
import { dial } from "../../transport/dial.ts";
import { transportOf } from "../../transport/mod.ts";
import { asProtocols, asServerName, passedOnName } from "../../transport/tls/names.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, type Run } from "../command.ts";
import { announceSeed, FAULT_OPTIONS, readFaults } from "../fault_options.ts";
import { checkForm, formOf } from "../form_options.ts";
import { checkTransport, type TransportRules } from "../option_rules.ts";
import { openServerOutput, serveMode, type ServeTarget } from "../serve_mode.ts";
import { checkShown, SERVE_OPTIONS, SERVE_RULES } from "../serve_options.ts";

/** The options of `client` that say how the target is reached. */
const { source, ipv4, ipv6, ca, pin, insecure, header, subprotocol } = DIAL_OPTIONS;

const TAP_OPTIONS = {
  ...SERVE_OPTIONS,
  ...FAULT_OPTIONS,
  "connect-timeout": DIAL_OPTIONS["connect-timeout"],
  source,
  ipv4,
  ipv6,
  ca,
  pin,
  insecure,
  "server-name": one(
    "NAME",
    "tls: the name to ask the target for (that which the client asks for, or the host)",
    asServerName,
  ),
  "alpn": one("NAMES", "tls: protocols to agree on, both sides on the same one: h2,http/1.1 (none)", asProtocols),
  "target-cert": one("FILE", "tls: the certificate to show to the target, PEM", asText, { needs: ["read"] }),
  "target-key": one("FILE", "tls: its private key, PEM", asText, { needs: ["read"] }),
  header,
  subprotocol,
} as const;

type TapValues = Values<typeof TAP_OPTIONS> & CommonValues;

/** What is for some transports of the target only. */
const TARGET_RULES: TransportRules = [
  [({ secured }) => secured, ["ca", "pin", "insecure", "server-name", "target-cert", "target-key"]],
  [({ hasPort }) => hasPort, ["source", "ipv4", "ipv6"]],
  [({ messageBoundaries, connectionless }) => messageBoundaries && !connectionless, ["header", "subprotocol"]],
];

/** What is for TLS on either side. */
const PROTOCOL_RULES: TransportRules = [[({ secured, messageBoundaries }) => secured && !messageBoundaries, ["alpn"]]];

/** The table entry. */
export const tapCommand: CommandSpec = defineCommand({
  name: "tap",
  summary: "see what two programs say to each other",
  operands: "LISTEN TARGET",
  about: `Point the client at LISTEN: all that it says goes on to TARGET, and the answers
come back. #1 > is from client 1 to the target, #1 < from the target to it.
Both are addresses as of server and client: a port (this machine only), :PORT,
HOST:PORT, and tls://, udp://, ws://, wss:// before it, or unix:/PATH.`,
  typed: [RELAY_TYPED],
  options: TAP_OPTIONS,
  examples: [
    ["tap 9100 9000", "listen on port 9100, pass on to port 9000"],
    ["tap 8443 tls://example.com:443", "plain here, TLS there"],
    ["tap tls://:8443 8080", "TLS here, plain there"],
    ["tap udp://:5353 udp://9.9.9.9:53", "one flow for each sender of datagrams"],
    ["tap 9100 9000 --fault delay=100ms~20ms", "a slow network"],
    ["tap :9000 unix:/run/app.sock -x", "a Unix socket for the network, as a hex dump"],
  ],
  run: runTap,
});

async function runTap(values: TapValues, run: Run): Promise<void> {
  const { address, target } = readPlaces(values, run);
  const faults = readFaults(values, transportOf(address));
  const output = await openServerOutput("tap", { address, values, run, form: formOf(values) });
  const serveTarget = await openTarget(target, values, run, output.report);
  announceSeed(values, faults, output);
  // What is typed would reach one thread only.
  const operator = (values.workers ?? 1) === 1;
  await serveMode({
    spec: { ...relayTo(target, faults), operator },
    address,
    values,
    run,
    output,
    target: serveTarget,
  });
}

function readPlaces(values: TapValues, { operands, given }: Run): { address: Address; target: Address } {
  const [from, to, extra] = operands;
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? "LISTEN and TARGET are" : "TARGET is";
    throw new SockeyeError(
      "usage",
      new Phrase("missing-tap", `${missing} missing: tap takes LISTEN TARGET, as in tap 9100 9000`),
    );
  }
  if (extra !== undefined) {
    throw new SockeyeError(
      "usage",
      say("unexpected")`Unexpected argument ${quoteAddress(extra)}: ${"tap"} takes ${"LISTEN TARGET"}`,
    );
  }
  const address = parseAddress(from);
  const target = parseAddress(to);
  if ("port" in target && target.port === 0) {
    throw new SockeyeError(
      "usage",
      say("port-0")`Cannot connect to ${formatAddress(target)}: port 0 is not a real port`,
    );
  }
  checkTransport(transportOf(address), SERVE_RULES, given, encodingOf(values));
  checkForm(values, transportOf(address));
  checkShown(values);
  checkTransport(transportOf(target), TARGET_RULES, given, encodingOf(values));
  // Where one side is plain, the other one still agrees on a protocol; a WebSocket is always over HTTP/1.1.
  const secured = [target, address].find((end) => transportOf(end).secured) ?? target;
  checkTransport(transportOf(secured), PROTOCOL_RULES, given, encodingOf(values));
  return { address, target };
}

/** What reaches the target, as the options say, for each client anew. */
async function openTarget(
  target: Address,
  values: TapValues,
  { system }: Run,
  report: Parameters<typeof readDialOptions>[1]["report"],
): Promise<ServeTarget> {
  const { needs, demandDial } = transportOf(target);
  demandDial(target, { source: values.source });
  const { signal } = system;
  const options = await readDialOptions(target, {
    values: { ...values, cert: values["target-cert"], key: values["target-key"], "only-peer": true },
    needs: [],
    verbose: values.verbose ?? false,
    interactive: false,
    signal,
    report,
  });
  if (values.insecure && !system.worker) {
    void report({
      event: "notice",
      message: say("target-insecure")`The target's identity is not checked (--insecure)`,
    });
  }
  return {
    needs: needs.dial,
    address: formatAddress(target),
    // As if the client spoke to the target.
    recorded: {
      server: "port" in target ? { hostname: target.host, port: target.port } : undefined,
      note: `relayed to ${formatAddress(target)}`,
    },
    protocols: values.alpn,
    dial: (address, request) => {
      const { hello } = request;
      const serverName = values["server-name"] ?? passedOnName(hello?.serverName);
      // Of several protocols the target has to speak that which the client speaks already.
      const agreed = hello?.protocol === undefined ? [] : [hello.protocol];
      const protocols = hello ? agreed : values.alpn ?? [];
      const tls = {
        ...options.tls,
        ...(protocols.length > 0 && { protocols }),
        ...(serverName !== undefined && { serverName }),
      };
      return dial(address, { ...options, tls, resets: true, often: true, signal: request.signal });
    },
  };
}
