import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseAddress } from "../../lib/transport/address.ts";
import { asSource } from "../../lib/transport/local.ts";
import { isLinkLocal, missingZone, withZone, zoneOf } from "../../lib/transport/zone.ts";

Deno.test("isLinkLocal() knows fe80::/10, and no name that looks like it", () => {
  for (const host of ["fe80::1", "FE80::1%eth0", "febf::1"]) assertEquals(isLinkLocal(host), true, host);
  for (const host of ["fec0::1", "::1", "2001:db8::1", "feb.example", "fe80", "ff02::1"]) {
    assertEquals(isLinkLocal(host), false, host);
  }
});

Deno.test("withZone() gives a zone to a link-local address that has none", () => {
  assertEquals(withZone("fe80::1", "eth0"), "fe80::1%eth0");
  for (const host of ["fe80::1%eth1", "::1", "10.0.0.1", "example.org"]) assertEquals(withZone(host, "eth0"), host);
  assertEquals(withZone("fe80::1", undefined), "fe80::1");
  assertEquals([zoneOf("fe80::1%br_lan"), zoneOf("fe80::1"), zoneOf("a%b")], ["br_lan", undefined, undefined]);
});

Deno.test("a link-local address without its interface is refused, with the form that it should have", () => {
  const says = "a link-local address needs its interface, as in fe80::1%eth0";
  for (const text of ["[fe80::1]:9000", "udp://[fe80::1]:9000", "ws://[fe80::1]/chat"]) {
    assertThrows(() => parseAddress(text), SockeyeError, `Bad address "${text}": ${says}`);
  }
  for (const source of ["fe80::1", "[fe80::1]:5000"]) assertThrows(() => asSource(source), Error, says);
  assertEquals(missingZone("fe80::1%eth0"), undefined);
});
