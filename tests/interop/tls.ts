/** What tests with certificates share. */

import { READ } from "../support/failing.ts";
import { needs, type Program, spawnSockeye, tool } from "../support/harness.ts";
import { Certificates } from "../support/certificates.ts";

export const HOST = "127.0.0.1";

/** Certificates in files, those of {@linkcode Certificates} by their number. */
export interface Scene {
  readonly made: Certificates;
  /** The path of a file: `ca.pem`, `1.pem`, `1.key`. */
  at(name: string): string;
}

/** A test that has certificates: `1` is signed by `ca`. */
export function test(name: string, programs: readonly string[], play: (scene: Scene) => Promise<void>): void {
  Deno.test(name, needs(["openssl", ...programs]), async () => {
    await using made = await Certificates.make();
    await made.signed();
    await play({ made, at: (file) => made.at(file) });
  });
}

/** `server` under TLS with the first certificate. */
export function serveTls({ made }: Scene, ...args: string[]): Program {
  const [mode = "echo", ...options] = args;
  return spawnSockeye(["server", mode, `tls://${HOST}:0`, ...made.own(), ...options], { permissions: READ });
}

/** `openssl s_server`, which gives lines back in reverse, to one client after the other. */
export class Reverser implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #program: Program;

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.port = port;
  }

  static async start({ at }: Scene, number = 1, ...options: string[]): Promise<Reverser> {
    const own = ["-cert", at(`${number}.pem`), "-key", at(`${number}.key`)];
    const program = tool("openssl", ["s_server", "-accept", `${HOST}:0`, ...own, "-rev", ...options]);
    const [, port] = await program.stdoutLine(/^ACCEPT .*:(\d+)$/);
    return new Reverser(program, Number(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
