import { assertEquals } from "@std/assert";
import { languageFor } from "../../lib/cli/language.ts";
import type { Language } from "../../lib/language.ts";
import { printed, start } from "./running.ts";

Deno.test("languageFor() takes the last --lang, else the language of the system", () => {
  const english = { language: (): Language => "en" };
  const chinese = { language: (): Language => "zh" };
  assertEquals(languageFor(["server"], english), "en");
  assertEquals(languageFor(["server"], chinese), "zh");
  assertEquals(languageFor(["server", "--lang", "zh"], english), "zh");
  assertEquals(languageFor(["--lang=zh", "--lang=en"], chinese), "en");
  for (const wrong of [["--lang", "fr"], ["--lang"], ["--lang="]]) assertEquals(languageFor(wrong, chinese), "zh");
});

Deno.test("an error about the command line is in the language of the system, or of --lang", async () => {
  const { system, code } = start(["servr"], { language: "zh" });
  assertEquals(await code, 2);
  assertEquals(system.stderr.text.split("（")[0], 'sockeye: 未知命令 "servr"，是否想输入 "server"？');
  const english = await printed("server", "--xyzzy");
  assertEquals(english.stderr, 'sockeye: Unknown option "--xyzzy"\n');
  assertEquals((await printed("server", "--xyzzy", "--lang", "zh")).stderr, 'sockeye: 未知选项 "--xyzzy"\n');
  assertEquals((await printed("--lang=fr", "server")).stderr, 'sockeye: Bad --lang "fr": expected zh or en\n');
});

Deno.test("JSON and exit codes do not depend on the language", async () => {
  const [english, chinese] = await Promise.all(
    (["en", "zh"] as const).map((language) => printed("client", "localhost:0", "--json", "--lang", language)),
  );
  const events = (text = "") => text.replace(/"t":"[^"]*"|"ms":\d+/g, "");
  assertEquals(events(chinese?.stdout), events(english?.stdout));
  assertEquals([chinese?.code, chinese?.stderr], [2, "sockeye: 无法连接 tcp://localhost:0：0 不是真正的端口\n"]);
});
