/** What is said to fingers that know nc, curl or another command. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { letterHint } from "../../lib/cli/habits.ts";
import { printed, test } from "./running.ts";

/** Lines as they are typed for nc, curl and other commands, and what the one line about each says. */
const LINES: readonly (readonly [line: string, says: string])[] = [
  ["-l 9000", 'Unknown option "-l" - to listen: sockeye server PORT'],
  ["-lvnp 9000", 'Unknown option "-l" - to listen: sockeye server PORT'],
  ["-u localhost 53", 'Unknown option "-u" - for UDP the address begins with udp://'],
  ["-zv localhost 80", 'Unknown option "-z" - to test a port: sockeye probe HOST PORT'],
  ["client -w 3 localhost 80", 'Unknown option "-w" - the limits are --connect-timeout D'],
  ["client -N localhost 80", 'Unknown option "-N" - leave it out'],
  ["client --ssl localhost 443", 'Unknown option "--ssl" - for TLS the address begins with tls://'],
  ["server -p 9000", 'Unknown option "-p" - a server\'s port stands alone: sockeye server PORT'],
  ["server -k 9000", 'Unknown option "-k" - a server serves client after client'],
  ["server --keep-open 9000", 'Unknown option "--keep-open" - a server serves'],
  ["fetch --location=1 http://a/", "Option --location takes no value"],
  [
    "localhost 80",
    'Unknown command "localhost" - to connect: sockeye client HOST PORT; to listen: sockeye server PORT',
  ],
  ["9000", 'Unknown command "9000" - to connect: sockeye client HOST PORT'],
  ["http://a/", 'Unknown command "http://a/" - to download: sockeye fetch URL'],

  ["client 9 -e /bin/sh", "; -e is --encoding here: sockeye starts no programs"],
  ["client localhost 80 -q 1", "; -q is --quiet here and takes no number"],
  ["client -x proxy:3128 localhost 80", "; -x is --hex here, and there is no option for a proxy"],
  ["client -k 9", "; -k is --insecure here; sockeye server serves client after client"],
  ["fetch -e http://b/ http://a/", "Option -e is not curl's here: -e names an encoding; -H 'Referer: URL'"],

  ["server --expect x", "Option --expect is for client, not for server"],
  ["client --max-connections 5 9", "Option --max-connections is for server, tap and replay, not for client"],
  ["client --idel 5s 9", 'Unknown option "--idel" - did you mean "--idle"?'],
  ["server -X PUT", "Option -X is for fetch, not for server"],
  ["man --idle 5s", "Option --idle is for server, client, tap and replay, not for man"],
  ["--frame line 9000", "Option --frame is for server, client"],
  ["client --bogus", 'Unknown option "--bogus"'],
];

for (const [line, says] of LINES) {
  test(`sockeye ${line} says the way of sockeye in one line`, async () => {
    const { code, stdout, stderr } = await printed(...line.split(" "));
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^sockeye: [^\n]+\n$/);
    assertStringIncludes(stderr, says);
  });
}

Deno.test("letterHint() is silent where a letter is used as it is meant here", () => {
  for (const line of ["-e gbk 9000", "-q localhost 80", "-x 9000", "-k 9000"]) {
    assertEquals(letterHint(line.split(" "), "client", "Bad --idle"), "", line);
  }
});
