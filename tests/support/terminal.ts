/** A real terminal: the program runs in tmux, the test presses keys and reads the screen. */

import { assertEquals } from "@std/assert";
import { eventually, sockeyeCommand } from "./harness.ts";
import { environment } from "./program.ts";

/** Runs the program; then shows its exit code, and whether the terminal still works. Ctrl-C is for the program alone. */
const SCRIPT =
  `trap : INT; "$@"; echo "exit code $?"; stty -a | grep -Eo -- '-?(icanon|echo)\\b' | xargs echo "stty:"; exec cat`;

/** A terminal of 80 by 24 with one program. It is gone with the scope that holds it. */
export class Terminal implements AsyncDisposable {
  /** Each terminal has a tmux server of its own; files of tests that run at the same time have one process number. */
  readonly #name = `sockeye-test-${crypto.randomUUID()}`;
  #screen: string[] = [];

  static async open(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const terminal = new Terminal();
    const size = ["-x", "80", "-y", "24"];
    await terminal.#tmux(["new-session", "-d", ...size, "sh", "-c", SCRIPT, "sh", ...command], env);
    return terminal;
  }

  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", "--", text]);
  }

  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press("Enter");
  }

  async press(...keys: string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** The lines on the screen, with colours if asked for. */
  async screen(colours = false): Promise<string[]> {
    const text = await this.#tmux(["capture-pane", "-p", ...(colours ? ["-e"] : [])]);
    return text.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /** Waits until the screen is as it should be, and gives its lines. */
  async until(what: string, holds: (lines: string[]) => boolean): Promise<string[]> {
    const came = await eventually(async () => holds(this.#screen = await this.screen()));
    if (!came) throw new Error(`Waited in vain for ${what}; the screen:\n${this.#screen.join("\n")}`);
    return this.#screen;
  }

  shows(pattern: RegExp): Promise<string[]> {
    return this.until(String(pattern), (lines) => lines.some((line) => pattern.test(line)));
  }

  /** Waits until the last line of the screen, where one types, is this. */
  endsWith(line: string): Promise<string[]> {
    return this.until(`${JSON.stringify(line)} at the bottom`, (lines) => lines.at(-1) === line.trimEnd());
  }

  /** Column and row of the cursor, from 0. */
  async cursor(): Promise<string> {
    return (await this.#tmux(["display-message", "-p", "#{cursor_x},#{cursor_y}"])).trim();
  }

  /** The program ended with this code and left a terminal that works. */
  async ended(code: number): Promise<string[]> {
    const lines = await this.shows(/^stty: /);
    assertEquals(lines.find((line) => line.startsWith("exit code")), `exit code ${code}`, lines.join("\n"));
    assertEquals(lines.find((line) => line.startsWith("stty:")), "stty: icanon echo", lines.join("\n"));
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const socket = (await this.#tmux(["display-message", "-p", "#{socket_path}"])).trim();
    await this.#tmux(["kill-server"]);
    await Deno.remove(socket).catch(() => {}); // Some versions of tmux do it themselves.
  }

  async #tmux(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.#name, "-u", "-f", "/dev/null", ...args],
      env: environment({ LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TMUX: undefined, ...more }),
      clearEnv: true,
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${args[0]}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }
}

/** A server on a terminal, with its port. */
export async function openServer(...args: string[]): Promise<Terminal & { readonly port: number }> {
  const terminal = await Terminal.open(sockeyeCommand(["server", ...args]));
  const lines = await terminal.shows(/^Listening on \S+:\d+/);
  return Object.assign(terminal, { port: Number(/^Listening on \S+:(\d+)/m.exec(lines.join("\n"))?.[1]) });
}
