/** A page as a client: what it is told when the server has no time for a proper goodbye. */

import { assertEquals } from "@std/assert";
import { WebSocketLink } from "../../../lib/chat/web/web_socket.ts";
import type { Said } from "../../../lib/chat/web/lines.ts";
import { PageChannel } from "../../../lib/chat/web/page_channel.ts";
import { Record } from "../../../lib/chat/web/record.ts";
import { Sessions } from "../../../lib/chat/web/sessions.ts";

/** A socket that notes how it is closed. */
class NotingSocket {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  code: number | undefined;

  send(): void {}

  close(code: number): void {
    this.code ??= code;
    this.readyState = WebSocket.CLOSING;
  }
}

/** A page in a room, after all were told something. */
const CASES: readonly (readonly [Said, own: boolean, code: number])[] = [
  [{ kind: "stop", text: "The server stops. Goodbye" }, false, 1012],
  [{ kind: "leave", name: "Ann", text: "Ann was removed by the operator" }, true, 1000],
  [{ kind: "leave", name: "Ann", text: "Ann left: bye" }, true, 1000],
  [{ kind: "leave", name: "Ann", text: "Ann was dropped: it does not read" }, true, 1001],
  [{ kind: "leave", name: "Bob", text: "Bob was removed by the operator" }, false, 1001],
  [{ kind: "note", text: "Hello" }, false, 1001],
];

for (const [said, own, code] of CASES) {
  Deno.test(`a page that is cut off after "${said.text}" about ${own ? "itself" : "others"} is told ${code}`, () => {
    const socket = new NotingSocket();
    const link = new WebSocketLink(socket as unknown as WebSocket);
    const who = { transport: "ws", host: "127.0.0.1", peer: "127.0.0.1:1" } as const;
    const page = new PageChannel(link, who, new Record(), new Sessions());
    const tell = (said: Said, own: boolean) =>
      page.hear({ n: 1, t: 0, line: `*** ${said.text}`, said, cost: 0, message: "" }, own);
    tell({ kind: "join", name: "Ann", text: "Ann joined" }, true);
    tell(said, own);
    page.close();
    assertEquals(socket.code, code);
  });
}
