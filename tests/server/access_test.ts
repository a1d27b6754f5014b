import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { AccessList, parseCidr } from "../../lib/server/access.ts";

async function list(allow: string[], deny: string[] = []): Promise<AccessList> {
  return await AccessList.make(allow.map(parseCidr), deny.map(parseCidr));
}

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

Deno.test("AccessList permits everyone when it is empty", async () => {
  for (const host of ["127.0.0.1", "::1", "::ffff:10.0.0.1"]) assertEquals((await list([])).permits(host), true);
});

Deno.test("AccessList with an allow list permits nobody else", async () => {
  const access = await list(["10.0.0.0/8", "2001:db8::/32"]);
  for (const host of ["10.0.0.0", "10.255.255.255", "2001:db8::", "2001:db8:ffff::1"]) {
    assertEquals(access.permits(host), true, host);
  }
  for (const host of ["9.255.255.255", "11.0.0.0", "2001:db9::", "::1"]) {
    assertEquals(access.permits(host), false, host);
  }
});

Deno.test("AccessList lets deny win, however narrow the allow is", async () => {
  const access = await list(["10.0.0.0/8", "10.0.0.5"], ["10.0.0.0/24"]);
  assertEquals(access.permits("10.0.0.5"), false);
  assertEquals(access.permits("10.0.1.5"), true);
});

Deno.test("AccessList with a deny list alone permits the others", async () => {
  const access = await list([], ["192.168.1.0/24", "fe80::/10"]);
  const verdicts = ["192.168.1.77", "192.168.2.77", "fe80::1", "febf::1", "fec0::1"].map((host) =>
    access.permits(host)
  );
  assertEquals(verdicts, [false, true, false, false, true]);
});

Deno.test("AccessList takes an address that is not on a byte border", async () => {
  const access = await list(["172.16.0.0/12"]);
  const verdicts = ["172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"].map((host) => access.permits(host));
  assertEquals(verdicts, [false, true, true, false]);
});

Deno.test("AccessList counts an IPv4-mapped address as IPv4", async () => {
  assertEquals((await list([], ["10.0.0.0/8"])).permits("::ffff:10.1.2.3"), false);
  assertEquals((await list(["10.0.0.0/8"])).permits("::ffff:10.1.2.3"), true);
  assertEquals((await list([], ["::/0"])).permits("::ffff:10.1.2.3"), true);
});

Deno.test("AccessList ignores the zone of a link-local peer", async () => {
  assertEquals((await list([], ["fe80::/10"])).permits("fe80::1%eth0"), false);
  assertEquals((await list(["fe80::1"])).permits("fe80::1%2"), true);
  assertEquals((await list(["fe80::2"])).permits("fe80::1%2"), false);
});

Deno.test("parseCidr() refuses a zone, which no list can match", () => {
  assertEquals(assertThrows(() => parseCidr("fe80::1%eth0"), SockeyeError).kind, "usage");
});

Deno.test("parseCidr() refuses an IPv4-mapped network that would be a much larger IPv6 one", async () => {
  for (const text of ["::ffff:10.0.0.0/8", "0:0:0:0:0:ffff:a00:0/95", "::FFFF:0:0/0"]) {
    const error = assertThrows(() => parseCidr(text), SockeyeError, `Bad network "${text}": IPv4 peers count as IPv4`);
    assertEquals(error.kind, "usage");
  }
  const access = await list(["::ffff:10.0.0.0/104", "::ffff:0:0:0/80"]);
  assertEquals(["::ffff:10.1.2.3", "10.1.2.3", "11.1.2.3", "::1"].map((host) => access.permits(host)), [
    true,
    true,
    false,
    false,
  ]);
});
