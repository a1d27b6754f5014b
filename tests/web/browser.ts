/**
 * A real Chromium with pages of the chat in it.
 *
 * @module
 */

import { eventually, has, type Program, tool } from "../e2e/harness.ts";

/** What drives it: pinned, and fetched by the driver alone. */
const LIBRARY = "npm:playwright-core@1.65.1";

const DRIVER = new URL("./driver.ts", import.meta.url).pathname;

/** Nothing here takes longer on a busy machine. */
const PATIENCE_MS = 60_000;

const CHROMIUM = "chromium";

/** Whether there is one. */
export const hasChromium: boolean = has(CHROMIUM);

/** A browser; it ends with the scope that holds it. */
export class Browser implements AsyncDisposable {
  readonly #driver: Program;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(driver: Program) {
    this.#driver = driver;
  }

  /** Starts one. */
  static start(): Browser {
    const path = Deno.env.get("PATH")?.split(":").map((folder) => `${folder}/${CHROMIUM}`).find((file) => {
      try {
        return Deno.statSync(file).isFile;
      } catch {
        return false;
      }
    });
    const command = ["run", "-A", "--no-lock", "--no-config", DRIVER, LIBRARY, path ?? CHROMIUM];
    return new Browser(tool(Deno.execPath(), command, { stdin: "piped" }));
  }

  /** Opens a page somewhere. */
  async open(url: string, options: object = {}): Promise<Page> {
    const page = new Page(this, Number(await this.ask(0, "open", [{ locale: "en-US", ...options }])));
    await page.call("goto", url);
    return page;
  }

  /** What went wrong in any page: errors, and what the policy of a page forbade. */
  async problems(): Promise<string[]> {
    return await this.ask(0, "problems", []) as string[];
  }

  /** Has the driver do something. */
  async ask(page: number, method: string, args: readonly unknown[]): Promise<unknown> {
    const asked = this.#turn.then(async () => {
      await this.#driver.write(`${JSON.stringify({ page, method, args })}\n`);
      const [line] = await this.#driver.stdoutLine(/^.*$/);
      return JSON.parse(line) as { value?: unknown; error?: string };
    });
    this.#turn = asked.catch(() => {});
    const { value, error } = await asked;
    if (error !== undefined) throw new Error(`${method}(${args.join(", ")}): ${error}`);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#driver.closeStdin();
    await this.#driver.status();
    await this.#driver[Symbol.asyncDispose]();
  }
}

/** One page. */
export class Page {
  readonly #browser: Browser;
  readonly #number: number;

  /** @param browser the browser that has it; `number` as the driver counts */
  constructor(browser: Browser, number: number) {
    this.#browser = browser;
    this.#number = number;
  }

  /** Calls a method of the library's page. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#browser.ask(this.#number, method, args);
  }

  /** Opens a window from this page. */
  async opens(url: string): Promise<Page> {
    return new Page(this.#browser, Number(await this.#browser.ask(this.#number, "popup", [url])));
  }

  /** The value of an expression in the page. */
  async get<T>(expression: string): Promise<T> {
    return await this.call("evaluate", expression) as T;
  }

  /** Waits until an expression is true in the page. It is asked from outside: the page itself may evaluate nothing. */
  async until(expression: string): Promise<void> {
    if (await eventually(() => this.get<boolean>(expression), PATIENCE_MS)) return;
    const text = await this.get<string>("document.body.innerText.slice(-2000)");
    throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${expression}; the page says\n${text}`);
  }

  /** Joins the room with a name. */
  async join(name: string): Promise<void> {
    await this.call("fill", "#name", name);
    await this.call("keyboard.press", "Enter");
    await this.sees(name === "" ? "You are user" : `You are ${name}; `);
  }

  /** Says a line. */
  async say(line: string): Promise<void> {
    await this.call("fill", "#text", line);
    await this.call("keyboard.press", "Enter");
  }

  /** Waits until a line is to be seen that contains a text. */
  async sees(text: string): Promise<void> {
    await this.until(
      `[...document.querySelectorAll("#lines > li")].some((line) => line.textContent.includes(${
        JSON.stringify(text)
      }))`,
    );
  }

  /** What people said, as `name text`, in its order. */
  said(): Promise<string[]> {
    return this.get(
      `[...document.querySelectorAll("#lines > li:not(.note)")].map((line) =>
        [".name", ".text"].map((part) => line.querySelector(part).textContent).join(" "))`,
    );
  }
}
