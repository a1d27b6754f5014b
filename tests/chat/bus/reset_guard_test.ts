import { assertEquals } from "@std/assert";
import { RESET_MS, ResetGuard } from "../../../lib/chat/bus/reset_guard.ts";
import { FakeClock } from "../../support/clock.ts";

/** Counts the listeners that are added and removed. */
class Target extends EventTarget {
  readonly #listeners = new Set<unknown>();

  get listeners(): number {
    return this.#listeners.size;
  }

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.#listeners.add(args[1]);
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    this.#listeners.delete(args[1]);
    super.removeEventListener(...args);
  }

  /** Whether an error is ignored. */
  ignores(error: object): boolean {
    return !this.dispatchEvent(new ErrorEvent("error", { error, cancelable: true }));
  }
}

const RESET = { code: "ECONNRESET", syscall: "read" };

Deno.test("resets are ignored while a bus is open and some seconds longer, by one listener", async () => {
  using clock = new FakeClock();
  const target = new Target();
  const guard = new ResetGuard(target);
  assertEquals([target.listeners, target.ignores(RESET)], [0, false]);
  guard.begin();
  guard.begin();
  assertEquals([target.listeners, target.ignores(RESET), target.ignores({ code: "EPIPE" })], [1, true, false]);
  guard.end();
  await clock.advance(2 * RESET_MS);
  assertEquals(target.listeners, 1);
  guard.end();
  await clock.advance(RESET_MS - 1);
  assertEquals([target.listeners, target.ignores(RESET)], [1, true]);
  guard.begin();
  await clock.advance(RESET_MS);
  assertEquals(target.listeners, 1);
  guard.end();
  await clock.advance(RESET_MS);
  assertEquals([target.listeners, target.ignores(RESET)], [0, false]);
});
