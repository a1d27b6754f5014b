import { assertEquals } from "@std/assert";
import { againCommands } from "../../../lib/cli/check/again.ts";
import { parseOptions } from "../../../lib/cli/parse.ts";
import { COMMON_OPTIONS } from "../../../lib/cli/command.ts";
import { checkCommand } from "../../../lib/cli/commands/check.ts";
import { shellLine } from "../../../lib/shell.ts";
import { CUT, resultOf } from "./results.ts";

const TABLE = { ...COMMON_OPTIONS, ...checkCommand.options };

function lines(words: string[], address = "9000", finding = CUT): string[] {
  const { given } = parseOptions(words, TABLE);
  const context = { given, table: TABLE, address, seed: 71, dial: ["insecure", "encoding"] };
  return againCommands(resultOf(finding), context).map(shellLine);
}

Deno.test("againCommands() are one of check for this case, and one of the client", () => {
  assertEquals(lines(["--json", "--lang", "zh", "-v", "--seed", "3"]), [
    "sockeye check echo/4 9000 --seed 71",
    "sockeye client 9000 --send 'hello world 你好\\n' --escapes --cut 9",
  ]);
  assertEquals(lines([], "9000", { verdict: "weak" }), ["sockeye check echo/4 9000 --seed 71"]);
});

Deno.test("againCommands() repeat the options that matter, quoted for a shell", () => {
  assertEquals(lines(["-k", "-e", "gbk", "--strict"], "tls://localhost:9443"), [
    "sockeye check echo/4 tls://localhost:9443 --seed 71 --insecure --encoding gbk",
    "sockeye client tls://localhost:9443 --send 'hello world 你好\\n' --escapes --cut 9 --insecure --encoding gbk",
  ]);
});

Deno.test("againCommands() put the address behind a mode, for a client suite", () => {
  const again = ["server", "reply", "--text", "it's"];
  assertEquals(
    lines([], "9000", { verdict: "fail", again })[1],
    String.raw`sockeye server reply 9000 --text 'it'\''s'`,
  );
});
