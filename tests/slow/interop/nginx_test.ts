/** sockeye fetch and nginx, directly and through a proxy. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually, freePort, needs, type Program, python, tool } from "../../support/harness.ts";
import { Folder, inFolder, sha256 } from "../../fetch/helpers.ts";
import { RENAMING, runFetch, startFetch } from "../../fetch/program.ts";
import { connect } from "../../support/sockets.ts";
import { Certificates } from "../../support/certificates.ts";

/** 300 kB of text that compresses and shows what is lost, doubled or swapped. */
const TEXT = Array.from({ length: 30_000 }, (_, i) => String(i).padStart(9, "0")).join("\n");

/** nginx at work, with files of its own. */
class Nginx implements AsyncDisposable {
  readonly #program: Program;

  private constructor(
    private readonly folder: Folder,
    private readonly made: Certificates,
    private readonly ports: readonly [number, number],
  ) {
    this.#program = tool("nginx", ["-p", folder.path, "-c", folder.at("nginx.conf"), "-e", "stderr"]);
  }

  static async start(): Promise<Nginx> {
    const [folder, made] = await Promise.all([Folder.make(), Certificates.make()]);
    const { cert, key } = await made.selfSigned();
    const ports = [freePort(), freePort()] as const;
    await Deno.mkdir(folder.at("www"));
    await Deno.chmod(folder.path, 0o755);
    await Promise.all([
      folder.put("cert.pem", cert),
      folder.put("key.pem", key),
      folder.put("www/text.txt", TEXT),
      folder.put("www/index.html", "<title>index</title>"),
      folder.put("nginx.conf", config(folder.path, ports)),
    ]);
    const nginx = new Nginx(folder, made, ports);
    const answers = (port: number) => connect(port).then((conn) => (conn.close(), true), () => false);
    for (const port of ports) assert(await eventually(() => answers(port)), nginx.#program.stderr);
    return nginx;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.ports[0]}${path}`;
  }

  /** The same under TLS. */
  secure(path: string): string {
    return `https://127.0.0.1:${this.ports[1]}${path}`;
  }

  get ca(): string {
    return this.folder.at("cert.pem");
  }

  get log(): Promise<string> {
    return this.folder.get("access.log").then((text) => text ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.ends(0, "SIGTERM");
    await this.folder[Symbol.asyncDispose]();
    await this.made[Symbol.asyncDispose]();
  }
}

function config(folder: string, [port, tlsPort]: readonly [number, number]): string {
  return `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
events {}
http {
  log_format fields '$request "$http_range" "$http_if_range" "$http_accept_encoding" $status $body_bytes_sent';
  access_log ${folder}/access.log fields;
  client_body_temp_path ${folder}/1; proxy_temp_path ${folder}/2; fastcgi_temp_path ${folder}/3;
  uwsgi_temp_path ${folder}/4; scgi_temp_path ${folder}/5;
  types { text/plain txt; text/html html; }
  root ${folder}/www;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
    location /found/ { return 301 https://127.0.0.1:${tlsPort}/text.txt; }
    location /gzip/ { alias ${folder}/www/; gzip on; gzip_min_length 1; gzip_types text/plain; }
    location /slow/ { alias ${folder}/www/; limit_rate 100k; limit_rate_after 100k; }
    location /post { return 200 "$request_method $content_length"; }
  }
}`;
}

/** A test with a running nginx and a folder for what is fetched. */
function test(name: string, play: (nginx: Nginx, folder: Folder) => Promise<void>, programs: string[] = []): void {
  inFolder(name, async (folder) => {
    await using nginx = await Nginx.start();
    await play(nginx, folder);
  }, needs(["nginx", "openssl", ...programs]));
}

/** Fetches; `text.txt` must then be there, byte for byte. */
async function fetches(folder: Folder, args: readonly string[], name = "text.txt"): Promise<string> {
  const { code, stderr, stdout } = await runFetch(folder, [...args, "-v"]);
  assertEquals(code, 0, stderr);
  assertEquals([await folder.names(), await folder.get(name) === TEXT], [[name], true]);
  assertMatch(stderr, new RegExp(`^sha256 ${await sha256(TEXT)}$`, "m"));
  return stdout;
}

test("fetch saves a file from nginx, and an index under the site's name", async (nginx, folder) => {
  const header = await fetches(folder, [nginx.url("/text.txt")]);
  assertMatch(header, /^HTTP\/1\.1 200 OK\r\nServer: nginx[^]*\r\nETag: "[^]*\r\n\r\n$/);
  const { code } = await runFetch(folder, [nginx.url("/")]);
  assertEquals([code, await folder.get("127.0.0.1.html")], [0, "<title>index</title>"]);
});

test("fetch undoes what nginx has compressed, or keeps it with --raw", async (nginx, folder) => {
  assertMatch(await fetches(folder, [nginx.url("/gzip/text.txt")]), /^Content-Encoding: gzip\r$/m);
  await runFetch(folder, [nginx.url("/gzip/text.txt"), "--raw", "-H", "Accept-Encoding: gzip", "-o", "raw.gz"]);
  const gzip = await Deno.readFile(folder.at("raw.gz"));
  assert(gzip.length < TEXT.length / 2, `${gzip.length} bytes`);
  const plain = new Blob([gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(plain).text() === TEXT, true);
});

test("fetch follows nginx's redirects", async (nginx, folder) => {
  const header = await fetches(folder, [nginx.url("/moved/text.txt")]);
  assertEquals(header.match(/^HTTP\/1\.1 \d+/gm), ["HTTP/1.1 302", "HTTP/1.1 200"]);
  // What a redirect calls it replaces nothing.
  await Deno.remove(folder.at("text.txt"));
  await fetches(folder, [nginx.url("/found/x"), "--insecure"]);
});

test("fetch --resume goes on from nginx where kill -9 stopped it", async (nginx, folder) => {
  await using program = startFetch(folder, [nginx.url("/slow/text.txt")]);
  const size = async () => (await Deno.stat(folder.at("text.txt.part")).catch(() => undefined))?.size ?? 0;
  assert(await eventually(async () => await size() > 0));
  program.signal("SIGKILL");
  await program.status();
  const part = await size();
  assert(part < TEXT.length, "it was faster than the test");
  await fetches(folder, [nginx.url("/slow/text.txt"), "--resume", "--limit-rate", "100m"]);
  assertMatch(await nginx.log, new RegExp(`"bytes=${part}-" "\\\\"?[^ ]+" "identity" 206 ${TEXT.length - part}$`, "m"));
});

test("fetch over https from nginx: --ca and --insecure work, without them it ends with 6", async (nginx, folder) => {
  const refused = await runFetch(folder, [nginx.secure("/text.txt")]);
  assertMatch(refused.stderr, /^sockeye: Cannot speak TLS with 127\.0\.0\.1: [^\n]*--ca[^\n]*\n$/);
  assertEquals([refused.code, await folder.names()], [6, []]);
  await fetches(folder, [nginx.secure("/text.txt"), "--ca", nginx.ca]);
  await fetches(folder, [nginx.secure("/text.txt"), "--insecure"]);
});

test("fetch goes through a proxy to http and https", async (nginx, folder) => {
  await using proxy = python("http_proxy", []);
  const [port] = await proxy.stdoutLine(/^\d+$/);
  await fetches(folder, [nginx.url("/text.txt"), "--proxy", `127.0.0.1:${port}`]);
  await proxy.stdoutLine(new RegExp(`^GET ${RegExp.escape(nginx.url("/text.txt"))} HTTP/1.1$`));
  for (const trust of [["--insecure"], ["--ca", nginx.ca]]) {
    const header = await fetches(folder, [nginx.secure("/text.txt"), "--proxy", `http://127.0.0.1:${port}`, ...trust]);
    assertEquals(header.includes("X-Proxy"), false, "the proxy's own answer is not the server's header");
    await proxy.stdoutLine(/^CONNECT 127\.0\.0\.1:\d+ HTTP\/1\.1$/);
  }
}, ["python3"]);

test("fetch reads the proxy variables where env is allowed", async (nginx, folder) => {
  await using proxy = python("http_proxy", []);
  const [port] = await proxy.stdoutLine(/^\d+$/);
  const asks = async (more: string[], no_proxy?: string) => {
    const options = {
      env: { http_proxy: `127.0.0.1:${port}`, no_proxy },
      only: [...RENAMING, ...more],
    };
    await startFetch(folder, [nginx.url("/")], options).ends(0);
    return proxy.stdout.trim().split("\n").length - 1;
  };
  const asked = [await asks([]), await asks(["--allow-env"]), await asks(["--allow-env"], "127.0.0.1")];
  assertEquals(asked, [0, 1, 1]);
}, ["python3"]);

test("fetch shows a proxy who it is", async (nginx, folder) => {
  await using proxy = python("http_proxy", [btoa("me:p@ss")]);
  const [port] = await proxy.stdoutLine(/^\d+$/);
  for (const [url, code] of [[nginx.url("/text.txt"), 8], [nginx.secure("/text.txt"), 4]] as const) {
    const { stderr, ...ending } = await runFetch(folder, [url, "--insecure", "--proxy", `http://127.0.0.1:${port}`]);
    assertMatch(stderr, /^sockeye: [^\n]*407 Who Are You[^\n]*\n$/);
    assertEquals(ending.code, code);
    await fetches(folder, [url, "--insecure", "--proxy", `http://me:p%40ss@127.0.0.1:${port}`]);
  }
}, ["python3"]);
