/**
 * The options of `check`: those of every suite, and those that go with some.
 *
 * @module
 */

import type { CheckOptions } from "../../check/case.ts";
import { messagesOf } from "../../check/recorded.ts";
import { SUITES } from "../../check/suites.ts";
import { concat } from "../../bytes.ts";
import { DIAL_OPTIONS } from "../../client/connect.ts";
import { asPattern } from "../../client/expect.ts";
import { readMessages, textBytes } from "../../client/messages.ts";
import { SockeyeError } from "../../errors.ts";
import { say } from "../../phrase.ts";
import { withReadErrors } from "../../files.ts";
import { asNumber, asText, flag, many, one, type OptionTable, readOptions, type Values } from "../../options.ts";
import { quote } from "../../printable.ts";
import { seal } from "../../text/message_form.ts";
import type { Traits } from "../../transport/transport.ts";
import { unlessHung } from "../../wait.ts";
import { plural } from "../../wording.ts";
import { type CommonValues, encodingOf, type Run, type Word } from "../command.ts";
import { checkForm, FORM_OPTIONS, formOf } from "../form_options.ts";
import { readRecorded } from "../replay/recorded.ts";

/** Seeds, from 0. */
const SEEDS = 2 ** 32;

const { "connect-timeout": connectTimeout, ipv4, ipv6, ca, pin, insecure, cert, key, "server-name": serverName } =
  DIAL_OPTIONS;

/** How a server under test is connected to. */
export const CHECK_DIAL = {
  "connect-timeout": connectTimeout,
  ipv4,
  ipv6,
  ca,
  pin,
  insecure,
  cert,
  key,
  "server-name": serverName,
} as const;

/** The options of every suite. */
export const CHECK_OPTIONS = {
  "list": flag("list the cases, and test nothing"),
  "explain": one("ID", "tell about a case: what it sends, the rule, wrong and right code", asText),
  "strict": flag("what is weak fails, too"),
  "seed": one("N", "repeat the random choices of a run (new ones each run)", asNumber(0, SEEDS - 1)),
  "junit": one("FILE", "write the results there as JUnit's XML, too", asText, { needs: ["write"] }),
  ...CHECK_DIAL,
} as const;

const ESCAPES = flag("\\n \\r \\t \\xNN \\u{N} in the texts above stand for bytes");

const REPLY_OPTIONS = {
  "say": one("TEXT", "what a client says, exactly (hello and a line end)", asText),
  "answer": one("REGEX", "what an answer looks like (anything)", asPattern),
  "escapes": ESCAPES,
  ...FORM_OPTIONS,
} as const;

const SEGMENTS_OPTIONS = {
  "send": many("TEXT", "a client says this text, exactly, when the answer to the one before has come", asText),
  "send-hex": many("HEX", "it says these bytes, e.g. '01 ff 0a'", asText),
  "file": many("FILE", "it says this file", asText, { needs: ["read"] }),
  "escapes": ESCAPES,
  "from": one("FILE", "it says what the client of a recording or capture (pcapng, pcap) said", asText, {
    needs: ["read"],
  }),
  "stream": one("N", "the conversation of --from, as show --list numbers them (the first)", asNumber(1, 2 ** 32)),
  ...FORM_OPTIONS,
} as const;

const CHAT_OPTIONS = {
  "echo": flag("a client hears what it says itself, too"),
} as const;

const CLIENT_REPLY_OPTIONS = {
  "say": one("TEXT", "what the server answers, exactly (hello and a line end)", asText),
  "escapes": ESCAPES,
  ...FORM_OPTIONS,
} as const;

/** The options that go with some suites. */
const BY_SUITE: Readonly<Record<string, OptionTable>> = {
  "reply": REPLY_OPTIONS,
  "segments": SEGMENTS_OPTIONS,
  "chat": CHAT_OPTIONS,
  "client/reply": CLIENT_REPLY_OPTIONS,
};

/** All of them, as they are read. */
const SUITE_OPTIONS = { ...CLIENT_REPLY_OPTIONS, ...CHAT_OPTIONS, ...SEGMENTS_OPTIONS, ...REPLY_OPTIONS } as const;

/** The values of a command line. */
export type CheckValues = Values<typeof CHECK_OPTIONS> & CommonValues;

/** The suites as words of the command line. A client under test is not connected to. */
export const SUITE_WORDS: readonly Word[] = SUITES.map(({ name, summary, tests }) => ({
  name,
  summary,
  options: BY_SUITE[name] ?? {},
  excludes: tests === "client" ? Object.keys(CHECK_DIAL) : [],
}));

/**
 * Refuses options that a suite would ignore.
 *
 * @throws {SockeyeError} `usage`
 */
export function refuseForeign(suite: string, { given }: Pick<Run, "given">): void {
  const word = SUITE_WORDS.find(({ name }) => name === suite);
  for (const { name, flag } of given) {
    const owners = SUITE_WORDS.filter(({ options = {} }) => name in options).map((owner) => owner.name);
    if (word?.excludes?.includes(name)) {
      throw new SockeyeError("usage", `Option ${flag} is for connecting to a server, and ${suite} waits for a client`);
    }
    if (owners.length === 0 || owners.includes(suite)) continue;
    const names = owners.join(", ");
    throw new SockeyeError("usage", say("option-of-mode")`Option ${flag} is for ${names}, not for ${suite}`);
  }
}

/**
 * What the command line says about the program under test; reads the files that it names.
 *
 * @throws {SockeyeError} `usage`, `file`, `permission`
 */
export async function readCheckOptions(
  suite: string,
  transport: Traits,
  common: CheckValues,
  run: Run,
): Promise<CheckOptions> {
  const values = readOptions(run.given, SUITE_OPTIONS);
  checkForm(values, transport);
  const form = formOf(values);
  const rules = { encoding: encodingOf(common), escapes: values.escapes ?? false, crlf: false, form };
  const said = values.say === undefined
    ? textBytes("hello\n", { ...rules, escapes: false })
    : textBytes(values.say, rules);
  if (said.length === 0) throw new SockeyeError("usage", 'Bad --say "": a message has at least one byte');
  const conversation = suite === "segments" ? await readConversation(values, rules, run) : undefined;
  return {
    // A client suite has answers of its own as well, and adds the checksum to all of them.
    say: suite === "reply" ? seal(form ?? {}, said) : said,
    answer: values.answer,
    form,
    encoding: rules.encoding,
    echo: values.echo,
    conversation,
  };
}

type SuiteValues = Values<typeof SUITE_OPTIONS>;

async function readConversation(
  { from, stream }: SuiteValues,
  rules: Parameters<typeof readMessages>[1],
  run: Run,
): Promise<readonly Uint8Array[]> {
  const { signal } = run.system;
  const messages = await unlessHung(readMessages(run.given, rules), signal);
  const said = await Promise.all(
    messages.map(async (message) => concat(await Array.fromAsync(message(), (part) => part.slice()))),
  );
  if (from === undefined) {
    if (stream !== undefined) throw new SockeyeError("usage", "Option --stream needs --from");
    if (said.some(({ length }) => length > 0)) return said;
    throw new SockeyeError(
      "usage",
      say("missing-said")`Missing what a client says: segments takes --send, --send-hex, --file or --from`,
    );
  }
  if (said.length > 0) {
    throw new SockeyeError("usage", "Option --from says it all: leave --send, --send-hex and --file out");
  }
  return await recordedMessages(from, stream, rules.form, run);
}

/** What the client of a recorded conversation said. */
async function recordedMessages(
  name: string,
  stream: number | undefined,
  form: CheckOptions["form"],
  { system: { signal } }: Run,
): Promise<readonly Uint8Array[]> {
  using file = await withReadErrors(name, () => unlessHung(Deno.open(name), signal));
  const { conversations, count } = await readRecorded(file, name, { stream, form, signal, notice: () => {} });
  if (stream !== undefined && stream > count) {
    throw new SockeyeError("usage", `There is no stream ${stream}: the capture has ${plural(count, "stream")}`);
  }
  for (const conversation of conversations) {
    const messages = conversation.connectionless ? [] : messagesOf(conversation, form?.frame !== undefined);
    if (messages.length > 0) return messages;
  }
  const what = stream === undefined ? quote(name) : `Stream ${stream}`;
  throw new SockeyeError("usage", `${what} has no TCP conversation in which the client says something`);
}
