/**
 * sockeye sees and drives sockets.
 *
 * Layout, from the top down; imports point downward only:
 * - `lib/cli` reads the command line and asks the layers below;
 * - `lib/output` shows events, and is the only writer to stdout and stderr;
 * - `lib/chat` is the group chat, with its page for browsers (`web`) and its rooms over several servers (`bus`);
 * - `lib/check` tests the programs of others;
 * - `lib/fetch` downloads; `lib/client` holds one conversation;
 * - `lib/modes` is what a server does with what it receives, `lib/server` accepts peers and drives a mode;
 * - `lib/transport` owns sockets: TCP, TLS, UDP, Unix and WebSocket behind one contract;
 * - `lib/capture` records conversations as pcapng, and finds them in captures;
 * - `lib/http` and `lib/text` turn bytes into what programs and people read, and back, without input or output;
 * - the files beside these folders are the words that all of them share: errors, events, options and a few helpers.
 *
 * This file is the only place that exits, traps signals and picks the standard streams.
 *
 * @module
 */

import { main } from "./lib/cli/mod.ts";
import type { System } from "./lib/cli/system.ts";
import type { WorkerScope } from "./lib/cli/worker.ts";
import { EXIT_CODES, SockeyeError } from "./lib/errors.ts";
import { languageOf } from "./lib/language.ts";

if ("WorkerGlobalScope" in globalThis) {
  // A worker of `server --workers` runs this file, too.
  const { work } = await import("./lib/cli/worker.ts");
  void work(Deno.args, globalThis as unknown as WorkerScope);
} else if (import.meta.main) {
  const stop = new AbortController();
  // The first signal stops the command gracefully, the second one exits at once.
  const stopBy = (kind: "interrupt" | "terminate") => {
    if (stop.signal.aborted) Deno.exit(EXIT_CODES[kind]);
    stop.abort(new SockeyeError(kind, "Stopped by a signal"));
  };
  Deno.addSignalListener("SIGINT", () => stopBy("interrupt"));
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => stopBy("terminate"));
  // `nohup` asks to ignore SIGHUP, which the runtime forgets; a server without a terminal has none to lose.
  const hasTerminal = () => [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const watched = hasTerminal();
  if (Deno.build.os !== "windows" && !watched) Deno.addSignalListener("SIGHUP", () => {});
  const system: System = {
    stdin: Deno.stdin,
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    signal: stop.signal,
    noColor: Deno.noColor,
    language: () => languageOf(navigator.language),
    interrupt: () => stopBy("interrupt"),
    inForeground: async () => await (await import("./lib/cli/foreground.ts")).inForeground(),
    onContinue: (act) => {
      if (Deno.build.os === "windows") return () => {};
      Deno.addSignalListener("SIGCONT", act);
      return () => Deno.removeSignalListener("SIGCONT", act);
    },
    columns: () => terminalSize().columns || 80,
    rows: () => terminalSize().rows || 24,
    onHangup: (act) => {
      if (Deno.build.os === "windows") return () => {};
      const onSignal = () => watched && !hasTerminal() ? stopBy("terminate") : act();
      Deno.addSignalListener("SIGHUP", onSignal);
      return () => Deno.removeSignalListener("SIGHUP", onSignal);
    },
    startWorker: () => new Worker(import.meta.url, { type: "module", name: "sockeye" }),
  };
  // Exit explicitly: a pending read of standard input would keep the process alive.
  Deno.exit(await main(Deno.args, system));
}

function terminalSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 0, rows: 0 }; // There is no terminal to measure.
  }
}
