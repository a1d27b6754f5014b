/**
 * The recording of traffic, for every command that has conversations.
 *
 * @module
 */

import { openRecorder } from "../capture/file_recorder.ts";
import { SockeyeError } from "../errors.ts";
import { isSameFile } from "../files.ts";
import type { Given } from "../options.ts";
import type { Output } from "../output/output.ts";
import { quote } from "../printable.ts";
import type { Channel, Listener } from "../transport/channel.ts";
import { recordChannel, type RecordedOptions, recordListener } from "../transport/recorded.ts";
import { unlessHung } from "../wait.ts";
import type { Run } from "./command.ts";
import { versionLine } from "./version.ts";

/** Options that name other files, of any command: a recording replaces none of them. */
const OTHER_FILES =
  /^(bus-ca|ca|cert|client-ca|cookie-jar|file|header-output|history-file|key|log|output|target-cert|target-key)$/;

/** A recording, which ends with its scope. */
export interface Recording extends AsyncDisposable {
  /** Records a client's channel. */
  channel(channel: Channel, options?: RecordedOptions): Channel;
  /** Records the channels that a listener gives. */
  listener(listener: Listener, options?: RecordedOptions): Listener;
}

/**
 * Begins a recording.
 *
 * @param max bytes after which it goes on in another file
 * @throws {SockeyeError} `usage`, `permission`, `file`, or the reason of the process's signal
 */
export async function record(
  path: string,
  max: number | undefined,
  { given, system: { signal } }: Pick<Run, "given" | "system">,
  output: Output,
): Promise<Recording> {
  await unlessHung(refuseOtherFiles(path, given), signal);
  const onFail = ({ kind, message }: SockeyeError) => void output.report({ event: "error", kind, message });
  const recorder = await unlessHung(openRecorder(path, { max, application: versionLine().trim(), onFail }), signal);
  return {
    channel: (channel, options) => recordChannel(channel, recorder, options),
    listener: (listener, options) => recordListener(listener, recorder, options),
    // What ended the command counts; a failure of the file has been reported.
    [Symbol.asyncDispose]: () => unlessHung(recorder.close(), signal).catch(() => {}),
  };
}

async function refuseOtherFiles(path: string, given: readonly Given[]): Promise<void> {
  for (const { name, flag, text } of given) {
    if (OTHER_FILES.test(name) && await isSameFile(path, text)) {
      throw new SockeyeError("usage", `Options --record and ${flag} both name ${quote(path)}`);
    }
  }
}
