/**
 * A client whose machine is gone: it lives in a network namespace of its own, whose way to the server is cut.
 *
 * @module
 */

import { assert, assertLess } from "@std/assert";
import { Chatter } from "../../support/chatter.ts";
import { eventually, linux, needs, spawnSockeye, tool } from "../../support/harness.ts";

/** The longest that it may take, in milliseconds, on a busy machine. */
const MINUTE_MS = 60_000;

/** The addresses of the two machines, in a network of their own: a run that was killed leaves its network behind. */
const NETWORK = `10.99.${Deno.pid % 256}`, HERE = `${NETWORK}.1`, THERE = `${NETWORK}.2`;

async function ip(words: string): Promise<boolean> {
  return (await new Deno.Command("ip", { args: words.split(" "), stdout: "null", stderr: "null" }).output()).success;
}

/** Whether nothing that the server has sent is on its way any more. */
async function isAcknowledged(port: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ss", { args: ["-Htn", "dst", `${THERE}`, "and", "sport", `:${port}`] })
    .output();
  return /^\S+\s+0\s+0\s/.test(new TextDecoder().decode(stdout));
}

/** A network of two machines: this one and another one. */
class OtherMachine implements AsyncDisposable {
  readonly name = `sockeye-${Deno.pid}`;
  readonly #link = `sk${Deno.pid}`;

  static async open(): Promise<OtherMachine> {
    const other = new OtherMachine();
    const { name } = other;
    await ip(`link add ${other.#link} type veth peer name eth9 netns ${name}`);
    await ip(`addr add ${HERE}/24 dev ${other.#link}`);
    await ip(`link set ${other.#link} up`);
    await ip(`-n ${name} addr add ${THERE}/24 dev eth9`);
    await ip(`-n ${name} link set eth9 up`);
    return other;
  }

  /** Whether this process may make one. */
  static async possible(): Promise<boolean> {
    if (!linux || needs(["ip", "ss", "nc"]).ignore) return false;
    return await ip(`netns add sockeye-${Deno.pid}`);
  }

  /** Cuts the way to it. */
  async vanish(): Promise<void> {
    await ip(`-n ${this.name} link set eth9 down`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ip(`link del ${this.#link}`);
    await ip(`netns del ${this.name}`);
  }
}

Deno.test(
  "server chat forgets a client that has vanished within a minute",
  { ignore: !await OtherMachine.possible() },
  async () => {
    await using other = await OtherMachine.open();
    await using server = spawnSockeye(["server", "chat", ":0"]);
    const port = await server.port();
    await using watcher = await Chatter.join(port);
    await using nc = tool("ip", ["netns", "exec", other.name, "nc", HERE, String(port)], { stdin: "piped" });
    await nc.write("/nick ann\n");
    await watcher.hears(/^\*\*\* user2 is ann now$/);
    assert(await eventually(() => isAcknowledged(port)));
    await other.vanish();
    const since = performance.now();
    await watcher.hears(/^\*\*\* ann left$/);
    assertLess(performance.now() - since, MINUTE_MS);
    await watcher.say("/nick ann");
    await watcher.hears(/^\*\*\* You are ann now$/);
    await server.stderrLine(/#2 .* left: no answer from the peer/);
  },
);
