/** A chat that the program serves, for tests with a real browser. */

import { assertEquals } from "@std/assert";
import { needs, pathOf, type Program, spawnSockeye } from "../../../support/harness.ts";
import { Browser } from "./browser.ts";

/** Starts a chat that browsers can join. */
export function startChat(port: number | string, ...options: string[]): Program {
  return spawnSockeye(["server", "chat", String(port), "--web", ...options]);
}

/** Where the page is. */
export const urlOf = (port: number): string => `http://127.0.0.1:${port}/`;

/**
 * What is no fault of the page: a server that is away, one that refuses another site, and one that answers in words because the
 * browser got no time for its request within the moment (`SILENCE_MS`) in which a browser shows itself. What a test needs of the
 * page it finds missing by itself.
 */
const EXCUSED = /ERR_CONNECTION_REFUSED|WebSocket connection|NotSameOrigin|ERR_INVALID_HTTP_RESPONSE/;

/** What nobody may see in the console. */
function faults(problems: string[]): string[] {
  return problems.filter((problem) => !EXCUSED.test(problem));
}

/** The browser that the tests of this file share. */
let shared: Browser | undefined;
Deno.test.beforeAll(() => {
  const path = pathOf("chromium");
  if (path !== undefined) shared = Browser.start(path);
});
Deno.test.afterAll(() => shared?.stop());

/** A test in a browser whose console must stay empty. */
export function testBrowser(name: string, peers: readonly string[], play: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ...needs(["chromium", ...peers]),
    fn: async () => {
      const browser = shared as Browser;
      try {
        await play(browser);
      } catch (error) {
        await browser.clear().catch(() => {}); // What failed first is told.
        throw error;
      }
      assertEquals(faults(await browser.clear()), []);
    },
  });
}
