import { assertEquals } from "@std/assert";
import { DescriptorReserve } from "../../lib/server/descriptors.ts";
import { turn } from "../support/clock.ts";
import { FakeChannel, FakeListener, run, systemError } from "../support/net.ts";
import { ECHO } from "./helpers.ts";

Deno.test("DescriptorReserve.release() gives its descriptors up once", () => {
  using reserve = new DescriptorReserve(2);
  assertEquals([reserve.release(), reserve.release()], [true, false]);
});

Deno.test("serve() that is out of descriptors gives up the reserve, and turns others away from then on", async () => {
  using reserve = new DescriptorReserve(1);
  const listener = new FakeListener();
  await using server = run(listener, ECHO, { reserve });
  const [first, second, third] = [1, 2, 3].map((number) => new FakeChannel(`10.0.0.${number}`));
  listener.bring(first!, second!);
  await turn();
  listener.bring(systemError("EMFILE"), third!);
  await server.recorder.until("notice", ({ message }) => message.startsWith("10.0.0.3"));
  assertEquals(server.recorder.of("notice").map(({ message }) => message), [
    "At most 2 connections at a time instead of 1024: this process may open no more files (ulimit -n)",
    "10.0.0.3:5000 turned away: too many connections (limit 2)",
  ]);
  assertEquals([third!.written, reserve.release()], [["sockeye: too many connections (limit 2)\n"], false]);
});
