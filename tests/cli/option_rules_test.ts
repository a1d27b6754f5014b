import { assertEquals, assertThrows } from "@std/assert";
import {
  onConnection,
  onDatagrams,
  onHost,
  onPort,
  onSecured,
  onStream,
  refuseOtherTransports,
} from "../../lib/cli/option_rules.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { traitsOf } from "../../lib/transport/mod.ts";
import { givenOf } from "../support/modes.ts";

const RULES = {
  cert: onSecured,
  backlog: onPort,
  allow: onHost,
  retry: onConnection,
  web: onStream,
  join: onDatagrams,
};

Deno.test("refuseOtherTransports() lets pass what fits, and what is for all", () => {
  refuseOtherTransports(RULES, givenOf({ cert: "", allow: "", idle: "", toString: "" }), traitsOf("tls"));
  refuseOtherTransports(RULES, givenOf({ idle: "" }), traitsOf("unix"));
});

for (
  const [name, transport, list] of [
    ["cert", "udp", "tls and wss"],
    ["cert", "ws", "tls and wss"],
    ["backlog", "unix", "tcp, tls, ws and wss"],
    ["allow", "unix", "tcp, tls, udp, ws and wss"],
    ["retry", "udp", "tcp, tls, unix, ws and wss"],
    ["web", "ws", "tcp, tls and unix"],
    ["join", "wss", "udp"],
  ] as const
) {
  Deno.test(`refuseOtherTransports() refuses --${name} over ${transport}`, () => {
    const refuse = () => refuseOtherTransports(RULES, givenOf({ idle: "", [name]: "" }), traitsOf(transport));
    const error = assertThrows(refuse, SockeyeError);
    assertEquals([error.kind, error.message], ["usage", `Option --${name} is for ${list}, not for ${transport}`]);
  });
}
