/**
 * The form of `check`'s suites: a suite is a table of cases, a case is data and a small function. The engine connects, keeps
 * time and asks what a program is like; a case only talks.
 *
 * @module
 */

import type { Bilingual } from "../language.ts";
import type { Random } from "../random.ts";
import type { MessageForm } from "../text/message_form.ts";
import type { Actor } from "./actor.ts";
import type { Finding } from "./finding.ts";

/** What the command line says about the program under test. */
export interface CheckOptions {
  /** `reply`: what a client says. Default: `hello` and a line end. */
  readonly say: Uint8Array;
  /** `reply`: what an answer looks like, as text. Default: anything. */
  readonly answer?: RegExp | undefined;
  /** What a message of the program is, if that was said. */
  readonly form?: MessageForm | undefined;
  /** The encoding of text, a canonical name. Default: utf-8. */
  readonly encoding: string;
  /** `chat`: whether the sender hears itself. */
  readonly echo?: boolean | undefined;
  /** `segments`: what a client says, message by message, each sent when the answer to the one before has come. */
  readonly conversation?: readonly Uint8Array[] | undefined;
}

/**
 * How a program serves its clients: several at the same time, one after the other, one in its whole life, or none by itself, for
 * its operator types the answers.
 */
export type ProgramKind = "parallel" | "sequential" | "one-shot" | "by-hand";

/** What a client suite has besides: the program under test comes to sockeye, so it may have to be asked for. */
export interface Reception {
  /** Whether the client waits for a greeting before it speaks; undefined until a connection has shown it, and kept for the cases after it. */
  waitsForGreeting: boolean | undefined;
  /** The case in which the client took a piece of an answer for all of it, where that would spoil others as well. */
  tookPiece: string | undefined;
  /** Tells the person at the client what the case needs now. */
  notice(text: Bilingual): void;
  /** Waits for a further connection without taking it, and says whether there is one; `asks` the person for it. Default: does not. */
  arrival(ms: number, asks?: boolean): Promise<boolean>;
}

/** What a case works with. It lives as long as the case; what was connected is closed then. */
export interface CaseContext extends CheckOptions {
  /** How the program serves its clients. A `one-shot` has one connection for the whole case. */
  readonly kind: ProgramKind;
  /** Connections that a case may have at the same time, where it likes to try many things at once: 1 unless `kind` is `parallel`. */
  readonly atOnce: number;
  /** Connects to the server under test; in a client suite, waits for the next connection of the client. */
  connect(): Promise<Actor>;
  /** Only in a client suite. */
  readonly reception?: Reception | undefined;
  /** Random numbers that depend on `--seed` and the case. */
  readonly random: Random;
  /** Milliseconds after which an answer is missing; the engine stretches them on a busy machine, and shortens them near its end. */
  readonly answerMs: number;
  /** Milliseconds between two pieces of one message: enough for the program to read the first alone. */
  readonly pauseMs: number;
  /** Milliseconds of silence after which nothing more is expected. */
  readonly quietMs: number;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
}

/** One case. */
export interface Case {
  /** Its name within the suite: `4` of `echo/4`. */
  readonly name: string;
  /** What is tried, in half a line: `a message that arrives in two pieces`. */
  readonly title: Bilingual;
  /** Cases of the suite that must not have failed; else this one cannot be judged. Default: none. */
  readonly needs?: readonly string[];
  /** Connections that must be served at the same time. A program that serves fewer gets `unknown`. Default: 1. */
  readonly clients?: number;
  /** How likely it ends or stalls a program: above 0 it runs alone, after all that are less harsh. Default 0. */
  readonly harsh?: number;
  /** Whether it has tried by itself once more what it fails, so that the engine need not. Default false. */
  readonly confirms?: boolean;
  /**
   * Talks to the program.
   *
   * @throws {Error} what the sockets say, where the case expects no failure: the engine makes a finding of it
   */
  run(context: CaseContext): Promise<Finding>;
}

/** A table of cases. */
export interface Suite {
  /** `echo`, `client/echo`. */
  readonly name: string;
  /** What the program under test is, in half a line. */
  readonly title: Bilingual;
  /** The side of the program under test. */
  readonly tests: "server" | "client";
  /**
   * What a client may say first so that a right program says something, by which the engine sees whether a program lives and
   * serves several clients. Default: there is nothing of this kind, and the program is taken for one that serves many.
   */
  hello?(options: CheckOptions): Uint8Array;
  /** The case that says most about a program that serves a single client. Default: the first one. */
  readonly telling?: string;
  /** The case that a program fails which serves no other client when its first one has left. Default: none. */
  readonly leaving?: string;
  /** Whether such a program answers by itself, so that silence is a failure; else an operator may type the answers. Default false. */
  readonly answersItself?: boolean;
  /** Whether clients of one case hear those of another, so that cases run one after the other. Default false. */
  readonly shared?: boolean;
  /** In the order of the report. */
  readonly cases: readonly Case[];
}

/** What `--explain` says about a case. */
export interface Explanation {
  /** What it sends, and what it waits for. */
  readonly sends: Bilingual;
  /** What the protocol says about it, with its source. */
  readonly rule: Bilingual;
  /** When the mistake shows, and what it does. */
  readonly matters: Bilingual;
  /** Code in Python with the mistake. */
  readonly wrong: string;
  /** The same code without it. */
  readonly right: string;
}
