/** A chat that the program serves, for tests with a real browser. */

import { assertEquals } from "@std/assert";
import { needs, pathOf, type Program, spawnSockeye } from "../../../support/harness.ts";
import { Browser, type Page } from "./browser.ts";

export function startChat(port: number | string, ...options: string[]): Program {
  return spawnSockeye(["server", "chat", String(port), "--web", ...options]);
}

export const urlOf = (port: number): string => `http://127.0.0.1:${port}/`;

/**
 * What is no fault of the page: a server that is away, one that refuses another site, and one that answers in words because the
 * browser got no time for its request within the moment (`SILENCE_MS`) in which a browser shows itself. What a test needs of the
 * page it finds missing by itself.
 */
const EXCUSED = /ERR_CONNECTION_REFUSED|WebSocket connection|NotSameOrigin|ERR_INVALID_HTTP_RESPONSE/;

/** The browser that the tests of this file share. */
let shared: Browser | undefined;
Deno.test.beforeAll(() => {
  const path = pathOf("chromium");
  if (path !== undefined) shared = Browser.start(path);
});
Deno.test.afterAll(() => shared?.stop());

/** A test in a browser whose console must stay empty; what is on `servers` ends after the pages, which may still load. */
export function testBrowser(
  name: string,
  peers: readonly string[],
  play: (browser: Browser, servers: AsyncDisposableStack) => Promise<void>,
): void {
  Deno.test({
    name,
    ...needs(["chromium", ...peers]),
    fn: async () => {
      const browser = shared as Browser;
      await using servers = new AsyncDisposableStack();
      try {
        await play(browser, servers);
      } catch (error) {
        await browser.clear().catch(() => {}); // What failed first is told.
        throw error;
      }
      assertEquals((await browser.clear()).filter((problem) => !EXCUSED.test(problem)), []);
    },
  });
}

interface Scene {
  readonly browser: Browser;
  readonly server: Program;
  readonly port: number;
}

/** The same with a chat on a free port. */
export function testChat(name: string, peers: readonly string[], play: (scene: Scene) => Promise<void>): void {
  testBrowser(name, peers, async (browser, servers) => {
    const server = servers.use(startChat(0));
    await play({ browser, server, port: await server.port() });
  });
}

export async function join(browser: Browser, port: number, name: string): Promise<Page> {
  const page = await browser.open(urlOf(port));
  await page.join(name);
  return page;
}
