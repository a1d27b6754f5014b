/**
 * `sockeye probe`: which ports of a host are open.
 *
 * @module
 */

import { probe, PROBE_TIMEOUT_MS } from "../../client/probe.ts";
import { SockeyeError } from "../../errors.ts";
import { asDuration, asTimeLimit, one, type Values } from "../../options.ts";
import { keepOnly } from "../../permissions.ts";
import { say } from "../../phrase.ts";
import { quoteAddress } from "../../printable.ts";
import { type InetAddress, joinAddress } from "../../transport/address.ts";
import { transportOf } from "../../transport/mod.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";

const PROBE_OPTIONS = {
  "timeout": one("D", `a port that says nothing for D is filtered (${PROBE_TIMEOUT_MS / 1000}s)`, asTimeLimit),
  "wait-for": one("D", "wait up to D until all of them are open", asDuration),
} as const;

type ProbeValues = Values<typeof PROBE_OPTIONS> & CommonValues;

/** The table entry. */
export const probeCommand: CommandSpec = defineCommand({
  name: "probe",
  summary: "tell which TCP ports of a host are open",
  operands: "HOST PORT…",
  about: `PORT is a number or a range such as 20-25. A port is open, closed (it refuses) or filtered
(no answer). The exit code is 0 when all of them are open, else 4. -v also tells what answers:
the first line of a server that speaks first, or else its certificate; for that it says a TLS
hello to a server that says nothing. UDP ports are not probed: most say nothing, open or not.`,
  options: PROBE_OPTIONS,
  examples: [
    ["probe localhost 9000", "exit code 0 if it is open, else 4"],
    ["probe localhost 9000 8000-8088 -v", "several, and what answers there"],
    ["probe localhost 9000 --wait-for 30s", "wait until a server is up"],
  ],
  run: runProbe,
});

async function runProbe(values: ProbeValues, run: Run): Promise<void> {
  const [host, ...words] = run.operands;
  if (host === undefined || words.length === 0) {
    const missing = host === undefined ? say("host-and-port")`host and port` : say("port")`port`;
    throw new SockeyeError("usage", say("missing-probe")`Missing ${missing}: probe takes HOST PORT…`);
  }
  const ports = [...new Set(words.flatMap(parsePorts))];
  const addresses = ports.map((port) => addressOf(host, port));
  for (const address of addresses) transportOf(address).demandDial(address, {});
  const output = await openOutput("probe", values, run);
  keepOnly(["net"]);
  const found = probe(addresses[0]?.host ?? "", ports, {
    timeout: values.timeout,
    waitFor: values["wait-for"],
    inspect: values.verbose,
    encoding: encodingOf(values),
    onResolved: ([first, ...others], ms) => {
      if (first === addresses[0]?.host) return;
      const message = `${host} has ${[first, ...others].join(", ")} (${ms} ms)`;
      void output.report({ event: "notice", message, detail: true });
    },
    signal: run.system.signal,
  });
  let open = 0;
  for await (const result of found) {
    if (result.state === "open") open++;
    await output.report(result);
  }
  if (open === ports.length) return;
  const which = ports.length === 1
    ? say("port-number")`port ${ports[0] ?? ""}`
    : say("of-ports")`${ports.length - open} of ${ports.length} ports`;
  throw new SockeyeError("connect", say("not-open")`Not open at ${host}: ${which}`);
}

function addressOf(host: string, port: number): InetAddress {
  const address = joinAddress(host, String(port));
  if (address.transport === "tcp") return address;
  throw new SockeyeError(
    "usage",
    say("bad-host")`Bad host ${quoteAddress(host)}: probe looks for TCP ports, without a scheme`,
  );
}

/** Parses `80` or `20-25`. */
function parsePorts(text: string): number[] {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === "" || from < 1 || to > 65535 || from > to) {
    const expected = say("expected-range")`expected a number from 1 to 65535, or a range such as 20-25`;
    throw new SockeyeError("usage", say("bad-probe-port")`Bad port ${quoteAddress(text)}: ${expected}`);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
