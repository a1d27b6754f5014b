/** Commands as jobs of a shell at a real terminal: in the background, stopped, and back. */

import { assert } from "@std/assert";
import { freePort, linux, needs, sockeyeCommand } from "../support/harness.ts";
import { connect, Host, readText, writeAll } from "../support/sockets.ts";
import { Terminal } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh", "bash"]);

/** In the background it has to find out where it is. */
const IN_BACKGROUND = needs(["tmux", "sh", "bash"], linux);

async function openShell(): Promise<Terminal> {
  const shell = await Terminal.open(["bash", "--norc", "--noprofile", "-i"], { PS1: "$ " });
  await shell.endsWith("$");
  return shell;
}

function commandLine(args: readonly string[], permissions = ["--allow-net", "--allow-read=/proc"]): string {
  return sockeyeCommand(args, { permissions }).join(" ");
}

/** Ctrl-Z stops what runs in the foreground, `fg` continues it and tells its command line, which may be wrapped anywhere. */
async function stopAndContinue(shell: Terminal): Promise<void> {
  await shell.press("C-z");
  await shell.endsWith("$");
  await shell.enter("clear; fg");
  await shell.until("the command line of the job", (lines) => /server ?chat/.test(lines.join("")));
}

Deno.test("server chat & listens and serves, and Ctrl-Z and fg bring its operator in", IN_BACKGROUND, async () => {
  await using shell = await openShell();
  const port = freePort();
  await shell.enter(`clear; ${commandLine(["server", "chat", String(port)])} &`);
  await shell.shows(/Listening on tcp:/);
  await shell.shows(/^In the background the terminal is not read; to type here: fg, Ctrl-Z, fg$/);
  using client = await connect(port);
  await readText(client, "commands\n");
  await writeAll(client, "anybody there?\n");
  await shell.shows(/^\d\d:\d\d <user1> anybody there\?$/);
  await shell.enter("jobs");
  await shell.shows(/^\[1\]\+ +Running /);
  await shell.enter("fg");
  await shell.until("the job in the foreground", (lines) => !lines.at(-1)?.startsWith("$"));
  await stopAndContinue(shell);
  await shell.endsWith(">");
  await shell.enter("yes, now");
  await readText(client, "<operator> yes, now\n");
  await shell.press("C-c");
  await shell.endsWith("$");
  await shell.enter("exit 7");
  await shell.ended(7);
});

Deno.test("server chat keeps the line that is typed through Ctrl-Z and fg", ignore, async () => {
  await using shell = await openShell();
  const port = freePort();
  await shell.enter(`clear; ${commandLine(["server", "chat", String(port)], ["--allow-net"])}`);
  await shell.endsWith(">");
  using client = await connect(port);
  await readText(client, "commands\n");
  await shell.type("half a");
  await shell.endsWith("> half a");
  await stopAndContinue(shell);
  await shell.endsWith("> half a");
  await shell.enter(" line");
  await readText(client, "<operator> half a line\n");
  await shell.press("C-c");
  await shell.endsWith("$");
  await shell.enter("exit 7");
  await shell.ended(7);
});

Deno.test("client & connects and shows what comes, and is typed at after Ctrl-Z and fg", IN_BACKGROUND, async () => {
  await using host = new Host(async (conn) => {
    await writeAll(conn, "welcome\n");
    assert((await readText(conn, "hello\n")).endsWith("hello\n"));
  });
  await using shell = await openShell();
  await shell.enter(`clear; ${commandLine(["client", String(host.port)])} &`);
  await shell.shows(/^< welcome⏎?$/);
  await shell.enter("jobs");
  await shell.shows(/^\[1\]\+ +Running /);
  await shell.enter("fg");
  await shell.until("the job in the foreground", (lines) => !lines.at(-1)?.startsWith("$"));
  await shell.press("C-z");
  await shell.endsWith("$");
  await shell.enter("clear; fg");
  await shell.endsWith(">");
  await shell.enter("hello");
  await host.done;
  await shell.endsWith("$");
  await shell.enter("exit 7");
  await shell.ended(7);
});
