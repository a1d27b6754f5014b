import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/transport/connect.ts";
import { ATTEMPT_DELAY_MS } from "../../lib/transport/limits.ts";
import { linux, tool } from "../support/harness.ts";

const PATIENT = new AbortController().signal;

function listenOn(hostname: string): Deno.TcpListener {
  return Deno.listen({ hostname, port: 0 });
}

/** Two listeners on one port. */
function listenOnBoth(backlog?: number): { v4: Deno.TcpListener; v6: Deno.TcpListener } {
  for (let attempt = 0; attempt < 20; attempt++) {
    const v6 = Deno.listen({ hostname: "::1", port: 0, ...(backlog === undefined ? {} : { tcpBacklog: backlog }) });
    try {
      return { v4: Deno.listen({ hostname: "127.0.0.1", port: v6.addr.port }), v6 };
    } catch {
      v6.close(); // Somebody else has this port on the other address.
    }
  }
  throw new Error("No port is free on both addresses");
}

/** Whether localhost has both addresses here. */
const hasBoth = await (async () => {
  try {
    listenOn("::1").close();
    const found = await Promise.all([Deno.resolveDns("localhost", "A"), Deno.resolveDns("localhost", "AAAA")]);
    return found[0].includes("127.0.0.1") && found[1].includes("::1");
  } catch {
    return false;
  }
})();

Deno.test("connect() to an address takes no time to find it", async () => {
  using listener = listenOn("127.0.0.1");
  const { conn, times } = await connect("127.0.0.1", listener.addr.port, PATIENT);
  assertEquals([conn.remoteAddr.hostname, conn.remoteAddr.port], ["127.0.0.1", listener.addr.port]);
  assertEquals(times.dns, 0);
  assert(times.connect > 0);
  conn.close();
});

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test(`connect() to localhost finds what listens only on ${hostname}`, { ignore: !hasBoth }, async () => {
    using listener = listenOn(hostname);
    const { conn, times } = await connect("localhost", listener.addr.port, PATIENT);
    assertEquals(conn.remoteAddr.hostname, hostname);
    assert(times.dns > 0);
    conn.close();
  });
}

Deno.test("connect() makes one connection where both addresses would answer", { ignore: !hasBoth }, async () => {
  const { v4, v6 } = listenOnBoth();
  const { conn } = await connect("localhost", v4.addr.port, PATIENT);
  assertEquals(conn.remoteAddr.hostname, "::1", "IPv6 is tried first");
  (await v6.accept()).close();
  conn.close();
  let came = 0;
  const others = [v4, v6].map((listener) => listener.accept().then((other) => (came++, other.close()), () => {}));
  // Whatever was on its way is here before this one.
  (await Deno.connect({ hostname: "127.0.0.1", port: v4.addr.port })).close();
  await others[0];
  v4.close();
  v6.close();
  await Promise.all(others);
  assertEquals(came, 1);
});

// Elsewhere a full backlog refuses instead of keeping silent.
Deno.test("connect() does not wait for an address that keeps silent", { ignore: !hasBoth || !linux }, async () => {
  const { v4, v6 } = listenOnBoth(1);
  const waiting: Deno.Conn[] = [];
  // The kernel keeps silent once the backlog is full.
  try {
    while (waiting.length < 10) {
      waiting.push(await Deno.connect({ hostname: "::1", port: v6.addr.port, signal: AbortSignal.timeout(50) }));
    }
    throw new Error("The backlog is never full");
  } catch (error) {
    assertEquals(error instanceof Error && error.name, "TimeoutError");
  }
  const { conn, times } = await connect("localhost", v4.addr.port, PATIENT);
  assertEquals(conn.remoteAddr.hostname, "127.0.0.1");
  assert(times.connect >= ATTEMPT_DELAY_MS - 5, `the first address had its chance: ${times.connect} ms`);
  for (const open of [conn, ...waiting]) open.close();
  v4.close();
  v6.close();
});

Deno.test("connect() throws what the system says when no address answers", async () => {
  const listener = listenOn("127.0.0.1");
  const { port } = listener.addr;
  listener.close();
  await assertRejects(() => connect("127.0.0.1", port, PATIENT), Deno.errors.ConnectionRefused);
  await assertRejects(() => connect("localhost", port, PATIENT), Deno.errors.ConnectionRefused);
});

Deno.test("connect() gives up with its signal", async () => {
  using listener = listenOn("127.0.0.1");
  const { port } = listener.addr;
  for (const host of ["127.0.0.1", "localhost"]) {
    await assertRejects(() => connect(host, port, AbortSignal.abort(new Error("enough"))));
  }
});

Deno.test("connect() with a list of permitted hosts keeps to their names", async () => {
  using listener = listenOn("127.0.0.1");
  const { port } = listener.addr;
  const code = `
    import { connect } from "${new URL("../../lib/transport/connect.ts", import.meta.url)}";
    const { conn } = await connect("localhost", ${port}, new AbortController().signal);
    console.log(conn.remoteAddr.hostname);`;
  const args = ["run", "--quiet", "--no-prompt", "--no-lock", `--allow-net=localhost:${port}`, "-"];
  assertEquals((await tool(Deno.execPath(), args, { stdin: { content: code } }).ends(0)).stdout, "127.0.0.1\n");
});
