import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { quote } from "../../lib/printable.ts";
import { SockeyeError } from "../../lib/errors.ts";
import {
  type Address,
  formatAddress,
  formatHostPort,
  type InetTransport,
  isLoopback,
  joinAddress,
  parseAddress,
  unmapIPv4,
} from "../../lib/transport/address.ts";

function inet(transport: InetTransport, host: string, port: number, path?: string): Address {
  return { transport, host, port, ...(path !== undefined && { path }) };
}

const GOOD: [text: string, address: Address, written: string][] = [
  ["9000", inet("tcp", "127.0.0.1", 9000), "tcp://127.0.0.1:9000"],
  ["0", inet("tcp", "127.0.0.1", 0), "tcp://127.0.0.1:0"],
  ["65535", inet("tcp", "127.0.0.1", 65535), "tcp://127.0.0.1:65535"],
  ["tcp://9000", inet("tcp", "127.0.0.1", 9000), "tcp://127.0.0.1:9000"],
  [":9000", inet("tcp", "", 9000), "tcp://:9000"],
  ["udp://:53", inet("udp", "", 53), "udp://:53"],
  ["0.0.0.0:80", inet("tcp", "0.0.0.0", 80), "tcp://0.0.0.0:80"],
  ["localhost:08088", inet("tcp", "localhost", 8088), "tcp://localhost:8088"],
  ["TLS://Example.org:443", inet("tls", "Example.org", 443), "tls://Example.org:443"],
  ["[::]:9000", inet("tcp", "::", 9000), "tcp://[::]:9000"],
  ["tcp://[::1]:9000", inet("tcp", "::1", 9000), "tcp://[::1]:9000"],
  ["udp://[fe80::1%eth0]:1", inet("udp", "fe80::1%eth0", 1), "udp://[fe80::1%eth0]:1"],
  ["中文.cn:80", inet("tcp", "xn--fiq228c.cn", 80), "tcp://xn--fiq228c.cn:80"],
  ["localhost:http", inet("tcp", "localhost", 80), "tcp://localhost:80"],
  [":HTTPS", inet("tcp", "", 443), "tcp://:443"],
  ["udp://[::1]:dns", inet("udp", "::1", 53), "udp://[::1]:53"],
  ["ws://localhost:http-alt/a", inet("ws", "localhost", 8080, "/a"), "ws://localhost:8080/a"],
  ["ws://9000", inet("ws", "127.0.0.1", 9000), "ws://127.0.0.1:9000"],
  ["ws://:9000/", inet("ws", "", 9000), "ws://:9000"],
  ["ws://example.org", inet("ws", "example.org", 80), "ws://example.org:80"],
  ["WSS://example.org/", inet("wss", "example.org", 443), "wss://example.org:443"],
  ["wss://[::1]/a?b=c", inet("wss", "::1", 443, "/a?b=c"), "wss://[::1]:443/a?b=c"],
  ["ws://localhost:8080/a/../b c", inet("ws", "localhost", 8080, "/b%20c"), "ws://localhost:8080/b%20c"],
  [
    "ws://localhost:8080/聊天",
    inet("ws", "localhost", 8080, "/%E8%81%8A%E5%A4%A9"),
    "ws://localhost:8080/%E8%81%8A%E5%A4%A9",
  ],
  ["ws://localhost?room=1", inet("ws", "localhost", 80, "/?room=1"), "ws://localhost:80/?room=1"],
  ["unix:/tmp/a b.sock", { transport: "unix", path: "/tmp/a b.sock" }, "unix:/tmp/a b.sock"],
  ["unix:rel:9", { transport: "unix", path: "rel:9" }, "unix:rel:9"],
];

Deno.test("parseAddress() reads every form and formatAddress() writes it back", () => {
  for (const [text, address, written] of GOOD) {
    assertEquals(parseAddress(text), address, text);
    assertEquals(formatAddress(address), written);
    assertEquals(parseAddress(written), address, written);
  }
});

const BAD: [text: string, why: string][] = [
  ["", "the port is missing, as in localhost:9000"],
  ["localhost", "the port is missing, as in localhost:9000"],
  ["tcp://", "the port is missing"],
  ["localhost:", `the port "" is not a number from 0 to 65535`],
  ["localhost:htpp", `the port "htpp" is neither a number from 0 to 65535 nor a well-known service such as http`],
  ["localhost:rediss", `such as http - did you mean "redis"?`],
  ["localhost:constructor", `the port "constructor" is neither a number`],
  ["65536", `the port "65536" is not a number from 0 to 65535`],
  ["localhost:65536", `the port "65536" is not a number from 0 to 65535`],
  [":-1", `the port "-1" is not a number`],
  [":1e3", `the port "1e3" is not a number`],
  [": 80", `the port " 80" is not a number`],
  [":٩", `the port "٩" is not a number`],
  ["::1:9000", "write an IPv6 address in brackets, as [::1]:9000"],
  ["[::1]", "the port is missing"],
  ["[::1]:", `the port "" is not a number`],
  ["[127.0.0.1]:80", `"127.0.0.1" is not an IPv6 address`],
  ["[::g]:80", `"::g" is not an IPv6 address`],
  ["a b:80", `"a b" is not a host name`],
  ["a/b:80", `"a/b" is not a host name`],
  ["user@host:80", `"user@host" is not a host name`],
  ["a\u0000b:80", "is not a host name"],
  ["http://localhost:80/", "a web address is for `sockeye fetch`"],
  ["HTTPS://localhost", "a web address is for `sockeye fetch`"],
  ["ftp://localhost:80", `the scheme "ftp" is none of tcp, tls, udp, ws, wss, unix`],
  ["tcp://localhost:80/path", `the port "80/path" is not a number`],
  ["ws://", "the host is missing"],
  ["ws:///path", "the host is missing"],
  ["ws://localhost:x/", `the port "x" is neither a number`],
  ["ws://user@localhost/", "a user name and password do not belong in it; a client can send them with --header"],
  ["wss://user:pw@localhost:80/", "a user name and password do not belong in it"],
  ["ws:/localhost", "write ws:// with two slashes"],
  ["WSS:/localhost:80", "write WSS:// with two slashes"],
  ["tcp:/localhost:80", "write tcp:// with two slashes"],
  ["ws://localhost\r\n:80/a", "it has a line end or another control character in it"],
  ["ws://localhost/a\r\nX: y", "it has a line end or another control character in it"],
  ["ws://localhost/#part", "a fragment (#) is not sent to a server"],
  ["unix:", "the path is missing"],
];

Deno.test("parseAddress() names the address and what is wrong with it", () => {
  for (const [text, why] of BAD) {
    const error = assertThrows(() => parseAddress(text), SockeyeError, `Bad address ${quote(text)}: `);
    assertEquals(error.kind, "usage");
    assertStringIncludes(error.message, why);
  }
});

Deno.test("joinAddress() takes a host with or without brackets or scheme", () => {
  const cases: [host: string, port: string, address: Address][] = [
    ["localhost", "80", inet("tcp", "localhost", 80)],
    ["::1", "80", inet("tcp", "::1", 80)],
    ["[::1]", "80", inet("tcp", "::1", 80)],
    ["udp://::1", "80", inet("udp", "::1", 80)],
    ["tls://example.org", "443", inet("tls", "example.org", 443)],
    ["ws://example.org", "8080", inet("ws", "example.org", 8080)],
    ["", "80", inet("tcp", "", 80)],
    ["localhost", "redis", inet("tcp", "localhost", 6379)],
  ];
  for (const [host, port, address] of cases) assertEquals(joinAddress(host, port), address, `${host} ${port}`);
});

Deno.test("joinAddress() refuses what parseAddress() refuses", () => {
  const cases = [
    "localhost 99999",
    "localhost ",
    "localhost:80 90",
    "localhost:http 80",
    "http://localhost 80",
    "ws://localhost/a 80",
  ];
  for (const [host = "", port = ""] of cases.map((text) => text.split(" "))) {
    assertEquals(assertThrows(() => joinAddress(host, port), SockeyeError, "Bad address").kind, "usage");
  }
});

Deno.test("unmapIPv4() changes IPv4-mapped addresses only", () => {
  const cases = [
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:10.1.2.3", "10.1.2.3"],
    ["::1", "::1"],
    ["::127.0.0.1", "::127.0.0.1"],
    ["10.1.2.3", "10.1.2.3"],
    ["ffff", "ffff"],
  ];
  for (const [host = "", plain = ""] of cases) assertEquals(unmapIPv4(host), plain);
});

Deno.test("formatHostPort() brackets IPv6 and unmaps IPv4", () => {
  assertEquals(formatHostPort("::1", 1), "[::1]:1");
  assertEquals(formatHostPort("::ffff:10.0.0.1", 2), "10.0.0.1:2");
  assertEquals(formatHostPort("localhost", 3), "localhost:3");
});

Deno.test("isLoopback() knows which listeners only this machine reaches", () => {
  const own = ["127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "LocalHost:1", "unix:/x"];
  const others = [":1", "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example.org:1", "localhost.example.org:1"];
  for (const text of own) assertEquals(isLoopback(parseAddress(text)), true, text);
  for (const text of others) assertEquals(isLoopback(parseAddress(text)), false, text);
});
