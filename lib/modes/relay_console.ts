/**
 * What the person at the terminal of a relay types: faults that begin and end while it runs, and connections that end.
 *
 * @module
 */

import { phraseOf } from "../errors.ts";
import type { HelpList } from "../options.ts";
import { Phrase, PhrasedError, say } from "../phrase.ts";
import { quoteAddress } from "../printable.ts";
import type { ModeContext } from "../server/mode.ts";
import { plural } from "../wording.ts";
import { asFaultRule, demandFits, type FaultSettings } from "./faults/rules.ts";
import type { Flow } from "./relay_flow.ts";

/** What is typed, for the help. */
export const RELAY_TYPED: HelpList = {
  title: "You type, at a terminal",
  rows: [
    ["/fault RULE", "add a fault, as --fault does, for the connections there are as well"],
    ["/clear", "end all faults"],
    ["/list", "the faults and the connections"],
    ["/close N", "end connection N in order"],
    ["/reset N", "reset both ends of connection N"],
  ],
};

/** Runs a typed command. */
export class RelayConsole {
  readonly #context: ModeContext;
  readonly #faults: FaultSettings;
  readonly #flows: () => Iterable<Flow>;

  /** Makes the console of a relay, which gives the connections there are. */
  constructor(context: ModeContext, faults: FaultSettings, flows: () => Iterable<Flow>) {
    this.#context = context;
    this.#faults = faults;
    this.#flows = flows;
  }

  /** Reads typed commands to the end of the input. Never rejects. */
  async run(): Promise<void> {
    const { operator, notice } = this.#context;
    try {
      for await (const line of operator.lines()) this.#obey(line.trim());
    } catch (error) {
      notice(say("input-unreadable")`The input cannot be read: ${phraseOf(error)}`);
    }
  }

  #obey(line: string): void {
    const { notice } = this.#context;
    const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/.exec(line) ?? [];
    try {
      if (word === "/fault" && rest !== "") this.#add(rest);
      else if (word === "/clear" && rest === "") this.#clear();
      else if (word === "/list" && rest === "") this.#list();
      else if (word === "/close") void this.#find(rest).end(say("closed-at-terminal")`closed at the terminal`);
      else if (word === "/reset") this.#find(rest).reset(say("reset-at-terminal")`reset at the terminal`);
      else if (line !== "") {
        notice(say(
          "tap-unknown",
        )`Unknown: ${quoteAddress(line)}; there are /fault RULE, /clear, /list, /close N and /reset N`);
      }
    } catch (error) {
      notice(say("not-done")`Not done: ${phraseOf(error)}`);
    }
  }

  #add(text: string): void {
    const rule = asFaultRule(text);
    demandFits(rule, this.#faults.transport);
    const from = this.#faults.rules.length;
    this.#faults.rules = [...this.#faults.rules, rule];
    for (const flow of this.#flows()) flow.addFaults(from);
    this.#context.notice(say("fault-acts")`Fault ${rule.text} acts from now on; seed ${this.#faults.seed}`);
  }

  #clear(): void {
    const count = this.#faults.rules.length;
    this.#faults.rules = [];
    for (const flow of this.#flows()) flow.clearFaults();
    this.#context.notice(
      count === 0
        ? say("no-faults-were")`There were no faults`
        : new Phrase("faults-cleared", `${plural(count, "fault")} cleared`, [count]),
    );
  }

  #list(): void {
    const { notice } = this.#context;
    const { rules, seed } = this.#faults;
    notice(
      rules.length === 0
        ? say("no-faults")`No faults`
        : say("faults")`Faults, seed ${seed}: ${rules.map(({ text }) => text).join(" ")}`,
    );
    for (const { peer, up, down } of this.#flows()) notice(say("bytes-up-down")`${up} B up, ${down} B down`, peer);
  }

  #find(text: string): Flow {
    for (const flow of this.#flows()) if (String(flow.peer.id) === text.replace(/^#/, "")) return flow;
    throw new PhrasedError(say("no-such-connection")`there is no connection ${quoteAddress(text)}; /list shows them`);
  }
}
