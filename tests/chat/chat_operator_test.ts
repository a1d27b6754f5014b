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

Deno.test("chat lets the operator remove a client, which is told why, and cut off if it does not go", async () => {
  using clock = new FakeClock();
  const { people, shown, types, texts } = make();
  const [one, two, three] = people(3);
  await types("/kick USER1 ");
  assertEquals(one.news(), "*** You were removed by the operator\n");
  assertEquals(two.news(), "*** user1 was removed by the operator\n");
  assertEquals([one.peer.ends, one.peer.kicks, shown[0]!.from], [1, [], one.peer]);
  await one.says("still here\n");
  one.breaks();
  assertEquals([texts(), clock.pending], [["*** user1 was removed by the operator"], 0]);
  await types("/kick user3");
  await clock.advance(999);
  assertEquals([three.peer.ends, three.peer.kicks], [1, []]);
  await clock.advance(1);
  assertEquals([three.peer.kicks, clock.pending], [["was removed by the operator"], 0]);
});

/** What the operator types while two clients are here, the notices, and what all read. */
const TYPED: readonly (readonly [fact: string, lines: string[], notices: string[], said?: string[]])[] = [
  [
    "chat lets the operator kick only clients that are here",
    ["/kick bob", "/kick operator", "/kick"],
    ['*** Nobody is called "bob"', '*** Nobody is called "operator"', "*** Usage: /kick NAME"],
  ],
  [
    "chat gives the operator /say, /me, /list and /msg",
    ["/say /list", "/me yawns", "/LIST", "/msg user2", "/msg bob hi"],
    ["*** 3 here: user1, user2, operator (you)", "*** Usage: /msg NAME TEXT", '*** Nobody is called "bob"'],
    ["<operator> /list", "* operator yawns"],
  ],
  [
    "chat does not give the operator what makes no sense there",
    ["/nick bob", "/quit", "/enc gbk"],
    ["nick", "quit", "enc"].map((word) =>
      `*** Unknown command "/${word}": /help lists them, // sends a line that begins with /`
    ),
  ],
  ["chat lists the operator's commands at /help", ["/help"], [
    "*** /say TEXT        say something that begins with /",
    "*** /list            who is here",
    "*** /msg NAME TEXT   say something to one person",
    "*** /me TEXT         say what you do",
    "*** /kick NAME       remove a client",
    "*** //TEXT           send /TEXT",
  ]],
];

for (const [fact, lines, told, said = []] of TYPED) {
  Deno.test(fact, async () => {
    const { people, notices, texts, types } = make();
    const clients = people(2);
    await types(...lines);
    assertEquals([notices, texts()], [told, said]);
    for (const client of clients) assertEquals(client.news(), said.map((line) => `${line}\n`).join(""));
  });
}

Deno.test("chat makes what the operator pastes safe for the clients' terminals, and says /msg to one alone", async () => {
  const { people, notices, types } = make();
  const [one, two] = people(2);
  await types("a\x1b[2Jb", "/msg user1 \x07");
  const said = "<operator> a\\x1b[2Jb\n";
  assertEquals([one.news(), two.news(), notices], [`${said}[operator] \\x07\n`, said, []]);
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
