import { assertEquals, assertRejects } from "@std/assert";
import { readCheckOptions } from "../../../lib/cli/check/options.ts";
import { CHECK_OPTIONS } from "../../../lib/cli/check/options.ts";
import { COMMON_OPTIONS } from "../../../lib/cli/command.ts";
import { checkCommand } from "../../../lib/cli/commands/check.ts";
import { parseOptions } from "../../../lib/cli/parse.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { readOptions } from "../../../lib/options.ts";
import { traitsOf } from "../../../lib/transport/mod.ts";
import { Folder } from "../../fetch/helpers.ts";
import { textOf } from "../../support/sockets.ts";
import { FakeSystem } from "../helpers.ts";

/** What a command line says about the program under test. */
async function read(suite: string, ...words: string[]) {
  const { given } = parseOptions(words, { ...COMMON_OPTIONS, ...checkCommand.options });
  const system = new FakeSystem();
  const run = { given, operands: [], system, sink: system.sink(), onOutput: () => {} };
  const values = readOptions(given, { ...COMMON_OPTIONS, ...CHECK_OPTIONS });
  return await readCheckOptions(suite, traitsOf("tcp"), values, run);
}

Deno.test("a client says hello and a line end, or exactly what --say says, in its encoding", async () => {
  assertEquals(textOf((await read("reply")).say), "hello\n");
  assertEquals((await read("reply", "--say", "你好\\n", "-e", "gbk")).say.toHex(), "c4e3bac35c6e");
  assertEquals(textOf((await read("reply", "--say", "q\\r\\n", "--escapes")).say), "q\r\n");
  await assertRejects(() => read("reply", "--say", ""), SockeyeError, 'Bad --say ""');
  assertEquals((await read("reply", "--say", "a", "--checksum", "sum8")).say.toHex(), "6161");
  assertEquals((await read("client/reply", "--say", "a", "--checksum", "sum8")).say.toHex(), "61");
});

Deno.test("segments takes its conversation from texts, bytes and files, in their order", async () => {
  await using folder = await Folder.make();
  const file = await folder.put("file", "from a file");
  const { conversation = [] } = await read(
    "segments",
    "--send",
    "a\\n",
    "--escapes",
    "--file",
    file,
    "--send-hex",
    "62",
  );
  assertEquals(conversation.map(textOf), ["a\n", "from a file", "b"]);
  await assertRejects(() => read("segments"), SockeyeError, "Missing what a client says");
  await assertRejects(
    () => read("segments", "--from", file),
    SockeyeError,
    "no capture: it is neither pcapng nor pcap",
  );
  await assertRejects(() => read("segments", "--from", file, "--send", "a"), SockeyeError, "Option --from says it all");
});

Deno.test("options that were not given are left to the suites", async () => {
  const { answer, form, echo, conversation, encoding } = await read("chat");
  assertEquals([answer, form, echo, conversation, encoding], [undefined, undefined, undefined, undefined, "utf-8"]);
  assertEquals((await read("chat", "--echo")).echo, true);
  assertEquals((await read("reply", "--answer", "^ok$")).answer, /^ok$/mu);
});
