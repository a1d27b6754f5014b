/**
 * Drives Chromium for the tests, in a process of its own: what it needs is fetched from npm and is no part of the
 * program. One JSON object a line on stdin asks, one on stdout answers.
 */

/** One question: a new page with options, or a method of one. */
interface Question {
  readonly page: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

const [library = "", executablePath] = Deno.args;
const { chromium } = await import(library);
const browser = await chromium.launch({ executablePath, args: Deno.uid() === 0 ? ["--no-sandbox"] : [] });
// deno-lint-ignore no-explicit-any -- the types of the library are not here
const pages: any[] = [];
let problems: string[] = [];

async function open(options: unknown): Promise<number> {
  const context = await browser.newContext(options);
  return watch(await context.newPage());
}

/** A window that a page opens: it shares what tabs share, and has a copy of what a tab has. */
async function popup(opener: number, url: string): Promise<number> {
  const opened = pages[opener].waitForEvent("popup");
  await pages[opener].evaluate(`void window.open(${JSON.stringify(url)})`);
  return watch(await opened);
}

/** Closes everything; what went wrong is told once. */
async function clear(): Promise<string[]> {
  await Promise.all(browser.contexts().map((context: { close(): Promise<void> }) => context.close()));
  const all = problems;
  problems = [];
  return all;
}

/** Seconds of processor time that a page has taken since it was first asked: the clock would tell of the machine as well. */
async function worked(number: number): Promise<number> {
  const page = pages[number];
  if (!page.session) {
    page.session = await page.context().newCDPSession(page);
    await page.session.send("Performance.enable", { timeDomain: "threadTicks" });
  }
  const { metrics } = await page.session.send("Performance.getMetrics");
  return metrics.find(({ name }: { name: string }) => name === "TaskDuration").value;
}

// deno-lint-ignore no-explicit-any -- as above
function watch(page: any): number {
  page.setDefaultTimeout(60_000);
  page.on("pageerror", ({ message }: Error) => problems.push(message));
  page.on("console", (message: { type(): string; text(): string }) => {
    if (message.type() === "error") problems.push(message.text());
  });
  return pages.push(page) - 1;
}

/** `keyboard.press`, `context().setOffline` */
async function call({ page, method, args }: Question): Promise<unknown> {
  if (method === "open") return await open(args[0]);
  if (method === "popup") return await popup(page, String(args[0]));
  if (method === "clear") return await clear();
  if (method === "worked") return await worked(page);
  const path = method.split(".");
  const last = path.pop() ?? "";
  const target = path.reduce((one, name) => name.endsWith("()") ? one[name.slice(0, -2)]() : one[name], pages[page]);
  const value = await target[last](...args);
  return ["string", "number", "boolean"].includes(typeof value) || Array.isArray(value) ? value : null;
}

let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const answer = await call(JSON.parse(line)).then((value) => ({ value }), (error) => ({ error: String(error) }));
    await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
}
await browser.close();
Deno.exit(0);
