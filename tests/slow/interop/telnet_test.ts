/**
 * Telnet clients in a chat and a talk: inetutils-telnet, with the keys of a person, and PuTTY's plink. What they send besides
 * lines makes no command public, and what they ask for is refused, so that they go on.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { Chatter } from "../../support/chatter.ts";
import { needs, spawnSockeye, tool } from "../../support/harness.ts";
import { openServer, Terminal } from "../../support/terminal.ts";

const HOST = "127.0.0.1";

/** Commands that a telnet client runs when it has connected: with the second Ctrl-C sends its mark as urgent data. */
const SETTINGS: Readonly<Record<string, string>> = { "": "", ", with urgent data": "DEFAULT toggle autosynch\n" };

for (const [how, settings] of Object.entries(SETTINGS)) {
  Deno.test(`telnet goes on after Ctrl-C in server chat${how}`, needs(["telnet", "tmux", "sh"]), async () => {
    await using folder = await Folder.make();
    await folder.put(".telnetrc", settings);
    await using server = spawnSockeye(["server", "chat", "0"]);
    const port = await server.port();
    await using other = await Chatter.join(port);
    await using telnet = await Terminal.open(["telnet", HOST, String(port)], { HOME: folder.path });
    await telnet.shows(/^\*\*\* You are user2; /);
    for (const word of ["one", "two"]) {
      await telnet.press("C-c");
      await telnet.enter(`/msg user1 ${word}`);
      await other.hears(new RegExp(`^\\[user2\\] ${word}$`));
      await other.say(`got ${word}`);
      await telnet.shows(new RegExp(`^<user1> got ${word}$`));
    }
    await telnet.enter("/quit bye");
    await other.hears(/^\*\*\* user2 left: bye$/);
    assertEquals(other.heard.slice(1), ["*** user2 joined", "[user2] one", "[user2] two", "*** user2 left: bye"]);
  });
}

for (const encoding of ["utf-8", "gbk"]) {
  Deno.test(`plink says its first line to one alone in server chat -e ${encoding}`, needs(["plink"]), async () => {
    await using server = spawnSockeye(["server", "chat", "0", "-e", encoding]);
    const port = await server.port();
    await using other = await Chatter.join(port);
    await using plink = tool("plink", ["-telnet", "-P", String(port), HOST], { stdin: "piped" });
    await plink.write("/msg user1 psst\n");
    await other.hears(/^\[user2\] psst$/);
    await other.say("yes?");
    await plink.stdoutLine(/^<user1> yes\?\r?$/);
    assertEquals(other.heard.slice(1), ["*** user2 joined", "[user2] psst"]);
  });
}

Deno.test("plink is read and answered in server talk", needs(["plink", "tmux", "sh"]), async () => {
  await using terminal = await openServer("talk", "0");
  await using plink = tool("plink", ["-telnet", "-P", String(terminal.port), HOST], { stdin: "piped" });
  await plink.write("hello\n");
  const lines = await terminal.shows(/^#1 < hello$/);
  assertEquals(lines.filter((line) => line.startsWith("#1 <")), ["#1 < hello"]);
  await terminal.enter("welcome");
  await plink.stdoutLine(/^welcome\r?$/);
});
