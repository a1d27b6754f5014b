import { assertEquals } from "@std/assert";
import type { Operator } from "../../lib/server/mode.ts";
import { FakeClock, turn } from "../support/clock.ts";
import { type Chat, type ChatSetup, makeChat } from "./helpers.ts";
import { FakeOperator } from "../support/modes.ts";

/** A chat with a person at the server that types lines. */
function make(setup: ChatSetup = {}): Chat & { types(...lines: string[]): Promise<void> } {
  const chat = makeChat({ interactive: true, ...setup });
  const types = async (...lines: string[]) => {
    chat.operator.type(...lines);
    await turn();
  };
  return { ...chat, types };
}

Deno.test("chat sends what the operator types to all", async () => {
  const { people, shown, notices, types } = make();
  const [one, two] = people(2);
  await types("hello", "", "//x");
  const said = ["<operator> hello", "<operator> ", "<operator> /x"];
  for (const client of [one, two]) assertEquals(client.news(), said.map((line) => `${line}\n`).join(""));
  assertEquals([shown, notices], [said.map((text) => ({ text, from: "operator" as const })), []]);
});

Deno.test("chat shows the operator what clients say, and from which", async () => {
  const { people, shown, notices } = make();
  const [one] = people(1);
  await one.says("hi\n/nick bob\n");
  one.breaks();
  const texts = ["<user1> hi", "*** user1 is bob now", "*** bob left"];
  assertEquals([shown, notices], [texts.map((text) => ({ text, from: one.peer })), []]);
});

Deno.test("chat lets the operator remove a client, which is told why", async () => {
  using clock = new FakeClock();
  const { people, shown, types, texts } = make();
  const [one, two] = people(2);
  await types("/kick USER1 ");
  assertEquals(one.news(), "*** You were removed by the operator\n");
  assertEquals(two.news(), "*** user1 was removed by the operator\n");
  assertEquals([one.peer.ends, one.peer.kicks, shown[0]!.from], [1, [], one.peer]);
  await one.says("still here\n");
  one.breaks();
  assertEquals([texts(), clock.pending], [["*** user1 was removed by the operator"], 0]);
});

Deno.test("chat cuts off a client that was removed and does not go", async () => {
  using clock = new FakeClock();
  const { people, types } = make();
  const [one] = people(1);
  await types("/kick user1");
  await clock.advance(999);
  assertEquals([one.peer.ends, one.peer.kicks], [1, []]);
  await clock.advance(1);
  assertEquals([one.peer.kicks, clock.pending], [["was removed by the operator"], 0]);
});

Deno.test("chat lets the operator kick only clients that are here", async () => {
  const { people, notices, texts, types } = make();
  people(1);
  await types("/kick bob", "/kick operator", "/kick");
  assertEquals(notices, ['*** Nobody is called "bob"', '*** Nobody is called "operator"', "*** Usage: /kick NAME"]);
  assertEquals(texts(), []);
});

Deno.test("chat gives the operator /say, /me, /list and /msg", async () => {
  const { people, notices, texts, types } = make();
  const [one, two] = people(2);
  await types("/say /list", "/me yawns", "/LIST", "/msg user2 psst", "/msg user2", "/msg bob hi");
  assertEquals(texts(), ["<operator> /list", "* operator yawns"]);
  assertEquals(notices, [
    "*** 3 here: user1, user2, operator (you)",
    "*** Usage: /msg NAME TEXT",
    '*** Nobody is called "bob"',
  ]);
  const said = "<operator> /list\n* operator yawns\n";
  assertEquals([one.news(), two.news()], [said, `${said}[operator] psst\n`]);
});

Deno.test("chat does not give the operator what makes no sense there", async () => {
  const { notices, texts, types } = make();
  await types("/nick bob", "/quit", "/enc gbk");
  const why = "/help lists them, // sends a line that begins with /";
  assertEquals(notices, ["nick", "quit", "enc"].map((word) => `*** Unknown command "/${word}": ${why}`));
  assertEquals(texts(), []);
});

Deno.test("chat lists the operator's commands at /help", async () => {
  const { notices, types } = make();
  await types("/help");
  assertEquals(notices, [
    "*** /say TEXT        say something that begins with /",
    "*** /list            who is here",
    "*** /msg NAME TEXT   say something to one person",
    "*** /me TEXT         say what you do",
    "*** /kick NAME       send somebody away",
    "*** //TEXT           send /TEXT",
  ]);
});

Deno.test("chat makes what the operator pastes safe for the clients' terminals", async () => {
  const { people, types } = make();
  const [one] = people(1);
  await types("a\x1b[2Jb", "/msg user1 \x07");
  assertEquals(one.news(), "<operator> a\\x1b[2Jb\n[operator] \\x07\n");
});

Deno.test("chat goes on when the operator's input ends or fails", async () => {
  const failing: Operator = {
    interactive: true,
    prompt: () => {},
    async *lines() {
      yield "hello";
      await turn();
      throw new Error("the terminal is gone");
    },
  };
  for (const operator of [undefined, failing]) {
    const { people, notices, texts, ...chat } = make(operator && { operator });
    const [one] = people(1);
    chat.operator.leave();
    await turn();
    await turn();
    await one.says("hi\n");
    assertEquals(texts().at(-1), "<user1> hi");
    const ended = "Nobody can talk from here any more: the input has ended; Ctrl-C stops the server";
    assertEquals(notices, [...(operator ? ["The input cannot be read: the terminal is gone"] : []), ended]);
  }
});

Deno.test("chat says nothing of the operator's input when it ends because the server stops", async () => {
  const { notices, ...chat } = make();
  chat.mode.stop?.();
  chat.operator.leave();
  await turn();
  await turn();
  assertEquals(notices, []);
});

Deno.test("chat does not touch the input when there is no person at the server", async () => {
  let asked = 0;
  const lines = () => (asked++, new FakeOperator().lines());
  const operator: Operator = { interactive: false, prompt: () => {}, lines };
  const { people, texts } = makeChat({ operator });
  const [one] = people(1);
  await one.says("/msg operator hi\n/list\n");
  assertEquals(one.news(), '*** Nobody is called "operator"\n*** 1 here: user1 (you)\n');
  assertEquals([asked, texts()], [0, []]);
});
