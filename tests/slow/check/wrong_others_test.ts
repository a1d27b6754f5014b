/** `check` finds the one mistake of each wrong chat, web server, UDP server and web client, and no other. */

import { assertEquals } from "@std/assert";
import { misjudgedOf } from "../../support/check/expected.ts";
import { WRONG_CHAT, WRONG_HTTP, WRONG_UDP, WRONG_WEB_CLIENTS } from "../../support/check/wrong_others.ts";
import { linux, needs } from "../../support/harness.ts";

Deno.test("check finds the mistakes of wrong chats", needs(["python3"]), async () => {
  assertEquals(await misjudgedOf(WRONG_CHAT), []);
});

Deno.test("check finds the mistakes of wrong web servers", needs(["python3"]), async () => {
  assertEquals(await misjudgedOf(WRONG_HTTP), []);
});

Deno.test("check finds the mistakes of wrong UDP servers", needs(["python3"], linux), async () => {
  assertEquals(await misjudgedOf(WRONG_UDP), []);
});

Deno.test("check finds the mistakes of wrong web clients", needs(["python3"]), async () => {
  assertEquals(await misjudgedOf(WRONG_WEB_CLIENTS), []);
});
