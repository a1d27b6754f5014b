import { assertEquals, assertThrows } from "@std/assert";
import { parseBusAddress, parseRoomName } from "../../../lib/chat/bus/address.ts";
import { SockeyeError } from "../../../lib/errors.ts";

Deno.test("parseBusAddress() reads servers and logins in the manner of NATS", () => {
  const plain = { tls: false, login: undefined };
  const cases: [string, unknown][] = [
    ["nats://host", { ...plain, servers: ["host:4222"], shown: "nats://host:4222" }],
    ["nats://127.0.0.1:5000/", { ...plain, servers: ["127.0.0.1:5000"], shown: "nats://127.0.0.1:5000" }],
    ["nats://[::1]:5000", { ...plain, servers: ["[::1]:5000"], shown: "nats://[::1]:5000" }],
    ["nats://a,b:1,nats://c", { ...plain, servers: ["a:4222", "b:1", "c:4222"], shown: "nats://a:4222,b:1,c:4222" }],
    ["tls://host", { tls: true, login: undefined, servers: ["host:4222"], shown: "tls://host:4222" }],
    [
      "nats://user:p%40ss%2C@a,b",
      {
        tls: false,
        login: { user: "user", pass: "p@ss," },
        servers: ["a:4222", "b:4222"],
        shown: "nats://***@a:4222,b:4222",
      },
    ],
    ["tls://s3cret@a", { tls: true, login: { token: "s3cret" }, servers: ["a:4222"], shown: "tls://***@a:4222" }],
  ];
  for (const [text, expected] of cases) assertEquals(parseBusAddress(text), expected as never, text);
});

Deno.test("parseBusAddress() refuses everything else without repeating it", () => {
  const strange = [
    "",
    "nats://",
    "host:4222",
    "http://u:s3cret@h",
    "nats://u:s3cret@h:99999",
    "nats://u:s3cret@h:0",
    "nats://u:s3cret@h/x",
    "nats://u:s3cret@h?x",
    "nats://u:s3cret@",
    "nats://u:s3cret@a,,b",
    "nats://u:s3cret@a b",
    "nats://u:%zz@a",
  ];
  for (const text of strange) {
    const { kind, message } = assertThrows(() => parseBusAddress(text), SockeyeError);
    assertEquals([kind, message.includes("s3cret"), message.split("\n").length], ["usage", false, 1], text);
  }
});

Deno.test("parseRoomName() takes what can be a part of a subject", () => {
  for (const name of ["chat", "Room_7-b", "大厅", "x".repeat(64)]) assertEquals(parseRoomName(name), name);
  assertEquals(parseRoomName("Zoe\u0308"), "Zoë");
  for (const name of ["", "a.b", "*", ">", "a b", "a\n", "$SYS", "x".repeat(65)]) {
    assertThrows(() => parseRoomName(name), SockeyeError, "--room");
  }
});
