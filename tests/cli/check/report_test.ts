import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Evidence, Finding } from "../../../lib/check/finding.ts";
import { caseReport, hintLines, type ReportForm, summaryLine } from "../../../lib/cli/check/report.ts";
import { textWidth } from "../../../lib/text/graphemes.ts";
import { utf8 } from "../helpers.ts";
import { CUT, PLAIN, resultOf } from "./results.ts";

const AGAIN = [["sockeye", "check", "echo/4", "9000", "--seed", "71"]];

function reported(finding: Finding, form: Partial<ReportForm> = {}): string[] {
  return caseReport(resultOf(finding), { ...PLAIN, ...form }, AGAIN).split("\n").slice(0, -1);
}

/** The line that begins with a label, and the one below it. */
function rows(evidence: Partial<Evidence>, label: string, form: Partial<ReportForm> = {}): string[] {
  const whole: Evidence = { steps: [], received: utf8(""), end: "open", ...evidence };
  const lines = reported({ verdict: "fail", evidence: whole }, form);
  const at = lines.findIndex((line) => line.trim().startsWith(label));
  return lines.slice(at, at + 2).map((line) => line.slice(18));
}

Deno.test("a case that failed is told with what was sent, what came, where it is wrong, why, and how to see it again", () => {
  assertEquals(reported(CUT), [
    "  FAIL  echo/4   a message that arrives in two pieces: 18 of 18 cuts",
    '        sent      "hello wor" | 50 ms | "ld 你好\\n"',
    '        expected  "hello world 你好\\n"',
    '        received  "hello wor", then FIN',
    "                            ^ byte 9: the connection was closed here",
    "        why       recv() returns what has arrived, not what was sent. Read until",
    '                  the newline, or until b"".',
    "        again     sockeye check echo/4 9000 --seed 71",
  ]);
});

Deno.test("a report in Chinese says the same", () => {
  assertEquals(reported(CUT, { language: "zh" }), [
    "  失败  echo/4   分两次到达的消息：18 种切法中有 18 种出错",
    '        发送  "hello wor" | 50 ms | "ld 你好\\n"',
    '        期望  "hello world 你好\\n"',
    '        收到  "hello wor"，然后是 FIN',
    "                        ^ 偏移 9：连接在这里被关闭",
    "        原因  recv() 返回的是已到达的数据，不是对方一次发送的数据。请循环读取，",
    '              直到收到换行符或 b"" 为止。',
    "        重现  sockeye check echo/4 9000 --seed 71",
  ]);
});

Deno.test("no line but a command is wider than the terminal, in either language", () => {
  for (const language of ["en", "zh"] as const) {
    for (const columns of [40, 47, 60, 80, 120]) {
      for (const line of reported(CUT, { language, columns })) {
        if (!line.includes("sockeye ")) assertLessOrEqual(textWidth(line), columns, line);
      }
    }
  }
});

Deno.test("a narrow report stays readable", () => {
  assertEquals(reported(CUT, { columns: 40 }), [
    "  FAIL  echo/4   a message that arrives",
    "        in two pieces: 18 of 18 cuts",
    '  sent      "hello wor" | 50 ms |',
    '            "ld 你好\\n"',
    '  expected  "hello world 你好\\n"',
    '  received  "hello wor", then FIN',
    "                      ^",
    "            byte 9: the connection was",
    "            closed here",
    "  why       recv() returns what has",
    "            arrived, not what was sent.",
    "            Read until the newline, or",
    '            until b"".',
    "  again     sockeye check echo/4 9000 --seed 71",
  ]);
});

Deno.test("a case that did well is one line, one that could not be judged says why", () => {
  assertEquals(reported({ verdict: "ok" }), ["  ok    echo/4   a message that arrives in two pieces"]);
  const why = { en: "the server serves one client at a time", zh: "服务器一次只服务一个客户端" };
  assertEquals(reported({ verdict: "unknown", reason: why }), [
    "  ?     echo/4   a message that arrives in two pieces",
    "        why       the server serves one client at a time",
  ]);
  const tries = { failed: 0, of: 64, what: "cuts", among: 300 } as const;
  assertEquals(reported({ verdict: "ok", tries }), [
    "  ok    echo/4   a message that arrives in two pieces: tried 64 of the 300 cuts",
  ]);
  assertEquals(reported({ verdict: "ok", tries }, { language: "zh" }), [
    "  通过  echo/4   分两次到达的消息：从 300 种切法中抽取 64 种",
  ]);
  assertEquals(reported({ verdict: "ok" }, { times: true }), [
    "  ok    echo/4   a message that arrives in two pieces (12 ms)",
  ]);
});

Deno.test("the caret stands below the wrong byte, wherever wide characters push it", () => {
  const expected = utf8("你好 world\n");
  assertEquals(rows({ expected, received: utf8("你好 World\n"), at: 7 }, "received"), [
    '"你好 World\\n"',
    "      ^ byte 7: 57 should be 77",
  ]);
  assertEquals(rows({ expected: utf8("ab"), received: utf8("ab\x1b\n"), at: 2 }, "received"), [
    '"ab\\x1b\\n"',
    "   ^ byte 2: nothing more was expected",
  ]);
  assertEquals(rows({ expected, received: utf8("你"), at: 3, end: "reset" }, "received"), [
    '"你", then RST',
    "   ^ byte 3: the connection was reset here",
  ]);
  assertEquals(rows({ expected, received: expected.subarray(0, 4), at: 4 }, "received"), [
    '"你\\xe5"',
    "       ^ byte 4: the rest did not come",
  ]);
  assertEquals(rows({ expected: { en: "400", zh: "400" }, received: utf8("200"), at: 0 }, "received"), [
    '"200"',
    " ^ byte 0",
  ]);
});

Deno.test("nothing that came is said in words", () => {
  assertEquals(rows({ end: "fin" }, "received")[0], "nothing, then FIN");
  assertEquals(rows({ end: "open", at: 0 }, "received")[0], "nothing");
});

Deno.test("bytes that are no text are shown in hex, and what was expected likewise", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const received = all.slice();
  received[0x80] = 0x3f;
  const evidence = { steps: [{ does: "send", bytes: all } as const], expected: all, received, at: 0x80 };
  assertEquals(rows(evidence, "sent")[0], "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f… (256 bytes)");
  assertEquals(rows(evidence, "expected")[0], "…75 76 77 78 79 7a 7b 7c 7d 7e 7f 80 81 82 83 84 85 86 87 88…");
  assertEquals(rows(evidence, "received"), [
    "…75 76 77 78 79 7a 7b 7c 7d 7e 7f 3f 81 82 83 84 85 86 87 88…",
    "(256 bytes)",
  ]);
  const hello = { does: "send", bytes: utf8("hello\n") } as const;
  const answered = { steps: [hello], expected: hello.bytes, received: Uint8Array.of(0xff, 0xfe, 0), at: 0 };
  assertEquals(rows(answered, "sent"), ['"hello\\n"', "68 65 6c 6c 6f 0a"]);
  assertEquals(rows(answered, "received"), ["ff fe 00", "^ byte 0: ff should be 68"]);
});

Deno.test("long data are shortened around the difference, and what was expected stands above what came", () => {
  const text = "0123456789".repeat(100_000);
  const expected = utf8(text);
  const received = utf8(`${text.slice(0, 500_000)}x${text.slice(500_001)}`);
  const lines = reported({
    verdict: "fail",
    evidence: { steps: [{ does: "send", bytes: expected }], expected, received, at: 500_000, end: "open" },
  }).map((line) => line.trimEnd());
  const [wanted = "", came = "", caret = ""] = ["expected", "received", "^"].map((word) =>
    lines.find((line) => line.includes(word)) ?? ""
  );
  const column = caret.indexOf("^");
  assertEquals([wanted[column], came[column], came[column - 1], came[column + 1]], ["0", "x", "9", "1"]);
  assert(lines.some((line) => line.includes("(1,000,000 bytes)")), lines.join("\n"));
});

Deno.test("many pieces are not all shown", () => {
  const steps = [..."hello world\n"].flatMap((text) =>
    [{ does: "send", bytes: utf8(text) }, { does: "pause", ms: 5 }] as const
  );
  const sent = rows({ steps: [...steps, { does: "half-close" }] }, "sent")[0];
  assertEquals(sent, '"h" | 5 ms | "e" | 5 ms | "l" | … 18 more … | 5 ms | FIN');
});

Deno.test("what a peer sent cannot steer the terminal", () => {
  const hostile = utf8('"\x1b[2J\u202e\u2028\x07"');
  for (const line of reported({ ...CUT, evidence: { steps: [], received: hostile, end: "open", at: 0 } })) {
    // deno-lint-ignore no-control-regex -- none of them may be there
    assert(!/[\x00-\x1f\u202e\u2028]/.test(line), JSON.stringify(line));
  }
});

Deno.test("text is decoded in its encoding", () => {
  const received = Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3);
  assertEquals(rows({ received }, "received", { encoding: "gbk" })[0], '"你好"');
  assertEquals(rows({ received: utf8("hi") }, "received", { hex: true })[0], "68 69");
});

Deno.test("the sum names only what there is", () => {
  assertEquals(summaryLine({ ok: 15, weak: 0, fail: 0, unknown: 0 }, 2_800, PLAIN), "15 ok, 0 failed in 2.8 s\n");
  const mixed = { ok: 11, weak: 1, fail: 2, unknown: 1 };
  assertEquals(summaryLine(mixed, 2_800, PLAIN), "11 ok, 2 failed, 1 weak, 1 could not be judged in 2.8 s\n");
  assertEquals(
    summaryLine(mixed, 2_800, { ...PLAIN, language: "zh" }),
    "11 项通过，2 项失败，1 项欠妥，1 项无法判断，用时 2.8 s\n",
  );
});

Deno.test("at a terminal a long command is broken so that a shell still reads it as one", () => {
  const command = ["sockeye", "client", "9000", "--send", "hello world", "--escapes", "--cut", "9"];
  const lines = caseReport(resultOf(CUT), { ...PLAIN, columns: 50, terminal: true }, [command]).split("\n");
  const at = lines.findIndex((line) => line.trim().startsWith("again"));
  assertEquals(lines.slice(at, -1).map((line) => line.slice(12)), [
    "sockeye client 9000 --send \\",
    "  'hello world' --escapes --cut 9",
  ]);
});

Deno.test("the hint stays a command that can be copied", () => {
  const command = ["sockeye", "check", "--explain", "echo/4"];
  assertEquals(hintLines(command, PLAIN), "More about it: sockeye check --explain echo/4\n");
  assertEquals(hintLines(command, { ...PLAIN, columns: 40 }), "More about it:\n  sockeye check --explain echo/4\n");
});

Deno.test("a reason that is that of the case above is not told again", () => {
  const unknown = (en: string) => resultOf({ verdict: "unknown", reason: { en, zh: en } });
  const head = "  ?     echo/4   a message that arrives in two pieces";
  const told = (before: string) => caseReport(unknown("It has ended."), PLAIN, [], unknown(before));
  assertEquals(told("It has ended."), `${head} (as above)\n`);
  assertEquals(told("Another reason."), `${head}\n        why       It has ended.\n`);
});
