// What lies between the phones and the server: an ordinary HTTP relay that a test can make misbehave.
// Everything passes unchanged unless a test says otherwise.
import http from "node:http";

/**
 * Starts a relay on a free port.
 *
 * `answer(request)` may return `{ status, headers, body }` to answer in the server's place (a captive portal).
 * `rewrite(path, body)` may return another text for an answer of the server (a new version of a file).
 * `loseAnswer(request)` true: the server gets the request and answers, but the answer never arrives.
 */
export async function startBetween() {
  const rules = { answer: null, rewrite: null, loseAnswer: null, cut: false };
  let target = null;
  const sockets = new Set();
  const seen = [];

  const relay = http.createServer((request, response) => {
    seen.push({ method: request.method, path: request.url.split("?")[0] });
    if (rules.cut || !target) return request.socket.destroy();
    const own = rules.answer?.(request);
    if (own) {
      response.writeHead(own.status, own.headers);
      return response.end(own.body);
    }
    const onward = http.request(
      { host: target.hostname, port: target.port, method: request.method, path: request.url, headers: request.headers },
      (answer) => pass(request, response, answer),
    );
    onward.on("error", () => request.socket.destroy());
    request.pipe(onward);
  });

  function pass(request, response, answer) {
    if (rules.loseAnswer?.(request)) {
      answer.resume();
      answer.on("end", () => request.socket.destroy());
      return;
    }
    if (!rules.rewrite) {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on("error", () => response.destroy());
      response.on("close", () => answer.destroy());
      return answer.pipe(response);
    }
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => {
      const body = Buffer.concat(parts);
      const rewritten = rules.rewrite(request.url, body, answer);
      const { "content-length": _length, "transfer-encoding": _encoding, ...headers } = answer.headers;
      response.writeHead(answer.statusCode, headers);
      response.end(rewritten ?? body);
    });
  }

  relay.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise((listening) => relay.listen(0, "127.0.0.1", listening));

  return {
    url: `http://127.0.0.1:${relay.address().port}`,
    rules,
    seen,
    leadTo(url) {
      target = new URL(url);
    },
    /** Cuts every connection, now and until `mend()`. */
    cut() {
      rules.cut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      rules.cut = false;
    },
    async stop() {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
