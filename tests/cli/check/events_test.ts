import { assertEquals } from "@std/assert";
import { caseEvent } from "../../../lib/cli/check/events.ts";
import { utf8 } from "../helpers.ts";
import { CUT, PLAIN, resultOf } from "./results.ts";

Deno.test("caseEvent() has what the report has, in one language", () => {
  assertEquals(caseEvent(resultOf(CUT), PLAIN, [["sockeye", "check"]]), {
    event: "case",
    id: "echo/4",
    title: "a message that arrives in two pieces",
    verdict: "fail",
    reason: CUT.reason?.en ?? "",
    tries: { failed: 18, of: 18, what: "cuts" },
    sent: [{ bytes: 9, text: "hello wor" }, { pause: 50 }, { bytes: 10, text: "ld 你好\n" }],
    expected: { bytes: 19, text: "hello world 你好\n" },
    received: { bytes: 9, text: "hello wor" },
    at: 9,
    end: "fin",
    again: ["sockeye check"],
    ms: 12,
  });
  assertEquals(caseEvent(resultOf({ verdict: "ok" }), { ...PLAIN, language: "zh" }, []), {
    event: "case",
    id: "echo/4",
    title: "分两次到达的消息",
    verdict: "ok",
    ms: 12,
  });
});

Deno.test("caseEvent() gives bytes that are no text in base64, or all in hex", () => {
  const evidence = { steps: [], received: Uint8Array.of(0x61, 0xff), end: "open" } as const;
  const received = (hex: boolean) => caseEvent(resultOf({ verdict: "weak", evidence }), { ...PLAIN, hex }, []).received;
  assertEquals(received(false), { bytes: 2, base64: "Yf8=" });
  assertEquals(received(true), { bytes: 2, hex: "61ff" });
});

Deno.test("caseEvent() gives a part of long data, around the difference", () => {
  const long = utf8("x".repeat(100_000));
  const evidence = { steps: [], received: long, expected: { en: "less", zh: "少" }, at: 50_000, end: "open" } as const;
  const event = caseEvent(resultOf({ verdict: "fail", evidence }), PLAIN, []);
  assertEquals(event.received, { bytes: 100_000, from: 48_976, text: "x".repeat(4_096) });
  assertEquals(event.expected, "less");
});
