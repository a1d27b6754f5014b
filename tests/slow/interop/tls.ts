/** What tests with certificates share. */

import { READ } from "../../support/failing.ts";
import { needs, type Program, spawnSockeye, tool } from "../../support/harness.ts";
import { Certificates } from "../../support/certificates.ts";

export const HOST = "127.0.0.1";

/** A test that has certificates: `1` is signed by `ca`. */
export function test(name: string, programs: readonly string[], play: (made: Certificates) => Promise<void>): void {
  Deno.test(name, needs(["openssl", ...programs]), async () => {
    await using made = await Certificates.make();
    await made.signed();
    await play(made);
  });
}

/** One of `client tls://` for each way in which it checks the server. */
export function testClient(
  what: string,
  programs: readonly string[],
  play: (made: Certificates, flags: readonly string[]) => Promise<void>,
): void {
  for (const flags of [[], ["-v"], ["--insecure"]]) {
    test(["client tls://", ...flags, what].join(" "), programs, (made) => play(made, flags));
  }
}

/** `server` under TLS with the first certificate. */
export function serveTls(made: Certificates, ...args: string[]): Program {
  const [mode = "echo", ...options] = args;
  return spawnSockeye(["server", mode, `tls://${HOST}:0`, ...made.own(), ...options], { permissions: READ });
}

/** `openssl s_server`, which gives lines back in reverse, to one client after the other. */
export class Reverser implements AsyncDisposable {
  private constructor(private readonly program: Program, readonly port: number) {}

  static async start(made: Certificates, number = 1, ...options: string[]): Promise<Reverser> {
    const own = ["-cert", made.at(`${number}.pem`), "-key", made.at(`${number}.key`)];
    const program = tool("openssl", ["s_server", "-accept", `${HOST}:0`, ...own, "-rev", ...options]);
    const [, port] = await program.stdoutLine(/^ACCEPT .*:(\d+)$/);
    return new Reverser(program, Number(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}
