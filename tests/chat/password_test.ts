/** The password of a room: what is let in, and how often one may try. */

import { assertEquals } from "@std/assert";
import { PasswordGate } from "../../lib/chat/password.ts";
import { FakeClock } from "../support/clock.ts";

Deno.test("PasswordGate lets in what is the same text, however it is written", async () => {
  const gate = new PasswordGate("caf\u00e9 密码");
  for (const given of ["caf\u00e9 密码", "cafe\u0301 密码"]) {
    assertEquals(await gate.judge("10.0.0.1:1", given), "right");
  }
  for (const given of ["", "caf\u00e9", "caf\u00e9 密码 ", "CAF\u00c9 密码"]) {
    assertEquals(await gate.judge("10.0.0.1:1", given), "wrong", given);
  }
});

Deno.test("PasswordGate looks at ten wrong passwords a minute from one host, whatever its ports", async () => {
  using clock = new FakeClock();
  const gate = new PasswordGate("right");
  const hosts = ["10.0.0.1", "[fd00::1]", "[fd00:0:0:0:7::2]", "unix"];
  for (const [at, host] of hosts.entries()) {
    const verdicts = await Promise.all(Array.from({ length: 11 }, (_, port) => gate.judge(`${host}:${port}`, "wrong")));
    // The addresses of one IPv6 network are one host.
    const expected = at === 2 ? 0 : 10;
    assertEquals(verdicts.filter((verdict) => verdict === "wrong").length, expected, host);
    assertEquals(await gate.judge(`${host}:1`, "right"), "late");
  }
  assertEquals(await gate.judge("10.0.0.2:1", "right"), "right");
  await clock.advance(60_000);
  assertEquals(await gate.judge("10.0.0.1:1", "right"), "right");
});

Deno.test("PasswordGate does not count the right password", async () => {
  const gate = new PasswordGate("right");
  for (let i = 0; i < 30; i++) assertEquals(await gate.judge("10.0.0.1:1", "right"), "right");
});
