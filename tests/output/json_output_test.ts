import { assertEquals } from "@std/assert";
import { hex } from "../cli/helpers.ts";
import { close, datagram, failure, notice, recv, send, view } from "./view.ts";

Deno.test("Output with --json gives every event and all traffic on stdout", async () => {
  for (const command of ["server", "client"] as const) {
    const { system, told } = view(command, { json: true });
    const open = { event: "open", id: 1, peer: "p" } as const;
    const detail = notice("detail", { detail: true });
    assertEquals(await told(["event", "dir", "text"], open, recv("question"), send("answer"), detail), [
      ["open", undefined, undefined],
      ["recv", "in", "question"],
      ["send", "out", "answer"],
      ["notice", undefined, undefined],
    ]);
    assertEquals(system.stderr.text, "");
  }
});

Deno.test("Output with --json stays complete with --quiet", async () => {
  const { told } = view("server", { json: true, quiet: true });
  assertEquals(await told(["event"], recv("data"), close()), [["recv"], ["close"]]);
});

Deno.test("Output with --json gives an error to programs and to people", async () => {
  const { system, told } = view("server", { json: true });
  const events = await told(["event", "kind", "message", "code"], failure("Cannot bind", "connect"));
  assertEquals(events, [["error", "connect", "Cannot bind", 4]]);
  assertEquals(system.stderr.text, "sockeye: Cannot bind\n");
});

Deno.test("Output with --json gives the bytes that wait before the close event", async () => {
  const { told } = view("client", { json: true });
  assertEquals(await told(["event", "bytes", "text", "base64"], recv(hex("41 e4 bf")), close()), [
    ["recv", 3, "A", undefined],
    ["recv", 0, undefined, hex("e4 bf").toBase64()],
    ["close", undefined, undefined, undefined],
  ]);
});

Deno.test("Output with --json keeps peers and directions apart", async () => {
  const cut = [recv(hex("e4 bf"), 1), recv(hex("e4 bd"), 2)];
  const rest = [send(hex("e5 a5 bd"), 1), recv(hex("a1"), 1), recv(hex("a0"), 2)];
  assertEquals((await view("server", { json: true }).told(["event", "id", "text"], ...cut, ...rest)).slice(2), [
    ["send", 1, "好"],
    ["recv", 1, "信"],
    ["recv", 2, "你"],
  ]);
});

Deno.test("Output with --json and --hex gives hex, and nothing twice at the end", async () => {
  const { told } = view("server", { json: true, hex: true });
  assertEquals(await told(["event", "hex"], recv(hex("41 e4 bf")), close()), [["recv", "41e4bf"], [
    "close",
    undefined,
  ]]);
});

Deno.test("Output with --json gives each datagram its own bytes, and no event for one that never was", async () => {
  const datagrams = [hex("61 e4"), "ok", ""].map((data) => datagram(data));
  for (const encoding of ["utf-8", "gbk"]) {
    const { told } = view("server", { json: true, encoding });
    assertEquals(await told(["event", "bytes", "text", "base64"], ...datagrams, close()), [
      ["recv", 2, undefined, hex("61 e4").toBase64()],
      ["recv", 2, "ok", undefined],
      ["recv", 0, "", undefined],
      ["close", undefined, undefined, undefined],
    ]);
  }
});

Deno.test("Output with --json marks what another sender than the peer sent", async () => {
  const other = { ...datagram("b"), peer: "10.0.0.9:69", other: true } as const;
  const told = await view("client", { json: true }).told(["peer", "other", "text"], datagram("a"), other);
  assertEquals(told, [["10.0.0.1:4000", undefined, "a"], ["10.0.0.9:69", true, "b"]]);
});
