import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { makeAccessCheck, parseCidr } from "../../lib/server/access.ts";

Deno.test("parseCidr() reads networks and single addresses", () => {
  assertEquals(parseCidr("10.0.0.0/8"), { address: "10.0.0.0", prefix: 8, family: "ipv4" });
  assertEquals(parseCidr("10.1.2.3"), { address: "10.1.2.3", prefix: 32, family: "ipv4" });
  assertEquals(parseCidr("0.0.0.0/0"), { address: "0.0.0.0", prefix: 0, family: "ipv4" });
  assertEquals(parseCidr("fe80::/10"), { address: "fe80::", prefix: 10, family: "ipv6" });
  assertEquals(parseCidr("::1"), { address: "::1", prefix: 128, family: "ipv6" });
  assertEquals(parseCidr("::/128"), { address: "::", prefix: 128, family: "ipv6" });
});

Deno.test("parseCidr() names what is no network", () => {
  const bad = ["", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/8.0", "10.0.0.0/ 8"];
  bad.push("10.0.0/8", "10.0.0.256", "010.0.0.1", "fe80::/129", "[::1]", "localhost", "10.0.0.0/1000");
  for (const text of bad) {
    const error = assertThrows(() => parseCidr(text), SockeyeError, `Bad network "${text}": write 10.0.0.0/8`);
    assertEquals(error.kind, "usage");
  }
});

Deno.test("parseCidr() refuses a zone, which no list can match", () => {
  assertEquals(assertThrows(() => parseCidr("fe80::1%eth0"), SockeyeError).kind, "usage");
});

Deno.test("parseCidr() refuses an IPv4-mapped network that would be a much larger IPv6 one", () => {
  for (const text of ["::ffff:10.0.0.0/8", "0:0:0:0:0:ffff:a00:0/95", "::FFFF:0:0/0"]) {
    const error = assertThrows(() => parseCidr(text), SockeyeError, `Bad network "${text}": IPv4 peers count as IPv4`);
    assertEquals(error.kind, "usage");
  }
});

/** What a list permits and what it refuses. */
interface Case {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly permits: readonly string[];
  readonly refuses: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "that is empty permits every host": { permits: ["127.0.0.1", "::1", "::ffff:10.0.0.1"], refuses: [] },
  "of allowed networks permits no other": {
    allow: ["10.0.0.0/8", "2001:db8::/32"],
    permits: ["10.0.0.0", "10.255.255.255", "2001:db8::", "2001:db8:ffff::1"],
    refuses: ["9.255.255.255", "11.0.0.0", "2001:db9::", "::1"],
  },
  "lets deny win, however narrow the allow is": {
    allow: ["10.0.0.0/8", "10.0.0.5"],
    deny: ["10.0.0.0/24"],
    permits: ["10.0.1.5"],
    refuses: ["10.0.0.5"],
  },
  "of denied networks permits the others": {
    deny: ["192.168.1.0/24", "fe80::/10"],
    permits: ["192.168.2.77", "fec0::1"],
    refuses: ["192.168.1.77", "fe80::1", "febf::1"],
  },
  "takes a network that ends inside a byte": {
    allow: ["172.16.0.0/12"],
    permits: ["172.16.0.0", "172.31.255.255"],
    refuses: ["172.15.255.255", "172.32.0.0"],
  },
  "denies an IPv4-mapped address as IPv4": { deny: ["10.0.0.0/8"], permits: [], refuses: ["::ffff:10.1.2.3"] },
  "allows an IPv4-mapped address as IPv4": { allow: ["10.0.0.0/8"], permits: ["::ffff:10.1.2.3"], refuses: [] },
  "does not count an IPv4-mapped address as IPv6": { deny: ["::/0"], permits: ["::ffff:10.1.2.3"], refuses: [] },
  "takes an IPv4-mapped network of 96 bits or more, or of another prefix": {
    allow: ["::ffff:10.0.0.0/104", "::ffff:0:0:0/80"],
    permits: ["::ffff:10.1.2.3", "10.1.2.3"],
    refuses: ["11.1.2.3", "::1"],
  },
  "denies a link-local peer in any zone": { deny: ["fe80::/10"], permits: [], refuses: ["fe80::1%eth0"] },
  "ignores the zone of a peer": { allow: ["fe80::1"], permits: ["fe80::1%2"], refuses: ["fe80::2%2"] },
};

for (const [name, { allow = [], deny = [], permits, refuses }] of Object.entries(CASES)) {
  Deno.test(`makeAccessCheck() ${name}`, async () => {
    const access = await makeAccessCheck(allow.map(parseCidr), deny.map(parseCidr));
    assertEquals(permits.filter((host) => !access(host)), []);
    assertEquals(refuses.filter((host) => access(host)), []);
  });
}
