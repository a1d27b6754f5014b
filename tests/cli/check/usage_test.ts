/** Wrong command lines of `check`, and what is said of them. */

import { assertEquals, assertMatch } from "@std/assert";
import { printed, test } from "../running.ts";

const USAGE: readonly (readonly [args: string, message: RegExp])[] = [
  ["", /^Missing suite: check takes SUITE ADDRESS \(suites: echo, /],
  ["9000", /^Missing suite: check takes SUITE ADDRESS \(suites: echo, /],
  ["echo", /^Missing address: check takes SUITE ADDRESS, as in check echo 9000$/],
  ["ehco 9000", /^Unknown suite "ehco" - did you mean "echo"\? \(suites: echo, /],
  ["echo/99 9000", /^Unknown case "echo\/99" - did you mean "echo\/9"\? \(echo has echo\/1 to echo\/15\)$/],
  ["echo http 9000", /^A run takes cases of one suite, and these are of echo and http: run check for each$/],
  ["echo localhost 9000", /^Unknown suite "localhost": write host and port in one, "localhost:9000"$/],
  ["9000 echo", /^Unexpected "9000": check takes SUITE ADDRESS, and one address$/],
  ["echo udp://9000", /^Suite echo is for tcp, tls and unix, not for udp$/],
  ["udp tls://9000", /^Suite udp is for udp, not for tls$/],
  ["echo 0", /^Cannot connect to tcp:\/\/127\.0\.0\.1:0: port 0 is not a real port$/],
  ["echo 9000 --echo", /^Option --echo is for chat, not for echo$/],
  ["echo 9000 --insecure", /^Option --insecure is for tls and wss, not for tcp$/],
  [
    "client/echo 9000 --connect-timeout 1s",
    /^Option --connect-timeout is for connecting to a server, and client\/echo /,
  ],
  ["segments 9000", /^Missing what a client says: segments takes --send, --send-hex, --file or --from$/],
  ["segments 9000 --send x --stream 2", /^Option --stream needs --from$/],
  ["reply 9000 --frame-max 2m", /^Option --frame-max limits the messages of --frame/],
  ["reply 9000 --answer (", /^Bad --answer "\(": /],
  ["echo 9000 --seed x", /^Bad --seed "x": expected a whole number from 0 to 4294967295$/],
  ["--explain nothing", /^Unknown suite "nothing" \(suites: /],
  ["--explain echo/4 9000", /^Unexpected argument "9000": --explain ID tests nothing$/],
];

for (const [args, message] of USAGE) {
  test(`check ${args} is a wrong command line`, async () => {
    const { code, stdout, stderr } = await printed("check", ...args.split(" ").filter(Boolean));
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^sockeye: [^\n]+\n$/);
    assertMatch(stderr.slice("sockeye: ".length, -1), message);
  });
}
