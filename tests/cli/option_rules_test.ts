import { assertEquals, assertThrows } from "@std/assert";
import { onHost, onPort, onSecured, onStream, refuseOtherTransports } from "../../lib/cli/option_rules.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { traitsOf } from "../../lib/transport/mod.ts";
import { givenOf } from "../support/modes.ts";

const RULES = { cert: onSecured, backlog: onPort, allow: onHost, retry: onStream };

Deno.test("refuseOtherTransports() lets pass what fits, and what is for all", () => {
  refuseOtherTransports(RULES, givenOf({ cert: "", allow: "", idle: "", toString: "" }), traitsOf("tls"));
  refuseOtherTransports(RULES, givenOf({ idle: "" }), traitsOf("unix"));
});

for (
  const [name, transport, list] of [
    ["cert", "udp", "tls"],
    ["backlog", "unix", "tcp and tls"],
    ["allow", "unix", "tcp, tls and udp"],
    ["retry", "udp", "tcp, tls and unix"],
  ] as const
) {
  Deno.test(`refuseOtherTransports() refuses --${name} over ${transport}`, () => {
    const refuse = () => refuseOtherTransports(RULES, givenOf({ idle: "", [name]: "" }), traitsOf(transport));
    const error = assertThrows(refuse, SockeyeError);
    assertEquals([error.kind, error.message], ["usage", `Option --${name} is for ${list}, not for ${transport}`]);
  });
}
