/**
 * `sockeye show`: prints the conversations of a capture.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { withReadErrors } from "../../files.ts";
import { asNumber, flag, one, type Values } from "../../options.ts";
import { isGuarded, keepOnly } from "../../permissions.ts";
import { Phrase, say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { unlessHung } from "../../wait.ts";
import { plural } from "../../wording.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import { FORM_OPTIONS, formOf } from "../form_options.ts";
import { ConversationList, listText } from "../show/list.ts";
import { CapturedMessages } from "../show/messages.ts";
import { asMessagePattern, matcher } from "../show/pattern.ts";
import { readCapture } from "../show/read.ts";
import { Transcript } from "../show/transcript.ts";

const SHOW_OPTIONS = {
  "list": flag("one line for each conversation: its number, ends, bytes, messages and end"),
  "stream": one("N", "only this conversation, as --list numbers them", asNumber(1, 2 ** 32)),
  "grep": one("REGEX", "only messages that match; hex:0d0a looks for bytes", asMessagePattern),
  ...FORM_OPTIONS,
} as const;

type ShowValues = Values<typeof SHOW_OPTIONS> & CommonValues;

/** The table entry. */
export const showCommand: CommandSpec = defineCommand({
  name: "show",
  summary: "print the conversations of a capture (pcapng, pcap)",
  operands: "FILE",
  about: `FILE is a recording, or a capture of tcpdump or Wireshark; - is standard input.
#1 > is what the client said to the server, #1 < what the server answered. Packets are put
into order, what was sent again is shown once, and bytes that were not captured are told.`,
  options: SHOW_OPTIONS,
  examples: [
    ["show talk.pcapng", "every conversation, in the order of the file"],
    ["show talk.pcapng --list", "which ones there are"],
    ["show talk.pcapng --stream 2 -x", "the second one, as a hex dump"],
    ["show talk.pcapng --frame line --grep '^ERR'", "lines that begin with ERR"],
  ],
  run: runShow,
});

async function runShow(values: ShowValues, run: Run): Promise<void> {
  const { system, sink } = run;
  const [name, extra] = run.operands;
  if (name === undefined) throw new SockeyeError("usage", say("missing-file")`Missing file: ${"show"} takes FILE`);
  if (extra !== undefined) {
    throw new SockeyeError(
      "usage",
      say("unexpected")`Unexpected argument ${quote(extra)}: ${"show"} takes ${say("one-file")`one file`}`,
    );
  }
  const form = formOf(values);
  // What is said of the file has the time of now.
  let time: number | undefined;
  const output = await openOutput("show", values, run, { form, framed: true, now: () => new Date(time ?? Date.now()) });
  const file = name === "-" ? undefined : await withReadErrors(name, () => unlessHung(Deno.open(name), system.signal));
  // Nothing else is opened.
  if (!isGuarded(name)) keepOnly([]);
  using _file = file;
  const matches = values.grep && matcher(values.grep, encodingOf(values));
  const setTime = (next: number) => time = next;
  const list = values.list ? new ConversationList(matches) : undefined;
  const transcript = new Transcript(output, { matches: matches ?? (() => true), setTime });
  // The reader of stdout has left (`| head`): there is no more to do.
  let isRead = true;
  const { onClose } = sink;
  sink.onClose = (stream, cause) => {
    onClose(stream, cause);
    if (stream === "stdout") isRead = false;
  };
  const count = await readCapture(file ?? system.stdin, name, {
    signal: system.signal,
    handler: new CapturedMessages(list ?? transcript, form),
    only: values.stream,
    finished: () => time = undefined,
    caughtUp: () => transcript.behind,
    notice: (message, detail) => void output.report({ event: "notice", message, ...(detail && { detail }) }),
    isWanted: () => isRead,
  });
  if (values.stream !== undefined && values.stream > count && isRead) {
    throw new SockeyeError(
      "usage",
      new Phrase("no-stream", `There is no stream ${values.stream}: the capture has ${plural(count, "stream")}`, [
        values.stream,
        count,
      ]),
    );
  }
  if (!list) return;
  if (!values.json) return void sink.write("stdout", listText(list.conversations));
  for (const { start, event } of list.conversations) {
    time = start;
    await output.report(event);
  }
  time = undefined;
}
