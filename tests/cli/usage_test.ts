/** Wrong command lines: one line that names what is wrong, and exit code 2. */

import { assertEquals } from "@std/assert";
import { assertOneLine, type Words, wordsOf } from "../support/failing.ts";
import { printed, test } from "./running.ts";

/** Command lines, and words that the one line about each must have. */
const WRONG: readonly (readonly [args: string | readonly string[], ...words: Words])[] = [
  ["version", '"version" - did you mean "--version"?'],
  ["server 0 --max-connections 0", "--max-connections", '"0"'],
  ["server 0 --allow 10.0.0.0/99", "--allow", "10.0.0.0/99"],
  ["server 0 --deny nobody", "--deny", "nobody"],
  ["server unix:x --deny 0.0.0.0/0", "--deny"],
  ["server reply 0 --text 你 -e latin1", "你", "latin1"],

  ["server talk 0 --workers 2", "--workers", "echo, reply, discard", "talk"],
  ["server chat 0 --workers 2", "--workers", "echo, reply, discard", "chat"],
  ["server echo udp://0 --workers 2", "--workers", "tcp, tls, ws and wss", "udp"],
  ["server echo unix:/tmp/no --workers 2", "--workers", "tcp, tls, ws and wss", "unix"],
  ["server echo 0 --workers 2 --once", "--workers", "--once"],
  ["server echo 0 --workers 2 --max-per-host 3", "--workers", "--max-per-host"],
  ["server echo 0 --workers 0", "--workers", '"0"', "1 to 64"],
  ["server echo 0 --workers 65", "--workers", '"65"', "1 to 64"],
  ["server reply 0 --workers 2", "--text"],

  ["server chat 0 --history-max 5", /Option --history-max needs --history-file or --bus too\n$/],
  ["server chat 0 -e utf-16le", "utf-16le"],
  ["server chat 0 --bus http://u:s3cret@h", /^sockeye: Bad --bus: expected nats:\/\/(?!.*s3cret)/],
  ["server chat 0 --bus nats://h --room a.b", /^sockeye: Bad --room "a\.b": /],
  [
    "server chat 0 --password @",
    /^sockeye: Bad --password "@": expected a text of one line without a slash before it, or @FILE\n$/,
  ],
  ["server chat 0 --room x", /^sockeye: Option --room needs --bus or --web too\n$/],
  ["server chat 0 --bus-ca x", /^sockeye: Option --bus-ca needs --bus too\n$/],
  ["server echo 0 --web", /^sockeye: Option --web is for chat, not for echo\n$/],
  ["server chat udp://:0 --web", /^sockeye: Option --web is for tcp, tls and unix, not for udp\n$/],
  ["server echo 0 --genuine 10.0.0.0/8", /^sockeye: Option --genuine is for udp, not for tcp\n$/],
  ["server echo udp://0 --genuine home", 'Bad network "home"'],
  ["server chat 0 --web-host example.org", /^sockeye: Option --web-host needs --web too\n$/],
  ["server chat 0 --web --web-host http://x", 'Bad --web-host "http://x": expected a host name such as chat.'],

  ["client example.com", "Missing address"],
  ["client localhost:9 10", '"localhost:9"', 'the port is given twice, 9 and "10"'],
  ["client 9 --send \\xzz --escapes", "--send", "\\xzz"],
  ["client 9 --send-hex 0g", "--send-hex", "0g"],
  ["client 9 --send x --count 0", "--count", '"0"'],
  ["client 9 --retry -1", "--retry", '"-1"'],

  ["client udp://127.0.0.1:0 --send x", "port 0"],
  ["client tls://127.0.0.1:0 --send x", "port 0"],
  ["server tls://127.0.0.1:0 --cert cert.pem", "--cert", "--key"],
  ["server tls://127.0.0.1:0 --key key.pem", "--key", "--cert"],
  ["server udp://239.1.2.3:7000", "udp://239.1.2.3:7000", "--join 239.1.2.3"],
  ["server udp://[ff15::1]:7000", "udp://[ff15::1]:7000", "--join ff15::1"],
  ["server udp://0 --key key.pem", "--key", "tls"],
  ["client 9 --ca ca.pem", "--ca", "tls"],
  ["client 9 --server-name localhost", "--server-name", "tls"],
  ["client tls://9 --server-name a_b..c", "--server-name", '"a_b..c"', "a host name"],
  [`client 9 --pin sha256:${"0".repeat(64)}`, "--pin", "tls"],
  ["client 9 --join 239.1.2.3", "--join", "udp"],
  ["client unix:/tmp/no --source 127.0.0.1", "--source", "tcp, tls, udp, ws and wss"],
  ["client unix:/tmp/no -6", "--ipv6", "tcp, tls, udp, ws and wss"],
  ["client 9 --cert cert.pem", "--cert", "tls and wss"],
  ["client tls://9 --cert cert.pem", "--cert needs --key FILE too"],
  ["client tls://9 --key key.pem", "--key needs --cert FILE too"],
  ["server echo 0 --client-ca ca.pem", "--client-ca", "tls and wss"],
  ["client localhost:htpp", '"htpp"', 'did you mean "http"?'],
  ["client udp://9 --retry 3", "--retry", "tcp, tls, unix, ws and wss"],
  ["client udp://9 --connect-timeout 3s", "--connect-timeout", "tcp, tls, unix, ws and wss"],
  ["client ws://9 -e gbk --send x", "Text over ws is utf-8; it cannot be gbk"],
  ["server ws://0 -e utf-16le", "Text over ws is utf-8; it cannot be utf-16le"],
  ["client udp://9 --join 10.0.0.1", "--join", '"10.0.0.1"'],
  ["client udp://9 --join 239.1.2.3%2", "--join", '"239.1.2.3%2"'],
  ["client udp://9 --join group", "--join", '"group"'],
  ["client udp://9 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://localhost:9 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://[ff02::1]:9 --ttl 5 --send x", "--ttl", "multicast", "ff02::1"],
  ["client udp://9 --join 239.1.2.3 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://9 --ttl 256", "--ttl", '"256"'],
  [`client tls://9 --pin md5:${"0".repeat(32)}`, "--pin", "md5:"],
  [`server reply udp://0 --text ${"x".repeat(65_508)}`, "--text", "65508 bytes", "65507 at most"],
  ["client 9 --source localhost --send x", "--source", '"localhost"'],
  ["client 9 --source 127.0.0.1:0 --send x", "--source", "port 0"],
  ["client udp://9 --join 239.1.2.3 --source :10 --send x", "--source", '":10"'],
  ["client 9 -o -", '"-"', "without it what comes goes to standard output"],
  ["fetch 9 --source home", "--source", '"home"'],
  ["fetch 9 -4 -6", "-4 and -6"],

  [
    ["client", "9", "--send", "a\ufffd\ufffd"],
    'Argument "a\ufffd\ufffd" is not UTF-8: give such bytes in a file or on',
  ],

  ["fetch", "Missing address"],
  ["fetch http:/host", 'Bad address "http:/host": write http:// with a colon and two slashes'],
  ["fetch mailto:a@b", 'the scheme "mailto" is not http or https'],
  ["fetch C:\\x", 'Bad address "C:\\x": it is a path, without a host'],
  [
    ["fetch", "http://a/", "-H", "Host: a", "-H", "host: b"],
    'Options -H "Host: a" and -H "host: b" contradict each other: a request has one host',
  ],
  [
    ["client", "ws://9", "-H", "Host: a", "-H", "Host: b"],
    'Options -H "Host: a" and -H "Host: b" contradict each other: a request has one Host',
  ],
  ["fetch http://a/ --proxy me:s3cret", /^sockeye: --proxy: Bad proxy "me:\*{3}": the port is not(?!.*s3cret)/],
  ["fetch http://a/ --proxy http:/me:s3cret@x", /^sockeye: --proxy: Bad proxy "\*{3}@x": write http(?!.*s3cret)/],
  ["fetch ftp://127.0.0.1/", 'Bad address "ftp://127.0.0.1/"'],
  ["fetch http://a/ http://b/ -o one", '-o "one" names one file, but there are 2 addresses'],
  [["fetch", "http://a/", "-H", "X: a\nEvil: b"], "line ends"],
  [["fetch", "http://a/", "-X", "GET /"], "expected a method"],
  ["fetch http://a/ --limit-rate 0", '--limit-rate "0"'],
  ["fetch me:s3cret@h:0", /^sockeye: Bad address "\*{3}@h:0": the port 0 is not from 1 to 65535(?!.*s3cret)/],
  ["fetch http://me:s3/cret@h:99999", /^sockeye: Bad address "http:\/\/me:\*{3}@h:99999"(?!.*cret)/],
  ["fetch http://a/ --proxy me:s3cret@h:0", /^sockeye: --proxy: Bad proxy "\*{3}@h:0": the port 0 is not(?!.*s3cret)/],
  ["client me:s3cret@h:9", /^sockeye: Bad address "\*{3}@h:9": (?!.*s3cret)/],
  ["http://me:s3cret@h", /^sockeye: Unknown command "http:\/\/me:\*{3}@h"(?!.*s3cret)/],
  ["fetch http://a/ -d x -H Transfer-Encoding:gzip", 'Bad -H "Transfer-Encoding: gzip"'],
  [
    "fetch http://a/ --proxy socks4://x",
    '--proxy: Bad proxy "socks4://x": the scheme "socks4" is not http, socks5 or socks5h',
  ],
];

for (const [args, ...words] of WRONG) {
  test(`sockeye ${wordsOf(args).join(" ").slice(0, 100)} ends with 2 and one line that says why`, async () => {
    const { code, ...ending } = await printed(...wordsOf(args));
    assertEquals(code, 2, ending.stderr);
    assertOneLine(ending, words);
  });
}
