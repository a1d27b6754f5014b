import { assertEquals } from "@std/assert";
import { hex } from "../cli/helpers.ts";
import { close, datagram, failure, recv, send, view } from "./view.ts";

/** The events on stdout, each without what the test is not about. */
function fields(events: Record<string, unknown>[], ...names: string[]): unknown[][] {
  return events.map((event) => names.map((name) => event[name]));
}

Deno.test("Output with --json gives every event and all traffic on stdout", async () => {
  for (const command of ["server", "client"] as const) {
    const { output, system, shown } = view(command, { json: true });
    void output.report({ event: "open", id: 1, peer: "p" });
    void output.reportTraffic?.(recv("question"));
    void output.reportTraffic?.(send("answer"));
    void output.report({ event: "notice", message: "detail", detail: true });
    await shown();
    assertEquals(fields(system.stdout.events, "event", "dir", "text"), [
      ["open", undefined, undefined],
      ["recv", "in", "question"],
      ["send", "out", "answer"],
      ["notice", undefined, undefined],
    ]);
    assertEquals(system.stderr.text, "");
  }
});

Deno.test("Output with --json stays complete with --quiet", async () => {
  const { output, system, shown } = view("server", { json: true, quiet: true });
  void output.reportTraffic?.(recv("data"));
  void output.report(close());
  await shown();
  assertEquals(fields(system.stdout.events, "event"), [["recv"], ["close"]]);
});

Deno.test("Output with --json gives an error to programs and to people", async () => {
  const { output, system, shown } = view("server", { json: true });
  void output.report(failure("Cannot bind", "connect"));
  await shown();
  assertEquals(fields(system.stdout.events, "event", "kind", "message", "code"), [[
    "error",
    "connect",
    "Cannot bind",
    4,
  ]]);
  assertEquals(system.stderr.text, "sockeye: Cannot bind\n");
});

Deno.test("Output with --json gives the bytes that wait before the close event", async () => {
  const { output, system, shown } = view("client", { json: true });
  void output.reportTraffic?.(recv(hex("41 e4 bf")));
  void output.report(close());
  await shown();
  assertEquals(fields(system.stdout.events, "event", "bytes", "text", "base64"), [
    ["recv", 3, "A", undefined],
    ["recv", 0, undefined, hex("e4 bf").toBase64()],
    ["close", undefined, undefined, undefined],
  ]);
});

Deno.test("Output with --json adds nothing before the close event when no byte waits", async () => {
  const { output, system, shown } = view("client", { json: true });
  void output.reportTraffic?.(recv("A"));
  void output.report(close());
  await shown();
  assertEquals(fields(system.stdout.events, "event"), [["recv"], ["close"]]);
});

Deno.test("Output with --json keeps peers and directions apart", async () => {
  const { output, system, shown } = view("server", { json: true });
  void output.reportTraffic?.(recv(hex("e4 bf"), 1));
  void output.reportTraffic?.(recv(hex("e4 bd"), 2));
  void output.reportTraffic?.(send(hex("e5 a5 bd"), 1));
  void output.reportTraffic?.(recv(hex("a1"), 1));
  void output.reportTraffic?.(recv(hex("a0"), 2));
  await shown();
  assertEquals(fields(system.stdout.events, "event", "id", "text").slice(2), [
    ["send", 1, "好"],
    ["recv", 1, "信"],
    ["recv", 2, "你"],
  ]);
});

Deno.test("Output with --json and --hex gives hex, and nothing twice at the end", async () => {
  const { output, system, shown } = view("server", { json: true, hex: true });
  void output.reportTraffic?.(recv(hex("41 e4 bf")));
  void output.report(close());
  await shown();
  assertEquals(fields(system.stdout.events, "event", "hex"), [["recv", "41e4bf"], ["close", undefined]]);
});

Deno.test("Output with --json gives each datagram its own bytes, and no event for one that never was", async () => {
  for (const encoding of ["utf-8", "gbk"]) {
    const { output, system, shown } = view("server", { json: true, encoding });
    for (const data of [hex("61 e4"), "ok", ""]) void output.reportTraffic?.(datagram(data));
    void output.report(close());
    await shown();
    assertEquals(fields(system.stdout.events, "event", "bytes", "text", "base64"), [
      ["recv", 2, undefined, hex("61 e4").toBase64()],
      ["recv", 2, "ok", undefined],
      ["recv", 0, "", undefined],
      ["close", undefined, undefined, undefined],
    ]);
  }
});
