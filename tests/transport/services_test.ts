import { assertEquals } from "@std/assert";
import { numberPort, readPort } from "../../lib/transport/services.ts";

Deno.test("readPort() knows services by their names in any case", () => {
  const services = [["ssh", 22], ["Smtp", 25], ["dns", 53], ["HTTP", 80], ["mqtt", 1883], ["redis", 6379]] as const;
  for (const [name, port] of services) assertEquals(readPort(name), port);
});

/** Web addresses as they are typed, and with the number of the port. */
const URLS = [
  ["localhost:http-alt", "localhost:8080"],
  ["http://localhost:HTTP-alt/a:http", "http://localhost:8080/a:http"],
  ["http://[::1]:http-alt?q", "http://[::1]:8080?q"],
  ["http://user:http@host:https/", "http://user:http@host:443/"],
  ["http://user:http@host/", "http://user:http@host/"],
  ["http://localhost/x:http", "http://localhost/x:http"],
  ["http://localhost:8000/", "http://localhost:8000/"],
  ["http://localhost:nosuch/", "http://localhost:nosuch/"],
  ["http://localhost:toString/", "http://localhost:toString/"],
  [":http", ":80"],
] as const;

for (const [typed, expected] of URLS) {
  Deno.test(`numberPort() makes ${expected} of ${typed}`, () => assertEquals(numberPort(typed), expected));
}
