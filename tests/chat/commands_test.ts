import { note } from "../../lib/chat/events.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { ENCODINGS } from "../../lib/text/encodings.ts";
import { concat } from "../../lib/bytes.ts";
import { LateBus } from "./late_bus.ts";
import { makeChat, newsOf } from "./helpers.ts";

/** What one of two clients says, what it reads of that, and what the room and the other one read. */
const ANSWERS: readonly (readonly [name: string, said: string, own: string, shown: readonly string[]])[] = [
  ["/nick gives another name, and all are told", "/nick Zoë\nhi\n", "*** You are Zoë now\n", [
    "*** user1 is Zoë now",
    "<Zoë> hi",
  ]],
  ["/me says what one does", "/me waves \n", "", ["* user1 waves "]],
  [
    "/msg says when no member has that name, and how it is used",
    "/msg bob hi\n/msg operator hi\n/msg user2\n/msg user2 \n/msg\n",
    '*** Nobody is called "bob"\n*** Nobody is called "operator"\n' + "*** Usage: /msg NAME TEXT\n".repeat(3),
    [],
  ],
  [
    "/help lists every command, to the client that asked alone",
    "/help\n",
    `*** /nick NAME       take another name
*** /list            who is here
*** /msg NAME TEXT   say something to one person
*** /me TEXT         say what you do
*** /enc NAME        read and write in another encoding, such as gbk
*** /quit [TEXT]     leave
*** //TEXT           send /TEXT
`,
    [],
  ],
  ["a line that begins with // is said with one of them", "//nick bob\n//\n///\n\0//x\n", "", [
    "<user1> /nick bob",
    "<user1> /",
    "<user1> //",
    "<user1> /x",
  ]],
  [
    "blanks before // are said with both of them, before / they belong to the command",
    "    // a comment\n\t//\n  /me waves\n  /usr/bin\n",
    `*** Unknown command "/usr/bin": /help lists them, // sends a line that begins with /\n`,
    ["<user1>     // a comment", "<user1> \t//", "* user1 waves"],
  ],
  [
    "a command is known in any case, and its argument after any space",
    "/NICK bob\n/nIcK\t Bob \r\n/LIST\n/List now\n",
    "*** You are bob now\n*** You are Bob now\r\n" + "*** 2 here: Bob (you), user2\n".repeat(2),
    ["*** user1 is bob now", "*** bob is Bob now"],
  ],
];

for (const [name, said, own, shown] of ANSWERS) {
  Deno.test(name, async () => {
    const { people, texts } = makeChat();
    const [one, two] = people(2);
    await one.says(said);
    assertEquals([texts(), ...newsOf(one, two)], [[...shown], own, shown.map((text) => `${text}\n`).join("")]);
  });
}

Deno.test("/nick says why not, to the client that asked alone", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await two.says("/nick Bob\n");
  newsOf(one, two);
  const cases: [wanted: string, why: string][] = [
    ["bOB", "somebody else has that name"],
    ["ＢＯＢ", "somebody else has that name"],
    ["operator", "names like that are given by the server"],
    ["ＯＰＥＲＡＴＯＲ", "names like that are given by the server"],
    ["user2", "names like that are given by the server"],
    ["a b", "a name is made of letters and digits, then also _ . -"],
    ["***", "a name is made of letters and digits, then also _ . -"],
    ["B\u043eb", "a name does not mix alphabets"],
    ["x".repeat(33), "a name has 32 characters at most"],
    ["x\u0301\u0302\u0303", "a letter of a name has two marks at most"],
    ["B0b", 'it looks like "Bob", the name of somebody else'],
  ];
  for (const [wanted, why] of cases) {
    await one.says(`/nick ${wanted}\n`);
    assertEquals(newsOf(one, two), [`*** Not "${wanted}": ${why}\n`, ""]);
  }
  assertEquals(texts(), ["*** user2 is Bob now"]);
});

Deno.test("/nick takes a name that is free again, and the first one back", async () => {
  const { people, come } = makeChat();
  const [one, two] = people(2);
  await one.says("/nick bob\n/nick user1\n");
  await two.says("/nick bob\n");
  two.breaks();
  await one.says("/nick bob\n/nick user2\n");
  assertEquals(come(3).news(), "*** You are user3; 1 other is here. /help lists the commands\n");
  const refused = '*** Not "user2": names like that are given by the server';
  assertEquals(one.news().split("\n").slice(-4, -1), ["*** You are bob now", refused, "*** user3 joined"]);
});

Deno.test("/nick gives nobody a name that looks like one of those who are here", async () => {
  const twins = [["ace", "асе"], ["BASE", "ВАЅЕ"], ["口", "ロ"], ["alice", "aIice"], ["é", "é\u0301"], [
    "力工",
    "カエ",
  ]];
  for (const [name, twin] of twins) {
    const { people } = makeChat();
    const [one, two] = people(2);
    await one.says(`/nick ${name}\n`);
    newsOf(one, two);
    await two.says(`/nick ${twin}\n/nick ${name}2\n`);
    assertEquals(
      two.news(),
      `*** Not "${twin}": it looks like "${name}", the name of somebody else\n*** You are ${name}2 now\n`,
    );
    await one.says(`/nick ${twin}\n`);
    one.breaks();
    two.news();
    await two.says(`/nick ${name}\n`);
    assertEquals(two.news(), `*** You are ${name} now\n`);
  }
});

Deno.test("/nick gives nobody a name that looks like one at another server", async () => {
  const bus = new LateBus();
  const { people } = makeChat({ bus });
  const [one] = people(1);
  bus.elsewhere.push({ name: "ace", send: () => true });
  await one.says("/nick асе\n");
  assertEquals(one.news(), '*** Not "асе": it looks like "ace", the name of somebody else\n');
});

Deno.test("/nick gives a name back that the server gave, whoever looks like it", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  await one.says("/nick ann\n");
  await two.says("/nick userl\n");
  newsOf(one, two);
  await one.says("/nick user1\n");
  assertEquals(one.news(), "*** You are user1 now\n");
});

Deno.test("/list names the members in the order of their coming, and the person at the server", async () => {
  const { people } = makeChat({ interactive: true });
  const [one, two, three] = people(3);
  await one.says("/nick zoe\n");
  newsOf(one, two, three);
  await two.says("/list\n");
  assertEquals(newsOf(one, two, three), ["", "*** 4 here: zoe, user2 (you), user3, operator\n", ""]);
});

Deno.test("/msg goes to one and is shown to no other; what the operator gets is a line, no notice", async () => {
  const { people, texts, notices } = makeChat({ interactive: true });
  const [one, two, three] = people(3);
  await one.says("/msg USER2 psst, you\n/msg user2  /nick x \n");
  assertEquals(newsOf(one, two, three), ["", "[user1] psst, you\n[user1]  /nick x \n", ""]);
  await one.says("/msg operator help!\n");
  assertEquals([texts(), notices], [["[user1] help!"], []]);
});

Deno.test("a command over 1 KiB is answered with one note and dropped whole, however long and in whatever pieces", async () => {
  const word = "/msg user2 ";
  for (const [letter, length] of [["x", 1024 - word.length], ["名", Math.floor((1024 - word.length) / 3)]] as const) {
    const { people, texts } = makeChat();
    const [one, two, three] = people(3);
    await one.says(`${word}${letter.repeat(length)}\n`);
    assertEquals(newsOf(one, two, three), ["", `[user1] ${letter.repeat(length)}\n`, ""]);
    for (const longer of [length + 1, 64 * 1024, 200_000]) {
      const bytes = bytesOf(`${word}${letter.repeat(longer)}\n`);
      for (let at = 0; at < bytes.length; at += 10_000) await one.says(bytes.subarray(at, at + 10_000));
      assertEquals(newsOf(one, two, three), ["*** Not done: a command has 1024 bytes at most\n", "", ""]);
    }
    assertEquals(texts(), []);
  }
});

Deno.test("a command counts in bytes as they came, whatever they are shown as", async () => {
  const [word, note] = [bytesOf("/nick "), "*** Not done: a command has 1024 bytes at most"];
  for (const [encoding, byte] of [["utf-8", 0xff], ["utf-8", 0x01], ["gbk", 0xff], ["latin1", 0xe9]] as const) {
    const { people } = makeChat({ encoding });
    const [one] = people(1);
    // In UTF-8 and GBK telnet sends the byte ff twice.
    const times = byte === 0xff ? 2 : 1;
    for (const [count, isLong] of [[900, false], [1018, false], [1019, true]] as const) {
      await one.says(concat([word, new Uint8Array(count * times).fill(byte), bytesOf("\n")]));
      assertEquals(one.news().startsWith(note), isLong, `${encoding} ${count}`);
    }
  }
  const { people } = makeChat({ encoding: "gbk" });
  const [one, two] = people(2);
  await one.says(`/msg user2 ${"名".repeat(506)}\n/msg user2 ${"名".repeat(507)}\n`);
  assertEquals(newsOf(one, two), [`${note}\n`, `[user1] ${"名".repeat(506)}\n`]);
});

Deno.test("a line over 1 KiB that begins with // is no command", async () => {
  const { people, texts } = makeChat();
  const [one] = people(1);
  await one.says(`//${"x".repeat(2_000)}\n`);
  assertEquals(texts(), [`<user1> /${"x".repeat(2_000)}`]);
});

Deno.test("/enc changes what is read and written from the next line on, in the middle of a chunk", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await one.says(Uint8Array.of(...bytesOf("你\n/enc GB2312\n"), 0xc4, 0xe3, 0x0a, ...bytesOf("/enc utf8\n你\n")));
  assertEquals(texts(), ["<user1> 你", "<user1> 你", "<user1> 你"]);
  assertEquals(newsOf(one, two), [
    "*** You read and write gbk now\n*** You read and write utf-8 now\n",
    "<user1> 你\n".repeat(3),
  ]);
});

Deno.test("/enc refuses what is no encoding of lines, and changes nothing", async () => {
  const { people, texts } = makeChat();
  const [one] = people(1);
  await one.says("/enc utf-61\n");
  assertEquals(one.news().includes("utf-16"), false);
  await one.says("/enc klingon\n/enc utf-16le\n/enc iso-2022-jp\n你\n");
  const [unknown, utf16, state] = one.news().split("\n");
  const names = ENCODINGS.filter((name) => !name.startsWith("utf-16")).join(", ");
  assertEquals(unknown, `*** Unknown encoding "klingon": use one of ${names}`);
  assertMatch(state!, /^\*\*\* Unknown encoding/);
  assertEquals([utf16, texts()], ["*** Not utf-16le: its lines cannot be told apart", ["<user1> 你"]]);
});

Deno.test("/quit leaves with a word, and nothing after it counts", async () => {
  const { people, texts } = makeChat();
  const [one, two, three] = people(3);
  await one.says("/quit\n/nick x\nhello?\n");
  await two.says("bye\n/quit so long \nhello?");
  two.breaks();
  assertEquals(texts(), ["*** user1 left", "<user2> bye", "*** user2 left: so long "]);
  assertEquals(newsOf(one, three), ["", "*** user1 left\n<user2> bye\n*** user2 left: so long \n"]);
  assertEquals([one.peer.ends, one.peer.kicks, two.peer.ends], [1, [], 1]);
  one.breaks();
});

Deno.test("/quit frees the name before the connection is over", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  await one.says("/nick bob\n/quit\n");
  two.news();
  await two.says("/nick bob\n/list\n");
  assertEquals(two.news(), "*** You are bob now\n*** 1 here: bob (you)\n");
  one.breaks();
});

Deno.test("an unknown command is answered and not said", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  const words = ["/", "/shout", "/kick", "/say", "/constructor", "/__proto__", "/nick:", "/\x1b[2J"];
  for (const word of words) {
    await one.says(`${word} user2\n`);
    const hint = "/help lists them, // sends a line that begins with /";
    assertEquals(newsOf(one, two), [`*** Unknown command "${word.replace("\x1b", "\\x1b")}": ${hint}\n`, ""]);
  }
  assertEquals(texts(), []);
});

Deno.test("a command without its argument is answered with how it is used", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  await one.says("/nick\n/nick  \n/ME\t\n/Enc\n");
  const usage = ["/nick NAME", "/nick NAME", "/me TEXT", "/enc NAME"].map((usage) => `*** Usage: ${usage}\n`);
  assertEquals(newsOf(one, two), [usage.join(""), ""]);
});

Deno.test("a command comes after what was said before it in the same chunk", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await one.says("a\n/nick bob\nb\n/msg user2 c\nd\n/quit\n");
  assertEquals(texts(), ["<user1> a", "*** user1 is bob now", "<bob> b", "<bob> d", "*** bob left"]);
  assertEquals(two.news(), "<user1> a\n*** user1 is bob now\n<bob> b\n[bob] c\n<bob> d\n*** bob left\n");
  one.breaks();
});

Deno.test("/quit of a client that does not end its connection is over in a second", async () => {
  using clock = new FakeClock();
  const { people } = makeChat();
  const [one] = people(1);
  await one.says("/quit\n");
  await clock.advance(999);
  assertEquals(one.peer.kicks, []);
  await clock.advance(1);
  assertEquals(one.peer.kicks, ["has quit"]);
});

Deno.test("a name that no member here has may be one at the servers that are out of reach", async () => {
  const bus = new LateBus();
  const { people } = makeChat({ bus });
  const [one] = people(1);
  bus.warning = note("bus-away");
  await one.says("/msg Bob psst\n");
  assertEquals(one.news(), '*** Nobody at this server is called "Bob"; the other servers are out of reach\n');
});
