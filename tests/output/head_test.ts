import { assertEquals } from "@std/assert";
import type { Colorize } from "../../lib/output/colors.ts";
import { recv, send, view } from "./view.ts";

const marks: Colorize = (_stream, role, text) => `[${role}:${text}]`;

Deno.test("Output of a fetch colours the status by its class, and marks what is sent", async () => {
  for (const [status, role] of [["200 OK", "good"], ["301 Moved", "peer"], ["404", "warning"], ["503 Busy", "error"]]) {
    const { shown } = view("fetch", { terminal: true, heads: "stdout", requests: true }, {}, marks);
    const { stdout, stderr } = await shown(
      send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
      recv(`HTTP/1.1 ${status}\r\nA: 200\r\n\r\n`),
    );
    assertEquals(stdout, `[${role}:HTTP/1.1 ${status}]\nA: 200\n\n`);
    assertEquals(stderr, "[sent:> ]GET / HTTP/1.1\n[sent:> ]Host: a\n\n");
  }
});
