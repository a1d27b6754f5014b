/** Node's web server: a page, and the length of what is posted. */
import { createServer } from "node:http";

process.stdin.resume().on("end", () => process.exit());
const server = createServer(async (request, response) => {
  let length = 0;
  for await (const part of request) length += part.length;
  response.statusCode = request.url === "/" ? 200 : 404;
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.end(request.method === "POST" ? `${length} bytes\n` : "<!doctype html><title>网页</title><p>你好，世界！\n");
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));
