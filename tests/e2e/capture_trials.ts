/** How commands that read captures are tried. */

import { assertMatch } from "@std/assert";
import { openRecorder } from "../../lib/capture/file_recorder.ts";
import { Folder } from "../fetch/helpers.ts";
import { utf8 } from "../support/sockets.ts";
import { shell, type Trial } from "./trials.ts";

/** What is shown of a capture with two conversations. */
export function shown(pattern: RegExp): Trial {
  return async (line, port) => {
    await using folder = await Folder.make();
    const recorder = await openRecorder(folder.at("talk.pcapng"));
    for (const said of ["hello", "ERR\n"]) {
      const conversation = recorder.open({});
      await conversation.data("up", utf8(said));
      for (const dir of ["up", "down"] as const) conversation.end(dir, "fin");
    }
    await recorder.close();
    assertMatch((await shell(line, port, { cwd: folder.path }).ends(0)).stdout.trimEnd(), pattern);
  };
}
