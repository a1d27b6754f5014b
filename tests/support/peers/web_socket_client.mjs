/**
 * Sends messages of both kinds to a server that echoes them, says for each whether it came back as it was, and closes. For any
 * runtime that has a WebSocket of its own.
 *
 * usage: web_socket_client.mjs URL [SUBPROTOCOL...]
 */
import process from "node:process";

const [url, ...protocols] = process.argv.slice(2);
const MESSAGES = ["héllo 🧦", "", "x".repeat(1 << 20), Uint8Array.of(0, 255, 128), new Uint8Array(65_536).fill(7)];

const socket = new WebSocket(url, protocols);
socket.binaryType = "arraybuffer";

/** The next event of a kind. */
function next(name) {
  return new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`an error before ${name}`)), { once: true });
  });
}

/** Kind and bytes of a message. */
function describe(data) {
  return typeof data === "string"
    ? ["text", new TextEncoder().encode(data)]
    : ["binary", new Uint8Array(data.buffer ?? data)];
}

function print(...words) {
  process.stdout.write(`${words.join(" ")}\n`);
}

await next("open");
for (const message of MESSAGES) {
  const answered = next("message");
  socket.send(message);
  const [kind, bytes] = describe(message);
  const [itsKind, itsBytes] = describe((await answered).data);
  const isSame = kind === itsKind && bytes.length === itsBytes.length && bytes.every((byte, i) => byte === itsBytes[i]);
  print(kind, bytes.length, isSame ? "same" : "differs");
}
const closed = next("close");
socket.close(1000, "done");
const { code, wasClean } = await closed;
print("closed", code, wasClean ? "cleanly" : "rudely");
