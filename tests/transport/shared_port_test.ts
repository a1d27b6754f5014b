import { assertEquals, assertRejects } from "@std/assert";
import { SharedPort, type Socket } from "../../lib/transport/tcp.ts";
import { turn } from "../support/clock.ts";

/** A socket whose connections are made up. */
class FakeSocket implements Socket {
  readonly addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 9000 };
  asked = 0;
  #waiting: PromiseWithResolvers<Deno.TcpConn> | undefined;

  accept(): Promise<Deno.TcpConn> {
    this.asked++;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  bring(conn: FakeConn): void {
    this.#waiting?.resolve(conn as unknown as Deno.TcpConn);
    this.#waiting = undefined;
  }

  fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  close(): void {
    this.fail(new Deno.errors.BadResource("Listener has been closed"));
  }
}

class FakeConn {
  closed = false;

  constructor(readonly name: string) {}

  close(): void {
    this.closed = true;
  }
}

async function nameOf(accepting: Promise<Deno.TcpConn>): Promise<string> {
  return (await accepting as unknown as FakeConn).name;
}

Deno.test("SharedPort gives what its sockets accept, in the order in which it came, and asks each one again", async () => {
  const [one, two] = [new FakeSocket(), new FakeSocket()];
  const port = new SharedPort([one, two]);
  assertEquals(port.addr, one.addr);
  const first = port.accept();
  two.bring(new FakeConn("b"));
  assertEquals(await nameOf(first), "b");
  one.bring(new FakeConn("a"));
  await turn();
  assertEquals([one.asked, two.asked], [1, 1]);
  assertEquals(await nameOf(port.accept()), "a");
  const third = port.accept();
  assertEquals([one.asked, two.asked], [2, 2]);
  two.bring(new FakeConn("c"));
  assertEquals(await nameOf(third), "c");
  const last = port.accept();
  port.close();
  await assertRejects(() => last, Deno.errors.BadResource);
});

Deno.test("SharedPort tells the failure of a socket and asks it again", async () => {
  const [one, two] = [new FakeSocket(), new FakeSocket()];
  const port = new SharedPort([one, two]);
  const failing = port.accept();
  one.fail(new Error("too many open files"));
  await assertRejects(() => failing, Error, "too many open files");
  const next = port.accept();
  one.bring(new FakeConn("a"));
  assertEquals(await nameOf(next), "a");
  port.close();
});

Deno.test("SharedPort closes what has arrived when it is closed, and what arrives then", async () => {
  const [one, two, three] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
  const port = new SharedPort([one, two, three]);
  const [taken, waiting, late] = [new FakeConn("taken"), new FakeConn("waiting"), new FakeConn("late")];
  const first = port.accept();
  one.bring(taken);
  two.bring(waiting);
  assertEquals(await nameOf(first), "taken");
  await turn();
  three.bring(late);
  port.close();
  await turn();
  assertEquals([taken.closed, waiting.closed, late.closed], [false, true, true]);
});
