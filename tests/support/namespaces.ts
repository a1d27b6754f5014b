/** Two machines with a cable between them, made of network namespaces of Linux: what one machine alone cannot show. */

import { Program, type StartOptions } from "./program.ts";
import { has, linux, sockeyeCommand, type SockeyeOptions } from "./harness.ts";

/**
 * Machine a is the namespace of this script: interface 77, `va`, with fe80::a and 10.9.0.1/25. Machine b is that of a process which
 * it starts: interface 78, `vb`, with fe80::b and 10.9.0.2/25. Both are gone when its standard input ends. The system adds no
 * link-local addresses of its own: it could choose one of them as the source.
 */
const CABLE = `
set -e
unshare -n sleep 600 & other=$!
trap 'kill $other' EXIT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
ip link add va index 77 type veth peer name vb index 78
ip link set va addrgenmode none
ip link set vb netns $other
ip link set lo up
ip addr add 10.9.0.1/25 broadcast + dev va
ip addr add fe80::a/64 dev va nodad
ip link set va up
b() { nsenter -t $other -n "$@"; }
b ip link set vb addrgenmode none
b ip link set lo up
b ip addr add 10.9.0.2/25 broadcast + dev vb
b ip addr add fe80::b/64 dev vb nodad
b ip link set vb up
echo "$$ $other"
cat
`;

/** Programs that the two machines need. */
export const NAMESPACE_TOOLS: readonly string[] = ["unshare", "nsenter", "ip"];

/** Whether this system lets a test make namespaces; some containers do not. */
export const hasNamespaces: boolean = linux && NAMESPACE_TOOLS.every(has) &&
  new Deno.Command("unshare", { args: ["-rn", "ip", "link", "add", "va", "type", "veth"], stderr: "null" })
    .outputSync().success;

/** The two machines. They end with the scope that holds them. */
export class TwoMachines implements AsyncDisposable {
  readonly #cable: Program;
  readonly #pids: Readonly<Record<"a" | "b", string>>;

  private constructor(cable: Program, a: string, b: string) {
    this.#cable = cable;
    this.#pids = { a, b };
  }

  static async open(): Promise<TwoMachines> {
    const cable = new Program(["unshare", "-rn", "sh", "-c", CABLE], { stdin: "piped" });
    const [, a = "", b = ""] = await cable.stdoutLine(/^(\d+) (\d+)$/);
    return new TwoMachines(cable, a, b);
  }

  /** Starts sockeye on a machine. */
  sockeye(machine: "a" | "b", args: readonly string[], options: SockeyeOptions = {}): Program {
    return this.tool(machine, sockeyeCommand(args, options), options);
  }

  tool(machine: "a" | "b", command: readonly string[], options: StartOptions = {}): Program {
    const enter = ["nsenter", "-t", this.#pids[machine], "-U", "--preserve-credentials", "-n"];
    return new Program([...enter, ...command], options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cable.closeStdin();
    await this.#cable.status();
  }
}
