/** What people see who know other chats: groups, faces, links, mentions, code, a menu, an invitation. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "../../../fetch/helpers.ts";
import { Chatter } from "../../../support/chatter.ts";
import { FILES } from "../../../support/failing.ts";
import { spawnSockeye } from "../../../support/harness.ts";
import type { Page } from "./browser.ts";
import { join, startChat, testBrowser, testChat, urlOf } from "./chat.ts";

const stateIs = (text: string) => `document.querySelector("#state").textContent === ${JSON.stringify(text)}`;
const all = (selector: string, what = "textContent") =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.${what})`;
const problem = `document.querySelector("#problem").textContent`;

testChat("links, code and mentions are marked, and hostile ones are text", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  await other.say("see https://example.org/a_(b)?c=1. and (http://example.org), javascript:alert(1) ftp://example.org");
  await other.say("https://google.com@evil.example/ http://user:pw@evil.example/ https:// http://[");
  await other.say("@Ann @ann @Anna mail@Ann `let x` @nobody");
  await page.sees("@nobody");
  assertEquals(await page.get(all("#lines a", "href")), ["https://example.org/a_(b)?c=1", "http://example.org/"]);
  assertEquals(await page.get(all("#lines a", "rel")), ["noopener noreferrer", "noopener noreferrer"]);
  assertEquals(await page.get(all("#lines .mention")), ["@Ann", "@ann"]);
  assertEquals(await page.get(all("#lines code")), ["let x"]);
  assertEquals(await page.get(all("#lines .to-me .text")), ["@Ann @ann @Anna mail@Ann let x @nobody"]);
});

testChat("pasted code is one message, in one group with what its writer says next", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const [ann, bob] = [await join(browser, port, "Ann"), await join(browser, port, "Bob")];
  await ann.call("fill", "#text", "one");
  await ann.call("keyboard.press", "Shift+Enter");
  await ann.call("keyboard.type", "two");
  await ann.call("keyboard.press", "Enter");
  await ann.say("if x:\n    y()\n    z()");
  await ann.say("see\n```js\na  = 1;\n```\nthere");
  for (const page of [ann, bob]) {
    await page.sees("there");
    assertEquals(await page.get(all("#lines .say .text")), ["one\ntwo", "if x:\n    y()\n    z()", "seea  = 1;there"]);
    assertEquals(await page.get(all("#lines code.block")), ["if x:\n    y()\n    z()", "a  = 1;"]);
    assertEquals(await page.get(`document.querySelectorAll("#lines .head").length`), 1);
  }
  for (const line of ["one", "two", "if x:", "    y()"]) {
    await other.hears(new RegExp(`^<Ann> ${line.replace(/[()]/g, "\\$&")}$`));
  }
  assertEquals(await ann.get(`document.querySelectorAll("#lines .own").length`), 3);
  assertEquals(await bob.get(`document.querySelectorAll("#lines .own").length`), 0);
});

testChat("five people look different, and nobody's lines are wider than 75 letters", [], async ({ browser, port }) => {
  const page = await browser.open(urlOf(port), { viewport: { width: 1280, height: 800 } });
  await page.join("Ann");
  await using bob = await Chatter.join(port);
  await using cid = await Chatter.join(port);
  await using dan = await Chatter.join(port);
  await using eve = await Chatter.join(port);
  for (const other of [bob, cid, dan, eve]) await other.say("word ".repeat(100));
  await page.until(`document.querySelectorAll("#lines .say").length === 4`);
  await page.until(`document.querySelectorAll("#names .avatar").length === 5`);
  assertEquals(new Set(await page.get<string[]>(all("#names .avatar", "className"))).size, 5);
  const wide = `(() => { const one = document.querySelector("#lines .say .text");
    const probe = one.cloneNode(); probe.textContent = "0".repeat(76); probe.style.maxWidth = "none";
    one.after(probe); const widths = [one.offsetWidth, probe.offsetWidth]; probe.remove();
    return widths[0] <= widths[1]; })()`;
  assert(await page.get(wide));
});

testChat("a name that cannot be had is refused at the form, and in the menu", [], async ({ browser, port }) => {
  await join(browser, port, "Bob");
  const page = await browser.open(urlOf(port));
  await page.until(`document.querySelector("#summary").textContent === "1 here: Bob"`);
  await page.call("fill", "#name", "bob");
  await page.call("keyboard.press", "Enter");
  await page.until(`${problem} === 'Not "bob": somebody else has that name'`);
  assertEquals(await page.get("document.activeElement.id"), "name");
  assertEquals(await page.get(`document.querySelector("#room").hidden`), true);
  await page.join("Ann");
  await page.call("click", "#menu-button");
  await page.call("click", "#rename-button");
  await page.call("keyboard.type", "Bob");
  await page.call("keyboard.press", "Enter");
  await page.until(`document.querySelector("#rename-problem").textContent.startsWith('Not "Bob"')`);
  await page.call("fill", "#new-name", "Anna");
  await page.call("keyboard.press", "Enter");
  await page.until(stateIs("You are Anna"));
  assertEquals(await page.get(`document.querySelector("#rename").open`), false);
  await page.call("click", "#menu-button");
  await page.call("click", "#leave-button");
  await page.until(stateIs("You have left"));
});

testChat("@ offers names, which the keyboard takes", [], async ({ browser, port }) => {
  await join(browser, port, "Bob");
  await join(browser, port, "Bea");
  const page = await join(browser, port, "Ann");
  const value = `document.querySelector("#text").value`;
  await page.until(`document.querySelectorAll("#names li").length === 3`);
  await page.call("keyboard.type", "hi @b");
  await page.until(`document.querySelectorAll("#suggestions li").length === 2`);
  await page.call("keyboard.press", "ArrowDown");
  const active = `document.getElementById(document.querySelector("#text").getAttribute("aria-activedescendant"))`;
  assertEquals(await page.get(`[${active}.textContent, ${active}.ariaSelected]`), ["Bea", "true"]);
  await page.call("keyboard.press", "Enter");
  assertEquals(await page.get(value), "hi @Bea ");
  await page.call("keyboard.type", "@bo");
  await page.call("keyboard.press", "Escape");
  await page.call("keyboard.press", "Enter");
  await page.sees("hi @Bea @bo");
  await page.call("keyboard.type", "@Bob");
  await page.call("keyboard.press", "Enter");
  await page.until(`[...document.querySelectorAll("#lines .mention")].some((one) => one.textContent === "@Bob")`);
});

testChat("theme and language are chosen and kept", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  await page.say("hello");
  await page.sees("hello");
  const paper = `getComputedStyle(document.body).backgroundColor`;
  const before = await page.get(paper);
  await page.call("click", "#menu-button");
  await page.call("selectOption", "#theme", "dark");
  assert(await page.get(paper) !== before);
  await page.call("selectOption", "#language", "zh-CN");
  await page.call("waitForSelector", 'html[lang="zh-CN"]', { state: "attached" });
  await page.until(stateIs("你的昵称：Ann"));
  assertEquals(await page.get(`document.documentElement.lang`), "zh-CN");
  assert(await page.get(paper) !== before);
  assertEquals(await page.said(), ["Ann hello"]);
});

testChat("an invitation has the address, and a code for phones", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  await page.call("click", "#share-button");
  assertEquals(await page.get(`document.querySelector("#share-address").value`), urlOf(port));
  await page.until(`document.querySelector("#share-code").naturalWidth > 0`);
  assertStringIncludes(await page.get(`document.querySelector("#share-hint").textContent`), "this machine alone");
});

testChat("what was said while nobody looked is marked, and mentions are counted", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  await other.say("seen");
  await page.sees("seen");
  await page.get(`Object.defineProperty(document, "hidden", { value: true, configurable: true }) && 1`);
  await other.say("one");
  await other.say("two @Ann");
  await page.until(`document.title === "(2 @1) sockeye"`);
  await page.get(`delete document.hidden && dispatchEvent(new Event("focus"))`);
  assertEquals(await page.call("title"), "sockeye");
  const order = `[...document.querySelectorAll("#lines > :is(.say, .new)")].map((one) =>
    one.matches(".new") ? "new" : one.querySelector(".text").textContent)`;
  await page.sees("two @Ann");
  assertEquals(await page.get(order), ["seen", "new", "one", "two @Ann"]);
});

testBrowser("a room with a password asks for it at the form", [], async (browser) => {
  await using server = startChat(0, "--password", "open sesame");
  const page = await browser.open(urlOf(await server.port()));
  await page.until(`document.querySelector("#summary").textContent === "This room has a password"`);
  await page.call("fill", "#name", "Ann");
  await page.call("fill", "#password", "guess");
  await page.call("keyboard.press", "Enter");
  await page.until(`${problem} === "That is not the password"`);
  assertEquals(await page.get("document.activeElement.id"), "password");
  await page.call("fill", "#password", "open sesame");
  await page.call("keyboard.press", "Enter");
  await page.sees("You are Ann; ");
  await page.call("reload");
  await page.until(stateIs("You are Ann"));
});

testBrowser("a week of history is found by scrolling up, with the days and times of its lines", [], async (browser) => {
  await using folder = await Folder.make();
  const path = folder.at("room.db");
  const start = async () => {
    const options = ["--web", "--history-file", path];
    const server = spawnSockeye(["server", "chat", "0", ...options], { permissions: FILES });
    return { server, port: await server.port() };
  };
  const first = await start();
  first.server.signal("SIGTERM");
  await first.server.status();
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  const insert = database.prepare("INSERT INTO line (at, text, kind, name, body) VALUES (?, '', 'say', ?, ?)");
  const week = 7 * 24 * 3_600_000;
  const count = 1_000;
  database.exec("BEGIN");
  for (let i = 0; i < count; i++) insert.run(Date.now() - week + i * week / count, i % 7 ? "Bob" : "Cid", `line ${i}`);
  database.exec("COMMIT");
  database.close();
  const { server, port } = await start();
  const page: Page = await join(browser, port, "Ann");
  await page.sees(`line ${count - 1}`);
  await page.call("focus", "#log");
  const lines = all("#lines .say .text");
  while ((await page.get<string[]>(lines))[0] !== "line 0") {
    const before = (await page.get<string[]>(lines))[0];
    await page.call("keyboard.press", "Home");
    await page.until(`${lines}[0] !== ${JSON.stringify(before)}`);
  }
  const texts = await page.get<string[]>(lines);
  assertEquals(texts, texts.map((_, i) => `line ${i}`));
  const days = await page.get<string[]>(all("#lines .day"));
  assertEquals(new Set(days).size, days.length);
  assertEquals(/day, /.test(days[1] ?? ""), true, days.join());
  server.signal("SIGTERM");
  await server.status();
});
