/**
 * Serves one WebSocket with Deno.serve: says what comes and how it ends, gives texts back in upper case and bytes in reverse,
 * and closes when it hears `bye`.
 *
 * usage: web_socket_server.mjs [CERTIFICATE KEY], which are files
 */
const [certificate, key] = Deno.args;
const secured = certificate && { cert: Deno.readTextFileSync(certificate), key: Deno.readTextFileSync(key) };

function print(...words) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${words.join(" ")}\n`));
}

function serve(request) {
  const { headers, url } = request;
  const [protocol = ""] = headers.get("sec-websocket-protocol")?.split(", ") ?? [];
  print("asked", new URL(url).pathname + new URL(url).search, protocol, headers.get("x-test") ?? "");
  const { socket, response } = Deno.upgradeWebSocket(request, protocol === "" ? {} : { protocol });
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") {
      print("text", data.length, data.length > 100 ? "" : data);
      if (data === "bye") socket.close(1000, "bye");
      else socket.send(data.toUpperCase());
    } else {
      print("binary", data.byteLength);
      socket.send(new Uint8Array(data).toReversed());
    }
  };
  socket.onclose = ({ code, wasClean }) => {
    print("closed", code, wasClean ? "cleanly" : "rudely");
    void server.shutdown();
  };
  return response;
}

const onListen = ({ port }) => print("Listening on", port);
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, ...secured, onListen }, serve);
