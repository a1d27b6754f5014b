import * as node from "node:net";
import { assertEquals } from "@std/assert";
import { isIP, isIPv4, isIPv6 } from "../../lib/transport/ip.ts";

/** Addresses and what only looks like one. */
const TEXTS = [
  ..."|0|1|1.2.3|1.2.3.4|1.2.3.4.|.1.2.3.4|1.2.3.4.5|01.2.3.4|1.2.3.256|255.255.255.255|0.0.0.0|1.2.3.4 | 1.2.3.4|0x1.2.3.4"
    .split("|"),
  ..."localhost|a.b.c.d|1..2.3|-1.2.3.4|1.2.3.4%eth0|1.2.3.4/8|１.2.3.4|1.2.3.4\n".split("|"),
  ...":|::|:::|::1|1::|1::2|1::2::3|1:2:3:4:5:6:7:8|1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9|1:2:3:4:5:6:7::|::2:3:4:5:6:7:8"
    .split("|"),
  ..."::1.2.3.4|::ffff:1.2.3.4|1:2:3:4:5:6:1.2.3.4|1:2:3:4:5:6:7:1.2.3.4|1.2.3.4::|::01.2.3.4|::1.2.3|::256.1.1.1"
    .split("|"),
  ..."fe80::1%eth0|fe80::1%|fe80::1%1|fe80::1%25eth0|fe80::1%a%b|[::1]|::1]|::1/64|::g|12345::|::FFFF|::1\n|?::1|::1@h"
    .split("|"),
];

Deno.test("isIP() and its like say what the platform says", () => {
  for (const text of TEXTS) {
    assertEquals(
      [isIP(text), isIPv4(text), isIPv6(text)],
      [node.isIP(text), node.isIPv4(text), node.isIPv6(text)],
      text,
    );
  }
});

Deno.test("isIPv6() takes a zone with `_`, as names of interfaces have it, which the platform does not", () => {
  assertEquals(isIPv6("fe80::1%br_lan"), true);
});

Deno.test("isIP() says what the platform says of any text made of the same characters", () => {
  const random = (count: number) => Math.floor(Math.random() * count);
  const parts = ["0", "1", "25", "255", "256", "a", "ffff", ":", "::", ".", "%", "1.2.3.4"];
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)]).join("");
    assertEquals(isIP(text), node.isIP(text), text);
    const address = Array.from({ length: 8 }, () => random(65536).toString(16)).join(":");
    const short = address.replace(/:[^:]+:[^:]+:/, "::");
    assertEquals(isIP(short), 6, short);
  }
});
