/** Correct programs of different make, none of which `check` may fail. */

import { Folder } from "../../fetch/helpers.ts";
import { freePort, type Program, spawnSockeye, tool } from "../harness.ts";
import { judge, type Judged, judgeFile } from "./learner.ts";

/** A program without a mistake. */
export interface Right {
  readonly name: string;
  readonly suite: string;
  /** Cases that it fails now and then. */
  readonly mayFail?: readonly string[];
  /** Starts it, lets it be judged, and ends it. */
  judge(): Promise<Judged>;
}

const LINES = ["--frame", "line"];

const SOCAT_OPTIONS = "bind=127.0.0.1,reuseaddr,fork,backlog=128";

/** A file of `right/`. */
function file(name: string, suite: string, args: readonly string[] = []): Right {
  return { name, suite, judge: () => judgeFile(suite, `right/${name}`, args) };
}

/** A program that is told the port. */
function told(name: string, suite: string, start: (port: number) => Program, args: readonly string[] = []): Right {
  return {
    name,
    suite,
    judge: async () => {
      const port = freePort();
      await using _ = start(port);
      // It may take its time; `check` waits for the port.
      return await judge(suite, suite === "udp" ? `udp://127.0.0.1:${port}` : port, args);
    },
  };
}

/** A server of sockeye. */
function own(words: readonly string[], suite: string, args: readonly string[] = []): Right {
  return {
    name: `sockeye server ${words.join(" ")}`,
    suite,
    judge: async () => {
      await using server = spawnSockeye(["server", ...words]);
      const port = await server.port();
      return await judge(suite, suite === "udp" ? `udp://127.0.0.1:${port}` : port, args);
    },
  };
}

/**
 * ncat ends the program that it runs as soon as a client has finished, so that the last answer may be lost. It also writes to
 * that program without reading from it: with both pipes full, each waits for the other for ever.
 */
const NCAT: Right = {
  ...told("ncat", "echo", (port) => tool("ncat", ["-lk", "127.0.0.1", String(port), "-e", "/bin/cat"])),
  mayFail: ["3", "7", "8"],
};

/** nginx with a page in Chinese. */
const NGINX: Right = {
  name: "nginx",
  suite: "http",
  judge: async () => {
    await using folder = await Folder.make({ "index.html": "<!doctype html><title>网页</title><p>你好，世界！\n" });
    await Deno.chmod(folder.path, 0o755);
    const port = freePort();
    const config = await folder.put("nginx.conf", nginxConfig(folder.path, port));
    await using _ = tool("nginx", ["-p", folder.path, "-c", config, "-e", "stderr"]);
    return await judge("http", port);
  },
};

export function nginxConfig(folder: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) =>
    `${one}_temp_path ${folder}/${one};`
  );
  return `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr crit;
events {}
http {
  access_log off; ${temporary.join(" ")}
  types { text/html html; }
  root ${folder};
  server { listen 127.0.0.1:${port}; }
}`;
}

/** All of them, in the order of the suites. */
export const RIGHT: readonly Right[] = [
  ...["blocking.py", "threads.py", "pool.py", "select.py", "asyncio.py", "pipe.mjs", "epoll.c"]
    .map((one) => file(`echo_${one}`, "echo")),
  told("socat", "echo", (port) => tool("socat", [`TCP-LISTEN:${port},${SOCAT_OPTIONS}`, "EXEC:cat"])),
  NCAT,
  own(["echo", "0"], "echo"),
  file("reply_lines.py", "reply", LINES),
  file("reply_readline.mjs", "reply", LINES),
  own(["reply", "0", "--text", "received", ...LINES], "reply", LINES),
  file("client_lines.py", "client/echo"),
  file("client_lines.py", "client/reply"),
  file("chat_threads.py", "chat"),
  own(["chat", "0"], "chat"),
  file("http_python.py", "http"),
  file("http_node.mjs", "http"),
  NGINX,
  file("udp_echo.py", "udp"),
  file("udp_reply.mjs", "udp"),
  own(["echo", "udp://:0"], "udp"),
  file("client_urllib.py", "client/http"),
];
