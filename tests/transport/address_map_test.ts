import { assertEquals } from "@std/assert";
import { AddressMap } from "../../lib/transport/address_map.ts";

const at = (hostname: string, port: number) => ({ hostname, port });

Deno.test("AddressMap keeps addresses apart by host and by port, and is empty when all are removed", () => {
  const map = new AddressMap<number>();
  assertEquals([map.isEmpty, map.get(at("a", 1))], [true, undefined]);
  map.set(at("a", 1), 1);
  map.set(at("a", 2), 2);
  map.set(at("b", 1), 3);
  map.set(at("b", 1), 4);
  assertEquals([map.get(at("a", 1)), map.get(at("a", 2)), map.get(at("b", 1)), map.get(at("b", 2))], [
    1,
    2,
    4,
    undefined,
  ]);
  for (const [hostname, port] of [["c", 1], ["a", 3], ["a", 1], ["a", 2]] as const) map.delete(at(hostname, port));
  assertEquals([map.isEmpty, map.get(at("a", 2)), map.get(at("b", 1))], [false, undefined, 4]);
  map.delete(at("b", 1));
  assertEquals(map.isEmpty, true);
});
