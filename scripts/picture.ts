/**
 * Makes the pictures of the READMEs from a real run: a chat with a browser, nc and a Python program that speaks GBK.
 * `docs/room.svg` has the three terminals, `docs/room.png` the page.
 *
 *     deno run --allow-all scripts/picture.ts
 *
 * Needs tmux, nc, python3, Chromium, a font with Chinese characters, and port 8888.
 *
 * @module
 */

import { pathOf, sockeyeCommand } from "../tests/support/harness.ts";
import { Terminal } from "../tests/support/terminal.ts";
import { Browser } from "../tests/slow/chat/web/browser.ts";
import { drawScreens } from "./picture/window.ts";
import { ROOT } from "./root.ts";

const PORT = "8888";

/** The size of the page, in CSS pixels. It is drawn with two pixels for each. */
const VIEWPORT = { width: 420, height: 700 };

const ALT = "Three terminals in one chat: the server, nc, and a Python program that reads and writes GBK";

async function main(): Promise<void> {
  const chromium = pathOf("chromium");
  if (chromium === undefined) throw new Error("Chromium is not installed");
  await using server = await Terminal.open(sockeyeCommand(["server", "chat", PORT, "--web"]));
  await server.shows(/^Browsers join at /);
  await using nc = await Terminal.open(["nc", "localhost", PORT]);
  await nc.shows(/You are /);
  await using gbk = await Terminal.open(
    ["python3", "-u", `${ROOT}/tests/support/peers/chat_client.py`, "localhost", PORT, "gbk"],
    { PYTHONUTF8: "1" },
  );
  await gbk.shows(/You are /);
  const browser = Browser.start(chromium);
  try {
    const page = await browser.open(`http://localhost:${PORT}/`, { viewport: VIEWPORT, deviceScaleFactor: 2 });
    await gbk.enter("/enc gbk");
    await gbk.shows(/gbk now/);
    await gbk.enter("/nick 小明");
    await nc.shows(/小明/);
    await nc.enter("/nick ann");
    await gbk.shows(/ann/);
    await page.join("Bob");
    await nc.enter("hello from nc");
    await page.sees("hello from nc");
    await gbk.enter("你好，我用的是 GBK");
    await page.sees("你好，我用的是 GBK");
    await page.say("and I am in a browser");
    await nc.shows(/in a browser/);
    await server.enter("welcome, all three");
    for (const terminal of [nc, gbk]) await terminal.shows(/welcome, all three/);
    await page.sees("welcome, all three");
    await page.call("screenshot", { path: `${ROOT}/docs/room.png` });
    const screens = [
      { title: `$ sockeye server chat ${PORT} --web`, lines: await server.screen(true) },
      { title: `$ nc localhost ${PORT}`, lines: await nc.screen(true) },
      { title: `$ python3 chat_client.py localhost ${PORT} gbk`, lines: await gbk.screen(true) },
    ];
    await Deno.writeTextFile(`${ROOT}/docs/room.svg`, drawScreens(screens, ALT));
  } finally {
    await browser.stop();
  }
}

if (import.meta.main) await main();
