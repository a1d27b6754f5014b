/**
 * What a client says and waits for, from its command line and standard input.
 *
 * @module
 */

import { Cutter } from "../client/cut.ts";
import { Dialogue, endOfSending, type Step, stepsOf } from "../client/dialogue.ts";
import { type ExchangeOptions, FIN, type Outgoing } from "../client/exchange_options.ts";
import { EXPECT_WAIT_MS, Expectations } from "../client/expect.ts";
import {
  cutLines,
  inOne,
  type Message,
  sendInput,
  sendMessages,
  type TextRules,
  warnOfFragments,
} from "../client/messages.ts";
import { type Eol, sendLines, typedLines } from "../client/typed_lines.ts";
import { SockeyeError } from "../errors.ts";
import type { Given } from "../options.ts";
import type { Phrased } from "../phrase.ts";
import { makeFramer, type Message as Framed } from "../text/framer.ts";
import type { Encodings } from "../text/encodings.ts";
import type { MessageForm } from "../text/message_form.ts";
import type { Traits } from "../transport/transport.ts";
import type { Session } from "./client_session.ts";
import type { System } from "./system.ts";

/** Milliseconds to wait for answers where the sending half cannot be closed alone (UDP, WebSocket). */
const ANSWER_WAIT_MS = 1_000;

/**
 * Milliseconds that piped input may pause after the peer has ended its half. Such a peer looks like one that has left:
 * the pause is long enough that a busy machine loses nothing, and short enough for a peer that is gone.
 */
const INPUT_PAUSE_MS = 2_000;

/** The options for messages and expectations. */
export interface SpeechValues {
  /** Milliseconds between two rounds. */
  readonly every?: number | undefined;
  /** Number of rounds. */
  readonly count?: number | undefined;
  /** Patterns that the answer must match. */
  readonly expect?: readonly RegExp[] | undefined;
  /** Milliseconds to wait for answers, or for each match. */
  readonly wait?: number | undefined;
  /** Whether our half ends right after the last message. */
  readonly "half-close"?: true | undefined;
  /** Byte offsets at which each message is cut. */
  readonly cut?: readonly number[] | undefined;
}

/** What a plan is made from besides. */
export interface PlanContext {
  /** The options in their order. */
  readonly given: readonly Given[];
  /** What `--send`, `--send-hex` and `--file` say, in their order. */
  readonly messages: readonly Message[];
  /** How text becomes bytes. */
  readonly rules: TextRules;
  /** What a typed line ends with. */
  readonly eol: Eol;
  /** The transport. */
  readonly transport: Traits;
  /** The process. */
  readonly system: System;
  /** The run, which has the terminal: without one on stdout (`| tee log`) the system edits the line. */
  readonly session: Session;
  /** Takes what a person should know. */
  readonly notice: (message: Phrased) => void;
  /** Called when the person has changed the encodings. */
  readonly onEncodings: (encodings: Encodings) => void;
  /** Whether the peer is a chat. */
  readonly inChat: () => boolean;
}

/** A conversation before it begins. */
export interface SpeechPlan {
  /** What is sent. */
  readonly outgoing: Outgoing;
  /** When it is over. */
  readonly options: Pick<ExchangeOptions, "wait" | "idleAfterEnd" | "needsAll" | "until" | "ended">;
  /** Whether a person types. */
  readonly typed: boolean;
  /** Judges at the end; throws a SockeyeError of kind `expect`. */
  check(): void;
}

/**
 * Checks that there is something to repeat.
 *
 * @throws {SockeyeError} `usage`
 */
export function checkRounds({ every, count }: SpeechValues, messages: readonly Message[]): void {
  if (messages.length > 0) return;
  const flag = every !== undefined ? "--every" : count !== undefined ? "--count" : undefined;
  if (flag) throw new SockeyeError("usage", `Option ${flag} needs something to say: add --send, --send-hex or --file`);
}

/**
 * Makes the plan.
 *
 * @throws {SockeyeError} `usage` when rounds and expectations do not fit together
 */
export function planSpeech(values: SpeechValues, context: PlanContext): SpeechPlan {
  const { messages, rules, transport, system, notice } = context;
  const { messageBoundaries, connectionless } = transport;
  const { expect = [], wait, every, count, "half-close": halfClose = false } = values;
  const typed = messages.length === 0 && system.stdin.isTerminal();
  // Where everything is said whatever the answers are, an answer that was expected ends it.
  const eager = expect.length > 0 && (messages.length === 0 || every !== undefined || count !== undefined);
  const steps = planSteps(values, context, typed);
  // Ctrl-D ends the half of the person who presses it.
  if ((typed || halfClose) && !messageBoundaries) steps.splice(endOfSending(steps), 0, FIN);
  const expectations = new Expectations(
    expect,
    rules.readEncoding ?? rules.encoding,
    messageBoundaries || rules.form?.frame !== undefined,
  );
  const dialogue = new Dialogue(steps, expectations, { limit: wait ?? EXPECT_WAIT_MS, eager });
  const outgoing = dialogue.outgoing();
  const listener = listen(dialogue, expectations, rules.form ?? {}, messageBoundaries);
  return {
    outgoing: connectionless ? warnOfFragments(outgoing, notice) : outgoing,
    options: {
      wait: wait ?? (messageBoundaries ? ANSWER_WAIT_MS : undefined),
      idleAfterEnd: messages.length > 0 ? Infinity : typed ? undefined : INPUT_PAUSE_MS,
      needsAll: !typed,
      ...listener,
    },
    typed,
    check: () => expectations.check(),
  };
}

/** Hands each message of the answer to the dialogue. */
function listen(dialogue: Dialogue, expectations: Expectations, { frame, max }: MessageForm, whole: boolean) {
  if (!frame) return { until: (bytes: Uint8Array) => dialogue.take(bytes), ended: () => expectations.end() };
  // A pause that ends a message is no read: the dialogue goes on by itself.
  const framer = makeFramer(frame, { max, whole, onPause: ({ bytes }) => void dialogue.take(bytes) });
  const take = (messages: readonly Framed[]) => messages.map(({ bytes }) => dialogue.take(bytes)).at(-1) ?? false;
  return {
    until: (bytes: Uint8Array) => take(framer.push(bytes)),
    ended: () => {
      take(framer.end());
      expectations.end();
    },
  };
}

function planSteps(values: SpeechValues, context: PlanContext, typed: boolean): Step[] {
  const { given, rules, transport, system, session } = context;
  const { expect = [], every, count, cut } = values;
  const cutter = cut && new Cutter(cut, session.signal);
  const messages = cutter ? context.messages.map((message) => () => cutter.message(message())) : context.messages;
  const { messageBoundaries } = transport;
  /** Sends messages regardless of the replies, and then waits for the expectations. */
  const first = (outgoing: Outgoing): Step[] => [
    { send: () => outgoing },
    ...(expect.length > 0 ? [{ met: expect.length }] : []),
  ];
  if (typed) {
    const lines = session.input?.lines() ?? typedLines(system.stdin);
    const typing = sendLines(lines, { ...context, messageBoundaries });
    return first(cutter ? cutter.each(typing) : typing);
  }
  if (messages.length === 0) {
    const input = sendInput(system.stdin, rules.crlf);
    return first(cutter ? cutter.each(cutLines(input)) : messageBoundaries ? cutLines(input) : input);
  }
  const whole = messageBoundaries ? messages.map(inOne) : messages;
  const steps = stepsOf(given, whole);
  if (every === undefined && count === undefined) return steps;
  if (steps.slice(0, endOfSending(steps)).some((step) => step !== FIN && "met" in step)) {
    throw new SockeyeError("usage", "With --every or --count all that is said comes first: put --expect after it");
  }
  const rounds = count ?? (every === undefined ? 1 : Infinity);
  return first(sendMessages(whole, { count: rounds, every: every ?? 0, signal: session.signal }));
}
