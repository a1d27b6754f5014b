/**
 * Wrong command lines: one line that names what is wrong, and exit code 2. Those of UDP, TLS and Unix sockets are in
 * `transport_usage_test.ts`; what `tests/cli/main_test.ts` tries in its own process is not here.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { fails, type Words, wordsOf } from "../support/failing.ts";
import { spawnSockeye } from "../support/harness.ts";

/** Command lines, and words that the one line about each must have. */
const WRONG: readonly (readonly [args: string | readonly string[], ...words: Words])[] = [
  ["", "Missing command"],
  ["version", '"version" - did you mean "--version"?'],

  ["server 0 --max-connections many", "--max-connections", '"many"'],
  ["server 0 --max-connections 0", "--max-connections", '"0"'],
  ["server 0 --drain 5weeks", "--drain", '"5weeks"'],
  ["server 0 --allow 10.0.0.0/99", "--allow", "10.0.0.0/99"],
  ["server 0 --deny nobody", "--deny", "nobody"],
  ["server unix:x --deny 0.0.0.0/0", "--deny"],
  ["server unix:x --allow 0.0.0.0/0", "--allow"],
  ["server 127.0.0.1:port", "127.0.0.1:port"],
  ["server reply 0", "--text"],
  ["server reply 0 --text 你 -e latin1", "你", "latin1"],
  ["server 0 -e klingon", "-e", "klingon"],

  ["server talk 0 --workers 2", "--workers", "echo, reply, discard", "talk"],
  ["server chat 0 --workers 2", "--workers", "echo, reply, discard", "chat"],
  ["server echo udp://0 --workers 2", "--workers", "tcp, tls, ws and wss", "udp"],
  ["server echo unix:/tmp/no --workers 2", "--workers", "tcp, tls, ws and wss", "unix"],
  ["server echo 0 --workers 2 --once", "--workers", "--once"],
  ["server echo 0 --workers 2 --max-per-host 3", "--workers", "--max-per-host"],
  ["server echo 0 --workers 0", "--workers", '"0"', "1 to 64"],
  ["server echo 0 --workers 65", "--workers", '"65"', "1 to 64"],
  ["server echo 0 --workers two", "--workers", '"two"'],
  ["server reply 0 --workers 2", "--text"],

  ["server chat 0 --history-max 5", /Option --history-max needs --history-file or --bus too\n$/],
  ["server chat 0 -e utf-16le", "utf-16le"],
  ["server chat 0 --bus http://u:s3cret@h", /^sockeye: Bad --bus: expected nats:\/\/(?!.*s3cret)/],
  ["server chat 0 --bus nats://h --room a.b", /^sockeye: Bad --room "a\.b": /],
  ["server chat 0 --room x", /^sockeye: Option --room needs --bus too\n$/],
  ["server chat 0 --bus-ca x", /^sockeye: Option --bus-ca needs --bus too\n$/],
  ["server echo 0 --web", /^sockeye: Option --web is for chat, not for echo\n$/],
  ["server chat udp://:0 --web", /^sockeye: Option --web is for tcp, tls and unix, not for udp\n$/],
  ["server chat 0 --web-host example.org", /^sockeye: Option --web-host needs --web too\n$/],
  ["server chat 0 --web --web-host http://x", 'Bad --web-host "http://x": expected a host name such as chat.'],

  ["client example.com", "Missing address"],
  ["client 127.0.0.1 http", "http"],
  ["client localhost:9 10", '"localhost:9"', 'the port is given twice, 9 and "10"'],
  ["client 9 --send", "--send"],
  ["client 9 --send 你 -e latin1", "--send", "你", "latin1"],
  ["client 9 --send \\xzz --escapes", "--send", "\\xzz"],
  ["client 9 --send-hex 0g", "--send-hex", "0g"],
  ["client 9 --send-hex abc", "--send-hex", "abc"],
  ["client 9 --send x --count 0", "--count", '"0"'],
  ["client 9 --retry -1", "--retry", '"-1"'],
  ["client 9 --wait forever", "--wait", '"forever"'],

  ["fetch", "Missing address"],
  ["fetch ftp://127.0.0.1/", 'Bad address "ftp://127.0.0.1/"'],
  ["fetch http://a/ http://b/ -o one", '-o "one" names one file, but there are 2 addresses'],
  [["fetch", "http://a/", "-H", "no colon"], /-H|--header.*"no colon"/],
  [["fetch", "http://a/", "-H", "X: a\nEvil: b"], "line ends"],
  [["fetch", "http://a/", "-X", "GET /"], "expected a method"],
  ["fetch http://a/ --timeout soon", '--timeout "soon"'],
  ["fetch http://a/ --limit-rate 0", '--limit-rate "0"'],
  ["fetch http://a/ --proxy socks5://x", 'Bad --proxy "socks5://x": expected http'],
  ["fetch http://a/ --resum", /did you mean.*--resume/i],

  [["cert", "localhost", "two words"], 'Bad name "'],
  ["cert localhost a.*.example", 'Bad name "'],
  [["cert", "localhost", "a".repeat(254)], 'Bad name "'],
];

for (const [args, ...words] of WRONG) {
  Deno.test(`sockeye ${wordsOf(args).join(" ").slice(0, 100)} ends with 2 and one line that says why`, async () => {
    await fails(args, 2, words);
  });
}

for (const args of ["--help", "help client", "server --help", "client -h", "--version"]) {
  Deno.test(`sockeye ${args} answers on stdout and ends with 0`, async () => {
    const { stdout, stderr } = await spawnSockeye(args.split(" "), { permissions: [] }).ends(0);
    assertMatch(stdout, /sockeye/);
    assertEquals(stderr, "");
  });
}
