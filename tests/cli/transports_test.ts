import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { refuseOtherTransports } from "../../lib/cli/transports.ts";

const ONLY_FOR = { cert: ["tls"], source: ["tcp", "udp"], allow: ["tcp", "tls", "udp"] } as const;

Deno.test("refuseOtherTransports() lets pass what fits, and what is for all", () => {
  refuseOtherTransports(ONLY_FOR, ["cert", "allow", "idle", "toString"], "tls");
  refuseOtherTransports(ONLY_FOR, ["idle"], "unix");
});

for (
  const [name, transport, list] of [
    ["cert", "udp", "tls"],
    ["source", "tls", "tcp and udp"],
    ["allow", "unix", "tcp, tls and udp"],
  ] as const
) {
  Deno.test(`refuseOtherTransports() refuses --${name} over ${transport}`, () => {
    const error = assertThrows(() => refuseOtherTransports(ONLY_FOR, ["idle", name], transport), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", `Option --${name} is for ${list}, not for ${transport}`]);
  });
}
