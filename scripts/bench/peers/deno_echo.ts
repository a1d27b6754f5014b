/** The bare runtime: only a loop of read and write for each connection. `deno_echo.ts PORT` */

const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0]), tcpBacklog: 4096 });
for await (const conn of listener) void echo(conn);

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  try {
    for (let count; (count = await conn.read(buffer)) !== null;) {
      for (let at = 0; at < count;) at += await conn.write(buffer.subarray(at, count));
    }
  } catch {
    // The client reset the connection.
  }
  conn.close();
}
