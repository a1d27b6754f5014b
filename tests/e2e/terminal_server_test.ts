/** The operator of a server at a real terminal, and what a terminal changes about output. */

import { assert, assertEquals } from "@std/assert";
import { freePort, needs, sockeyeCommand } from "../support/harness.ts";
import { connect, readAll, readText, utf8, writeAll } from "../support/sockets.ts";
import { openServer, Terminal } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh"]);

Deno.test(
  "server talk lets the operator answer, and q ends a talk; the next client hears nothing before its turn",
  ignore,
  async () => {
    await using terminal = await openServer("talk", "0");
    using first = await connect(terminal.port);
    await terminal.endsWith("#1>");
    using second = await connect(terminal.port);
    await terminal.shows(/^#2 \S+ waits in line \(1 before it\)$/);
    await terminal.type("打了一半");
    await terminal.endsWith("#1> 打了一半");
    await writeAll(first, "你好吗\n");
    await terminal.shows(/^#1 < 你好吗$/);
    await terminal.endsWith("#1> 打了一半");
    await terminal.enter("的回答");
    assertEquals(await readText(first, "打了一半的回答\n"), "打了一半的回答\n");
    await terminal.enter("q");
    assertEquals(await readAll(first), utf8("q\n"));
    await first.closeWrite();
    await terminal.endsWith("#2>");
    await terminal.enter("轮到你");
    assertEquals(await readText(second, "轮到你\n"), "轮到你\n");
  },
);

for (const mode of ["talk", "echo"]) {
  Deno.test(`server ${mode} on a terminal ends with 130 on Ctrl-C`, ignore, async () => {
    await using terminal = await openServer(mode, "0");
    using client = await connect(terminal.port);
    await terminal.shows(/^#1 .* connected$/);
    await terminal.press("C-c");
    assertEquals(await readAll(client), new Uint8Array());
    await client.closeWrite();
    const lines = await terminal.ended(130);
    assert(lines.some((line) => /^Done: 1 connection;/.test(line)), lines.join("\n"));
  });
}

Deno.test("server shows escape sequences of a client instead of obeying them", ignore, async () => {
  await using terminal = await openServer("discard", "0");
  using client = await connect(terminal.port);
  await writeAll(client, "\x1b[2J\x1b[Hevil\n");
  const lines = await terminal.shows(/^#1 < \\\S+\[2J\\\S+\[Hevil$/);
  assert(lines.some((line) => line.startsWith("Listening on ")), "the screen was not cleared");
});

const COLOURS = [[[], {}, true], [[], { NO_COLOR: "1" }, false], [["--color", "never"], {}, false]] as const;

for (const [args, env, coloured] of COLOURS) {
  const name = [...args, ...Object.keys(env)].join(" ") || "without flags";
  Deno.test(`client ${name} ${coloured ? "colours" : "does not colour"} a terminal`, ignore, async () => {
    const command = sockeyeCommand(["client", String(freePort()), ...args]);
    await using terminal = await Terminal.open(command, env);
    await terminal.ended(4);
    const line = (await terminal.screen(true)).find((line) => line.includes("Cannot connect")) ?? "";
    assertEquals(line.includes("\x1b["), coloured, line);
  });
}
