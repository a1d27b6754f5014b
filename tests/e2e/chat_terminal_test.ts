/** The operator of a chat at a real terminal. */

import { assert, assertEquals } from "@std/assert";
import { Chatter, Chatters } from "../support/chatter.ts";
import { needs } from "../support/harness.ts";
import { openServer } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh"]);

Deno.test("server chat lets its operator see the room and speak in it", ignore, async () => {
  await using terminal = await openServer("chat", "0");
  await using first = await Chatter.join(terminal.port);
  await first.say("在吗？");
  await terminal.shows(/^\d\d:\d\d \*\*\* user1 joined \(#1 127\.0\.0\.1:\d+\)$/);
  await terminal.shows(/^\d\d:\d\d <user1> 在吗？$/);
  await terminal.enter("在。");
  await first.hears(/^<operator> 在。$/);
  await terminal.enter("/say /this is no command");
  await first.hears(/^<operator> \/this is no command$/);
  await terminal.enter("/me nods");
  await first.hears(/^\* operator nods$/);
  await terminal.enter("/msg user1 between us");
  await first.hears(/^\[operator\] between us$/);
  await first.say("/msg operator a secret");
  await terminal.shows(/^\d\d:\d\d \[user1\] a secret$/);
  await first.say("/list");
  await first.hears(/^\*\*\* 2 here: user1 \(you\), operator$/);
  await terminal.enter("/list");
  const lines = await terminal.shows(/^\*\*\* 2 here: user1, operator \(you\)$/);
  assert(!lines.some((line) => line.includes("<operator>")), "what was typed stands there once");
  assertEquals(lines.filter((line) => line.endsWith("在。")), ["> 在。"]);
});

Deno.test("server chat lets its operator remove a client", ignore, async () => {
  await using terminal = await openServer("chat", "0");
  await using chatters = await Chatters.join(terminal.port, 2);
  const [first, second] = chatters.list;
  await terminal.enter("/kick nobody");
  await terminal.shows(/^\*\*\* Nobody is called "nobody"$/);
  await terminal.enter("/kick user1");
  await first?.hears(/^\*\*\* You were removed by the operator$/);
  assertEquals(await first?.leave(), "FIN");
  await second?.hears(/^\*\*\* user1 was removed by the operator$/);
  await terminal.shows(/^\d\d:\d\d \*\*\* user1 was removed by the operator \(#1\)$/);
  await second?.say("still here");
  await terminal.shows(/^\d\d:\d\d <user2> still here$/);
});

Deno.test("server chat does not break the line that its operator types", ignore, async () => {
  await using terminal = await openServer("chat", "0");
  await using chatters = await Chatters.join(terminal.port, 2);
  const [first, second] = chatters.list;
  await terminal.shows(/^\d\d:\d\d \*\*\* user2 joined /);
  await terminal.type("打了一半");
  await terminal.endsWith("> 打了一半");
  const column = await terminal.cursor();
  for (let i = 1; i <= 50; i++) await first?.say(`第 ${i} 句话`);
  await terminal.shows(/^\d\d:\d\d <user1> 第 50 句话$/);
  const lines = await terminal.endsWith("> 打了一半");
  assertEquals((await terminal.cursor()).split(",")[0], column.split(",")[0]);
  const said = lines.slice(0, -1).map((line) => line.replace(/^\d\d:\d\d /, ""));
  assertEquals(said, Array.from({ length: 23 }, (_, i) => `<user1> 第 ${i + 28} 句话`));
  await terminal.enter("的话");
  await second?.hears(/^<operator> 打了一半的话$/);
});

Deno.test("server chat on a terminal says goodbye and ends with 130 on Ctrl-C", ignore, async () => {
  await using terminal = await openServer("chat", "0");
  await using chatters = await Chatters.join(terminal.port, 2);
  await terminal.type("half a line");
  await terminal.endsWith("> half a line");
  await terminal.press("C-c");
  await chatters.getEnd();
  for (const { heard } of chatters.list) assertEquals(heard.at(-1), "*** The server stops. Goodbye");
  const lines = await terminal.ended(130);
  assert(lines.some((line) => /^Done: 2 connections;/.test(line)), lines.join("\n"));
  assert(!lines.some((line) => line.includes("Nobody can talk")), lines.join("\n"));
});
