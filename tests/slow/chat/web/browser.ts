/** A real Chromium with pages of the chat in it. */

import { eventually } from "../../../support/harness.ts";
import { environment } from "../../../support/program.ts";

/** What drives it: pinned, and fetched by the driver alone. */
const LIBRARY = "npm:playwright-core@1.65.1";

const DRIVER = new URL("./driver.ts", import.meta.url).pathname;

/** Nothing here takes longer on a busy machine. */
const PATIENCE_MS = 60_000;

/** Pages of one browser whose first request may come too late: on a busy machine a few do, on a broken server all. */
const LATE_MAX = 2;

/** Longer than the driver itself waits for anything. */
const DRIVER_PATIENCE_MS = 90_000;

/**
 * A browser. Its start takes two seconds, so the tests of a file share one: it is started and stopped outside of them, and
 * between two questions nothing of it is under way that they would have to answer for.
 */
export class Browser {
  /** Pages whose first request came too late. */
  late = 0;
  readonly #driver: Deno.ChildProcess;
  readonly #questions: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<Uint8Array>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(driver: Deno.ChildProcess) {
    this.#driver = driver;
    this.#questions = driver.stdin.getWriter();
    this.#answers = driver.stdout.getReader();
  }

  static start(path: string): Browser {
    const driver = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--no-config", DRIVER, LIBRARY, path],
      env: environment({}),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    });
    return new Browser(driver.spawn());
  }

  async open(url: string, options: object = {}): Promise<Page> {
    const page = new Page(this, Number(await this.ask(0, "open", [{ locale: "en-US", ...options }])));
    await page.goto(url);
    return page;
  }

  /** Closes all pages, with what they remember. Returns what went wrong in any: errors, and what their policy forbade. */
  async clear(): Promise<string[]> {
    return await this.ask(0, "clear", []) as string[];
  }

  async ask(page: number, method: string, args: readonly unknown[]): Promise<unknown> {
    const asked = this.#turn.then(async () => {
      await this.#questions.write(new TextEncoder().encode(`${JSON.stringify({ page, method, args })}\n`));
      return JSON.parse(await this.#soon(this.#line())) as { value?: unknown; error?: string };
    });
    this.#turn = asked.catch(() => {});
    const { value, error } = await asked;
    if (error !== undefined) throw new Error(`${method}(${args.join(", ")}): ${error}`);
    return value;
  }

  async stop(): Promise<void> {
    await this.#turn;
    await this.#questions.close().catch(() => {}); // It may have ended by itself.
    await this.#soon(this.#driver.status);
    await this.#answers.cancel();
  }

  async #line(): Promise<string> {
    const decoder = new TextDecoder();
    let line = "";
    while (!line.endsWith("\n")) {
      const { value, done } = await this.#answers.read();
      if (done) throw new Error("The driver of the browser has ended");
      line += decoder.decode(value, { stream: true });
    }
    return line;
  }

  /** A page that hangs answers nothing: then the browser goes, and nobody waits for it any longer. */
  async #soon<T>(answer: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#driver.kill("SIGKILL"), DRIVER_PATIENCE_MS);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }
}

export class Page {
  /** `number` is as the driver counts. */
  constructor(private readonly browser: Browser, private readonly number: number) {}

  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.browser.ask(this.number, method, args);
  }

  /** When a busy machine delays a request past the silence of a text client, Chromium loads the page again by itself. */
  async goto(url: string): Promise<void> {
    await this.call("goto", url).catch(async (error) => {
      if (!String(error).includes("ERR_INVALID_HTTP_RESPONSE") || this.browser.late++ >= LATE_MAX) throw error;
      await this.call("waitForURL", url);
    });
  }

  async opens(url: string): Promise<Page> {
    return new Page(this.browser, Number(await this.browser.ask(this.number, "popup", [url])));
  }

  async get<T>(expression: string): Promise<T> {
    return await this.call("evaluate", expression) as T;
  }

  /** Seconds of processor time that it has taken since it was first asked. */
  async worked(): Promise<number> {
    return await this.browser.ask(this.number, "worked", []) as number;
  }

  /** Waits until an expression is true in the page. It is asked from outside: the page itself may evaluate nothing. */
  async until(expression: string): Promise<void> {
    if (await eventually(() => this.get<boolean>(expression), PATIENCE_MS)) return;
    const text = await this.get<string>("document.body.innerText.replace(/^(.{300}).+(.{1500})$/s, '$1\\n…\\n$2')");
    throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${expression}; the page says\n${text}`);
  }

  async join(name: string): Promise<void> {
    await this.call("fill", "#name", name);
    await this.call("keyboard.press", "Enter");
    await this.sees(name === "" ? "You are user" : `You are ${name}; `);
  }

  async say(line: string): Promise<void> {
    await this.call("fill", "#text", line);
    await this.call("keyboard.press", "Enter");
  }

  /** Waits until a line is to be seen that contains a text. */
  async sees(text: string): Promise<void> {
    const says = `line.textContent.includes(${JSON.stringify(text)})`;
    await this.until(`[...document.querySelectorAll("#lines > li")].some((line) => ${says})`);
  }

  /** What people said, as `name text`, in its order. */
  said(): Promise<string[]> {
    return this.get(
      `[...document.querySelectorAll("#lines > li:not(.note)")].map((line) =>
        [".name", ".text"].map((part) => line.querySelector(part).textContent).join(" "))`,
    );
  }
}
