/** What a tab keeps: over a reload, further up, and not after it has left. */

import { assert, assertEquals } from "@std/assert";
import { PAGE_PROTOCOL } from "../../../../lib/chat/web/protocol.ts";
import { Chatter } from "../../../support/chatter.ts";
import { freePort } from "../../../support/harness.ts";
import type { Page } from "./browser.ts";
import { join, startChat, testBrowser, testChat, urlOf } from "./chat.ts";

const shown = `[...document.querySelectorAll("#lines .text")].map((one) => one.textContent)`;
const stateIs = (text: string) => `document.querySelector("#state").textContent === ${JSON.stringify(text)}`;

testChat("a page that is loaded anew is who and where it was", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port);
  const page = await join(browser, port, "Ann");
  const second = await join(browser, port, "Bob");
  await other.say("before");
  await other.say("/msg Ann psst");
  await page.sees("psst");
  await page.say("mine");
  await page.sees("mine");
  await page.until(`document.querySelectorAll(".pending").length === 0`);
  const before = await page.get<string[]>(shown);
  await page.call("fill", "#text", "a draft");
  await page.call("reload");
  await page.until(stateIs("You are Ann"));
  assertEquals(await page.get(shown), before);
  assertEquals(await page.get(`document.querySelector("#text").value`), "a draft");
  await other.say("after");
  await page.sees("after");
  await page.call("goto", "about:blank");
  await other.hears(/ Ann left$/);
  await other.hears(/ Ann joined$/);
  await other.hears(/ Ann left$/);
  await other.say("while it was away");
  await page.goto(urlOf(port));
  await page.sees("while it was away");
  await page.say("I am back");
  await other.hears(/^<Ann> I am back$/);
  await page.sees("I am back");
  await page.until(stateIs("You are Ann"));
  assertEquals(await page.get(shown), [...before, "after", "while it was away", "I am back"]);
  assertEquals((await second.said()).slice(0, 1), [`${other.name} before`]);
});

testChat("a name that was given instead of a refused one is not asked for again", [], async ({ browser, port }) => {
  const page = await browser.open(urlOf(port));
  await page.call("fill", "#name", "user77");
  await page.call("keyboard.press", "Enter");
  await page.until(`document.querySelector("#problem").textContent.startsWith('Not "user77"')`);
  await page.join("");
  for (const line of ["before", "after"]) {
    await page.say(line);
    await page.sees(line);
    assertEquals((await page.get<string[]>(shown)).filter((text) => text.startsWith('Not "')).length, 0);
    await page.call("reload");
    await page.until(`document.querySelector("#state").textContent.startsWith("You are user")`);
  }
});

testChat("what a page of another version kept is no reason to show nothing", [], async ({ browser, port }) => {
  const page = await browser.open(urlOf(port));
  const place = { name: "Ann", session: "secret", run: "", unheard: [] };
  const kept = { place, lines: [], draft: "" };
  const line = { kind: "say", text: 1 };
  for (const other of [{ place: { ...place, unheard: undefined } }, { lines: [line] }, { draft: null }]) {
    await page.get(`sessionStorage.setItem("sockeye", ${JSON.stringify(JSON.stringify({ ...kept, ...other }))})`);
    await page.call("reload");
    await page.until(`!document.querySelector("#join").hidden`);
    assertEquals(await page.get(`sessionStorage.getItem("sockeye")`), null);
  }
});

testChat("picking a name keeps what was being typed", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  const others = [await join(browser, port, "Bob"), await join(browser, port, "Cid")];
  await page.sees("Cid joined");
  const pick = (name: string) =>
    page.get(`[...document.querySelectorAll("#names button")].find((one) => one.textContent === "${name}").click()`);
  const draft = `document.querySelector("#text").value`;
  await pick("Bob");
  assertEquals(await page.get(draft), "/msg Bob ");
  await page.call("fill", "#text", "one\ntwo");
  await pick("Bob");
  assertEquals(await page.get(draft), "/msg Bob one\ntwo");
  await pick("Cid");
  assertEquals(await page.get(draft), "/msg Cid one\ntwo");
  await page.call("press", "#text", "Enter");
  await others[1]?.sees("one\ntwo");
});

testChat("a tab that is duplicated is somebody new, and drives nobody out", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  await page.get(`dispatchEvent(new Event("pagehide")) && 1`);
  assert((await page.get<string>(`sessionStorage.getItem("sockeye")`)).includes("Ann"));
  // A window that a page opens gets a copy of what the tab remembers, as a duplicate does.
  const twin = await page.opens(urlOf(port));
  await twin.until(`!document.querySelector("#join").hidden`);
  assertEquals(await twin.get(`sessionStorage.getItem("sockeye")`), null);
  await twin.join("Twin");
  await page.say("still here");
  await twin.sees("still here");
  assertEquals(await page.get(`document.querySelector("#state").textContent`), "You are Ann");
  await twin.call("reload");
  await twin.until(stateIs("You are Twin"));
});

/** A browser has no locks on a page that is neither on localhost nor over HTTPS. */
const NO_LOCKS = `Object.defineProperty(navigator, "locks", { value: undefined })`;

testChat(
  "without locks, a page that is loaded anew is who it was, and answers for its secret",
  [],
  async ({ browser, port }) => {
    const page = await browser.open(urlOf(port));
    await page.call("context().addInitScript", NO_LOCKS);
    await page.call("reload");
    await page.join("Ann");
    await page.call("reload");
    await page.until(stateIs("You are Ann"));
    await page.get(`dispatchEvent(new Event("pagehide")) && 1`);
    const { place } = JSON.parse(await page.get<string>(`sessionStorage.getItem("sockeye")`));
    const answer = await page.get<string>(`new Promise((resolve) => {
      const others = new BroadcastChannel("sockeye");
      others.onmessage = ({ data }) => data.asks || resolve(data.is);
      others.postMessage({ is: ${JSON.stringify(place.session)}, asks: true });
    })`);
    assertEquals(answer, place.session);
  },
);

testChat("whose place is taken stops, and comes back as somebody new", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  await page.get(`dispatchEvent(new Event("pagehide")) && 1`);
  const kept = JSON.parse(await page.get<string>(`sessionStorage.getItem("sockeye")`));
  const thief = new WebSocket(`ws://127.0.0.1:${port}/ws`, PAGE_PROTOCOL);
  const closed = new Promise((resolve) => thief.onclose = resolve);
  thief.onopen = () => thief.send(JSON.stringify({ join: kept.place }));
  await page.until(stateIs("This page is connected elsewhere"));
  assertEquals(await page.get(`sessionStorage.getItem("sockeye")`), null);
  thief.close();
  await closed;
  await page.call("keyboard.press", "Enter");
  await page.until(stateIs("You are Ann"));
});

testChat("who has left sees a clean page, and can join again", [], async ({ browser, port }) => {
  const page = await join(browser, port, "Ann");
  await page.say("hello");
  await page.sees("hello");
  await page.get(`document.title = "(3) sockeye"`);
  await page.call("fill", "#text", "/quit\nnot any more");
  await page.call("keyboard.press", "Enter");
  await page.until(stateIs("You have left"));
  await page.sees("Not said: not any more");
  await page.until(`document.querySelectorAll("#names li, #pending li").length === 0`);
  assertEquals(
    await page.get(`[document.title, document.querySelector("#text").value, document.activeElement.textContent]`),
    ["sockeye", "", "Join again"],
  );
  const visible = `["#speak", "#people", "#people-button", "#newest"].filter((one) =>
    document.querySelector(one).checkVisibility())`;
  assertEquals(await page.get(visible), []);
  assertEquals(await page.said(), ["Ann hello"]);
  await page.call("reload");
  await page.until(`!document.querySelector("#join").hidden`);
  await page.join("Bob");
  await page.say("/quit");
  await page.until(stateIs("You have left"));
  await page.call("keyboard.press", "Enter");
  await page.until(stateIs("You are Bob"));
  await page.say("once more");
  await page.sees("once more");
  assertEquals(await page.said(), ["Bob once more"]);
});

testChat("what was said before is found further up, and stays where it is read", [], async ({ browser, port }) => {
  await using other = await Chatter.join(port, () => false);
  const page = await join(browser, port, "Ann");
  await other.write(Array.from({ length: 3_000 }, (_, i) => `line ${i}\n`).join(""));
  await page.sees("line 2999");
  await page.call("focus", "#log");
  const lines = `[...document.querySelectorAll("#lines .text")].map((one) => one.textContent).filter((one) =>
    one.startsWith("line "))`;
  const log = `document.querySelector("#log")`;
  for (let first = 2_500; first > 0;) {
    await page.call("keyboard.press", "Home");
    await page.until(`${lines}[0] !== "line ${first}"`);
    const all = await page.get<string[]>(lines);
    first = Number(all[0]?.slice(5));
    assertEquals(all, all.map((_, i) => `line ${first + i}`));
    assert(all.length <= 500);
  }
  await page.call("keyboard.press", "Home");
  await page.until(`${log}.scrollTop === 0`);
  const top = `(() => { const { top } = ${log}.getBoundingClientRect();
    return [...document.querySelectorAll("#lines > li")].find((one) =>
      one.getBoundingClientRect().bottom > top + 40).textContent; })()`;
  const read = await page.get(top);
  await other.say("news");
  await page.until(`!document.querySelector("#newest").hidden`);
  assertEquals(await page.get(top), read);
  await page.call("keyboard.press", "End");
  await page.until(`${lines}[0] !== "line 0"`);
  await page.call("click", "#newest");
  await page.sees("news");
  assertEquals(await page.get(`document.querySelectorAll("#lines > li").length`), 500);
  assertEquals(await page.get(`document.querySelector("#newest").hidden`), true);
});

testBrowser("a page says that it may have missed something, unless the server stopped well", [], async (browser) => {
  const port = freePort();
  const gap = "Some of what was said while you were away may be missing";
  let page: Page | undefined;
  for (const [signal, told] of [["SIGTERM", 0], ["SIGKILL", 0], ["SIGTERM", 1]] as const) {
    await using server = startChat(port);
    await server.port();
    page ??= await join(browser, port, "Ann");
    await page.until(stateIs("You are Ann"));
    await page.say(`after ${told} gaps and before ${signal}`);
    await page.sees(`after ${told} gaps and before ${signal}`);
    assertEquals((await page.get<string[]>(shown)).filter((text) => text === gap).length, told);
    server.signal(signal);
    await server.status();
    await page.until(`!(${stateIs("You are Ann")})`);
  }
});
