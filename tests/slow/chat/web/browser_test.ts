/** The page in a real Chromium, in a room with clients of other kinds. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { Folder } from "../../../fetch/helpers.ts";
import { Chatter } from "../../../support/chatter.ts";
import { FILES } from "../../../support/failing.ts";
import { freePort, python, spawnSockeye, tool } from "../../../support/harness.ts";
import { Nats } from "../../../support/nats.ts";
import { join, startChat, testBrowser, testChat, urlOf } from "./chat.ts";

testChat("two pages, nc and a GBK client read each other", ["nc"], async ({ browser, server, port }) => {
  await using nc = tool("nc", ["127.0.0.1", String(port)], { stdin: "piped" });
  await using gbk = python("chat_client", ["127.0.0.1", port, "gbk"], { stdin: "piped" });
  await gbk.write("/enc gbk\n");
  await gbk.stdoutLine(/gbk now$/);
  const ann = await join(browser, port, "Ann");
  const ming = await browser.open(urlOf(port), { viewport: { width: 390, height: 700 }, locale: "zh-CN" });
  await ming.call("fill", "#name", "小明");
  await ming.call("click", "#join button");
  await ming.sees("你的昵称是 小明，");
  await ann.say("hello 你好");
  for (const page of [ann, ming]) await page.sees("hello 你好");
  await gbk.stdoutLine(/^<Ann> hello 你好$/);
  await nc.stdoutLine(/^<Ann> hello 你好$/);
  await gbk.write("中文\n");
  await ann.sees("中文");
  await nc.write("/nick nc\nfrom nc\n");
  for (const page of [ann, ming]) await page.sees("from nc");
  await ming.say("我在手机上");
  for (const page of [ann, ming]) await page.sees("我在手机上");
  assertEquals(await ann.said(), await ming.said());
  const said = (await ann.said()).map((line) => line.replace(/^user\d+/, "user"));
  assertEquals(said, ["Ann hello 你好", "user 中文", "nc from nc", "小明 我在手机上"]);
  await ann.say("/msg 小明 secret");
  await ming.sees("secret");
  await ann.sees("secret");
  assertEquals((await ming.said()).at(-1), "Ann 对你私聊 secret");
  assertEquals((await ann.said()).at(-1), "You, to 小明 alone secret");
  assert(!server.stdout.includes("secret"));
  await ann.say("/msg nobody hi");
  await ann.sees('Nobody is called "nobody"');
  await ann.say("next");
  await ming.sees("next");
  await ann.until(`document.querySelectorAll(".pending").length === 0`);
  assert(!(await ann.get<string>("document.body.textContent")).includes("to nobody alone"));
  const names = `[...document.querySelectorAll("#names button")].map((one) => one.textContent).sort()`;
  const chosen = (await ann.get<string[]>(names)).filter((name) => !name.startsWith("user"));
  assertEquals(chosen, ["Ann (you)", "nc", "小明"]);
  assertEquals(await ming.get("document.documentElement.lang"), "zh-CN");
  assertEquals(await ming.get("document.documentElement.scrollWidth <= innerWidth"), true);
});

testBrowser(
  "a name that a server of many gives is not chosen, and not remembered",
  ["nats-server"],
  async (browser) => {
    await using bus = await Nats.startJetStream();
    await using server = startChat(0, "--bus", bus.url);
    const page = await browser.open(urlOf(await server.port()));
    await page.join("");
    assertEquals(await page.get("localStorage.getItem('sockeye-name')"), "");
    await page.say("/nick user-x");
    await page.until("localStorage.getItem('sockeye-name') === 'user-x'");
  },
);

testChat("the title counts what was said while nobody looked", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  await page.get(`Object.defineProperty(document, "hidden", { value: true, configurable: true }) && 1`);
  await other.say("one");
  await other.say("two");
  await page.until(`document.title === "(2) sockeye"`);
  await page.get(`delete document.hidden && dispatchEvent(new Event("focus"))`);
  assertEquals(await page.call("title"), "sockeye");
});

testBrowser("what is written while the server restarts is said once, and in its order", [], async (browser) => {
  const port = freePort();
  await using folder = await Folder.make();
  const start = async () => {
    const options = ["--web", "--log", folder.at("log")];
    const server = spawnSockeye(["server", "chat", String(port), ...options], { permissions: FILES });
    await server.port();
    return server;
  };
  let server = await start();
  const [writer, reader] = [await join(browser, port, "Ann"), await join(browser, port, "Bob")];
  const count = 300;
  await writer.get(
    `let i = 0; const timer = setInterval(() => {
      document.querySelector("#text").value = "line " + i;
      document.querySelector("#speak").requestSubmit();
      if (++i === ${count}) clearInterval(timer);
    }, 10); 1`,
  );
  for (const wait of [50, 120, 200]) {
    await reader.sees(`line ${wait}`);
    server.signal("SIGTERM");
    await server.status();
    server = await start();
  }
  await reader.sees(`line ${count - 1}`);
  await writer.sees(`line ${count - 1}`);
  const expected = Array.from({ length: count }, (_, i) => `Ann line ${i}`);
  assertEquals(await reader.said(), expected);
  assertEquals(await writer.said(), expected);
  const log = (await folder.get("log") ?? "").split("\n");
  const said = log.filter((line) => / line \d+$/.test(line)).map((line) => line.replace(/^\S+ <\S+> /, "Ann "));
  assertEquals(said, expected);
  server.signal("SIGTERM");
  await server.status();
});

testChat("a connection that breaks is taken up where it was", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  await page.call("context().setOffline", true);
  await page.get(`dispatchEvent(new Event("online")) && 1`);
  for (let i = 0; i < 5; i++) await other.say(`line ${i}`);
  await page.call("context().setOffline", false);
  await page.sees("line 4");
  await page.say("I am back");
  await other.hears(/^<Ann> I am back$/);
  await page.sees("I am back");
  const said = (await page.said()).map((line) => line.replace(/^\S+ /, ""));
  assertEquals(said, [...[0, 1, 2, 3, 4].map((i) => `line ${i}`), "I am back"]);
});

testChat("ten thousand lines leave the page quick and small", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  /** Seconds that the page worked until it showed so many lines more. */
  const works = async (name: string, count: number) => {
    const before = await page.worked();
    await other.write(Array.from({ length: count }, (_, i) => `${name} ${i}\n`).join(""));
    // Looking is work as well: this is little of it.
    await page.until(`document.querySelector("#lines").lastElementChild.textContent.endsWith("${name} ${count - 1}")`);
    return await page.worked() - before;
  };
  await works("warm", 1_000);
  const few = await works("few", 1_000);
  assertLess(await works("many", 7_000), 3 * 7 * few, "many at once cost more than so many few");
  assertLess(await works("late", 1_000), 3 * few, "the last thousand costs more than the second");
  assertEquals(await page.get(`document.querySelectorAll("#lines > li").length`), 500);
  const log = `document.querySelector("#log")`;
  assert(await page.get(`${log}.scrollHeight - ${log}.scrollTop - ${log}.clientHeight < 5`), "it shows the newest");
  await page.say("still here");
  await other.hears(/^<Ann> still here$/);
});

testChat("what a hostile client sends is text", [], async ({ browser, port }) => {
  await using hostile = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  const evil =
    `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script><a href="javascript:1">x</a>`;
  await hostile.say(evil);
  await hostile.write("\x1b[2J\x1b]0;owned\x07\u202eevil\x00\r\n");
  await hostile.write(`${"x".repeat(1 << 20)}\n`);
  await hostile.write(`${"\u0301".repeat(5_000)}\n`);
  await hostile.say("that was all");
  await page.sees("that was all");
  const said = await page.said();
  assert(said.some((line) => line.endsWith(` ${evil}`)));
  assert(said.some((line) => line.includes("\\x1b[2J\\x1b]0;owned\\x07\\u202eevil")));
  assertEquals(said.join("").replace(/[^x]/g, "").length > 1 << 20, true);
  // Where a word may be broken is told: to find it out keeps a browser busy for seconds.
  assert(await page.get<number>(`document.querySelectorAll("#lines wbr").length`) > 10_000);
  assertEquals(await page.get(`document.querySelectorAll("#lines :is(img, script, a)").length`), 0);
  assertEquals(await page.call("title"), "sockeye");
  await page.say("I am fine");
  await hostile.hears(/^<Ann> I am fine$/);
});

testChat("a page of another site cannot join in its visitor's name", [], async ({ browser, server, port }) => {
  const body = `<!doctype html><title>evil</title><script>
    const socket = new WebSocket("ws://127.0.0.1:${port}/ws", "sockeye-chat");
    socket.onopen = () => { socket.send('{"join":{"name":"evil"}}'); document.title = "in"; };
    socket.onclose = () => document.title = "out";
    fetch("http://127.0.0.1:${port}/", { method: "POST", mode: "no-cors", body: "evil\\nevil\\n" }).catch(() => {});
  </script>`;
  const headers = { "content-type": "text/html" };
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  await using site = Deno.serve(options, () => new Response(body, { headers }));
  await using witness = await Chatter.join(port);
  const page = await browser.open(`http://localhost:${site.addr.port}/`);
  await page.until(`document.title !== "evil"`);
  assertEquals(await page.call("title"), "out");
  await witness.say("/list");
  await witness.hears(/^\*\*\* 1 here: /);
  assert(!server.stdout.includes("evil"), server.stdout);
});

testBrowser("over TLS the page is https and its room wss", [], async (browser) => {
  await using server = startChat("tls://127.0.0.1:0");
  const port = await server.port();
  const page = await browser.open(`https://127.0.0.1:${port}/`, { ignoreHTTPSErrors: true });
  await page.join("Ann");
  await page.say("hello");
  await server.stdoutLine(/^<Ann> hello$/);
  await page.sees("hello");
});

testChat("the keyboard is enough, and a screen reader is told what there is", [], async ({ browser, port }) => {
  const page = await browser.open(urlOf(port));
  assertEquals(await page.get("document.activeElement.id"), "name");
  await page.call("keyboard.type", "Ann");
  await page.call("keyboard.press", "Enter");
  await page.sees("You are Ann; ");
  assertEquals(await page.get("document.activeElement.id"), "text");
  await page.call("keyboard.type", "hello");
  await page.call("keyboard.press", "Enter");
  await page.sees("hello");
  const roles = `["#log", "#state"].map((id) => document.querySelector(id).getAttribute("role"))`;
  assertEquals(await page.get(roles), ["log", "status"]);
  const unlabelled = `[...document.querySelectorAll("input, textarea, button, [role=log]")].filter((one) =>
    !one.labels?.length && !one.textContent.trim() && !one.getAttribute("aria-label")).map((one) => one.id)`;
  assertEquals(await page.get(unlabelled), []);
  await page.call("keyboard.press", "Shift+Tab");
  assertEquals(await page.get("document.activeElement.id"), "log");
});
