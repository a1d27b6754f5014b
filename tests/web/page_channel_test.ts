/** A page as a client: what it is told when the server has no time for a proper goodbye. */

import { assertEquals } from "@std/assert";
import { WebSocketLink } from "../../lib/net/web_socket.ts";
import { PageChannel } from "../../lib/web/page_channel.ts";
import { Record } from "../../lib/web/record.ts";
import { Sessions } from "../../lib/web/sessions.ts";

/** A socket that notes how it is closed. */
class NotingSocket {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  code: number | undefined;

  close(code: number): void {
    this.code ??= code;
    this.readyState = WebSocket.CLOSING;
  }
}

for (const [kind, line, code] of [["stop", "*** The server stops", 1012], ["note", "*** Hello", 1000]] as const) {
  Deno.test(`a page that is cut off after a ${kind} is told ${code}`, () => {
    const socket = new NotingSocket();
    const link = new WebSocketLink(socket as unknown as WebSocket);
    const who = { transport: "ws", host: "127.0.0.1", peer: "127.0.0.1:1" } as const;
    const page = new PageChannel(link, who, new Record(), new Sessions());
    page.hear({ n: 1, t: 0, line, said: { kind, text: line }, cost: 0, message: "" }, false);
    page.close();
    assertEquals(socket.code, code);
  });
}
