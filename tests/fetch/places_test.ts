import { assertEquals, assertThrows } from "@std/assert";
import { asResolved, withoutZone } from "../../lib/fetch/places.ts";

Deno.test("withoutZone() takes the zone of the host and nothing else", () => {
  for (
    const [text, bare, zone] of [
      ["http://[fe80::1%25eth0]:8000/a%20b", "http://[fe80::1]:8000/a%20b", "eth0"],
      ["[fe80::1%eth0]", "[fe80::1]", "eth0"],
      ["https://me:p%5Bw@[fe80::1%wlan0.1]/", "https://me:p%5Bw@[fe80::1]/", "wlan0.1"],
      ["http://h/[::1%eth0]", "http://h/[::1%eth0]", undefined],
      ["http://[::1]/?a=%25", "http://[::1]/?a=%25", undefined],
    ] as const
  ) assertEquals(withoutZone(text), { text: bare, zone }, text);
});

Deno.test("asResolved() reads HOST:PORT:ADDR", () => {
  for (
    const [text, name, address] of [
      ["Example.com:443:127.0.0.1", "example.com:443", "127.0.0.1"],
      ["a:80:[::1]", "a:80", "::1"],
      ["a:80:::1", "a:80", "::1"],
      ["[::2]:80:fe80::1%eth0", "::2:80", "fe80::1%eth0"],
    ] as const
  ) assertEquals(asResolved(text), { name, address }, text);
  for (
    const text of [
      "",
      "a:80",
      "a:80:b",
      "a:0:127.0.0.1",
      "a:65536:::1",
      "a b:80:::1",
      ":80:::1",
      "a:80:1.2.3.4,1.2.3.5",
    ]
  ) {
    assertThrows(() => asResolved(text), Error, "expected HOST:PORT:ADDR", text);
  }
});
