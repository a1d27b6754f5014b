/**
 * `sockeye replay` with the clients and servers of five protocols: what `tap` recorded between them serves the same client
 * again, and is played to the same server again; a changed server is found out.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Folder, inFolder } from "../../fetch/helpers.ts";
import { eventually, freePort, needs, type Program, python, spawnSockeye, tool } from "../../support/harness.ts";
import { connect } from "../../support/sockets.ts";

const HOST = "127.0.0.1";
const FILES = { permissions: ["--allow-net", "--allow-read", "--allow-write"] };

/** A client and its server. */
interface Protocol {
  readonly name: string;
  readonly programs: readonly string[];
  readonly udp?: boolean;
  /** What differs from one server to the next, or from one port to another. */
  readonly words?: readonly string[];
  /** Only for `--listen`. */
  readonly listenWords?: readonly string[];
  /** Starts the server; `changed` is one that answers otherwise. */
  serve(port: number, folder: Folder, changed: boolean): Program | Promise<Program>;
  /** Starts the client; its output tells what it was answered. */
  ask(port: number): Program;
}

const MAIL_CLIENT = `
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="me") as server:
    print(server.ehlo(), server.helo(), server.mail("a@example.com"), server.rcpt("b@example.com"))
`;

const PROTOCOLS: readonly Protocol[] = [
  {
    name: "redis-cli",
    programs: ["redis-server", "redis-cli"],
    serve: (port, folder, changed) => {
      const words = ["--port", String(port), "--bind", HOST, "--save", "", "--dir", folder.path];
      return tool("redis-server", [...words, ...(changed ? ["--maxmemory", "1"] : [])]);
    },
    // Interactive, it asks for the documentation of all commands, which has another order each time.
    ask: (port) => tool("redis-cli", ["-h", HOST, "-p", String(port), "-r", "3", "set", "greeting", "你好"]),
  },
  {
    name: "curl",
    programs: ["python3", "curl"],
    words: ["--ignore", "^(Host|Date|Last-Modified): .*"],
    serve: async (port, folder, changed) => {
      await folder.put("page.html", changed ? "<p>再见" : "<p>你好");
      return tool("python3", ["-m", "http.server", String(port), "--bind", HOST], { cwd: folder.path });
    },
    ask: (port) => tool("curl", ["-sS", `http://${HOST}:${port}/page.html`]),
  },
  {
    name: "smtplib",
    programs: ["python3"],
    serve: (port, _folder, changed) => python("mail_server", [HOST, port, ...(changed ? ["goodbye"] : [])]),
    ask: (port) => tool("python3", ["-c", MAIL_CLIENT, String(port)]),
  },
  {
    name: "mosquitto_pub",
    programs: ["mosquitto", "mosquitto_pub"],
    serve: async (port, folder, changed) => {
      const file = await folder.put("mosquitto.conf", `listener ${port} ${HOST}\nallow_anonymous ${!changed}\n`);
      return tool("mosquitto", ["-c", file]);
    },
    ask: (port) => {
      const message = ["-i", "me", "-t", "room/温度", "-m", "21.5", "-q", "1", "-d"];
      return tool("mosquitto_pub", ["-h", HOST, "-p", String(port), ...message]);
    },
  },
  {
    name: "dig",
    programs: ["dnsmasq", "dig"],
    udp: true,
    listenWords: ["--copy", "0..2"],
    words: [],
    serve: (port, _folder, changed) => {
      const address = `--address=/sockeye.test/192.0.2.${changed ? 2 : 1}`;
      const words = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces"];
      return tool("dnsmasq", [...words, `--listen-address=${HOST}`, `--port=${port}`, "--user=root", address]);
    },
    ask: (port) => tool("dig", [`@${HOST}`, "-p", String(port), "+nocookie", "+noall", "+answer", "sockeye.test"]),
  },
];

for (const protocol of PROTOCOLS) {
  inFolder(`replay is the server and the client of ${protocol.name}`, async (folder) => {
    const { udp = false, words = [], listenWords = [], ask } = protocol;
    const scheme = udp ? "udp://" : "";
    const file = folder.at("talk.pcapng");
    const port = freePort();
    const serve = async (changed = false) => {
      const server = await protocol.serve(port, folder, changed);
      // dnsmasq listens on TCP too.
      const listens = () => connect(port).then((conn) => (conn.close(), true), () => false);
      assert(await eventually(listens), server.stderr);
      return server;
    };
    const tell = async (program: Program) => (await program.ends(0)).stdout;

    let said = "";
    {
      await using _server = await serve();
      await using tap = spawnSockeye([
        "tap",
        `${scheme}${HOST}:0`,
        `${scheme}${HOST}:${port}`,
        "--record",
        file,
        "-q",
        "--json",
      ], FILES);
      said = await tell(ask(await tap.port()));
      await tap.ends(143, "SIGTERM");
    }
    assertMatch(said, /\S/);
    {
      const args = ["replay", file, "--listen", `${scheme}${HOST}:0`, ...words, ...listenWords];
      await using server = spawnSockeye(args, FILES);
      const entrance = await server.port();
      for (let time = 0; time < 2; time++) assertEquals(await tell(ask(entrance)), said);
    }
    const play = (code: number) =>
      spawnSockeye(["replay", file, "--to", `${scheme}${HOST}:${port}`, ...words], FILES).ends(code);
    {
      await using _server = await serve();
      for (let time = 0; time < 2; time++) await play(0);
    }
    await using _changed = await serve(true);
    assertMatch((await play(10)).stderr, /^sockeye: .* differs at byte /m);
  }, needs(protocol.programs));
}
