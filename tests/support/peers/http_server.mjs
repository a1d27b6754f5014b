// Node's HTTP server with one page in Chinese, on any port: node http_server.mjs
import { createServer } from "node:http";

const PAGE = "<title>首页</title><p>你好，世界</p>";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.statusCode = request.url === "/" ? 200 : 404;
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    const body = request.url === "/" ? PAGE : "<p>没有这个页面</p>";
    response.setHeader("Content-Length", Buffer.byteLength(body));
    response.end(request.method === "HEAD" ? undefined : body);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));
