// What lies between the phones and the server: an ordinary HTTP relay that a test can make misbehave.
// Everything passes unchanged unless a test says otherwise.
import http from "node:http";

/** A request's path without its query. */
export function pathOf(request) {
  return request.url.split("?")[0];
}

/** A rule for `answer`: whatever is asked below a path gets this status, and no word. */
export const failing = (path, status) => ({ url }) => (url.startsWith(path) ? { status, headers: {}, body: "" } : null);

/** No rule at all. */
export const EVERYTHING_PASSES = { answer: null, answerTo: null, rewrite: null, loseAnswer: null, hold: null, cutAfter: null };

/**
 * Starts a relay on a free port.
 *
 * `answer(request)` may return `{ status, headers, body }` to answer in the server's place (a captive portal).
 * `answerTo` says for a path what is answered in the server's place to what was sent: `{ "/api/sync/push": (text) => text }`.
 * `rewrite` says for a path what becomes of the server's text: `{ "/sw.js": (text) => text }` (a new version of a file).
 * `loseAnswer(request)` true: the server gets the request and answers, but the answer never arrives.
 * `cutAfter(request)` may return how many bytes of the body pass before the connection is cut.
 * `hold(request)` true: the request waits here until `letGo()` (a network that takes its time).
 */
export async function startBetween() {
  const rules = { ...EVERYTHING_PASSES, cut: false };
  let target = null;
  const held = [];
  const sockets = new Set();
  const seen = [];

  const relay = http.createServer((request, response) => {
    seen.push({ method: request.method, path: pathOf(request) });
    if (rules.hold?.(request)) held.push(() => handle(request, response));
    else handle(request, response);
  });

  function handle(request, response) {
    if (rules.cut || !target) return request.socket.destroy();
    const own = rules.answer?.(request);
    if (own) {
      response.writeHead(own.status, own.headers);
      return response.end(own.body);
    }
    const answerTo = rules.answerTo?.[pathOf(request)];
    if (answerTo) return whole(request, (text) => response.end(answerTo(text)));
    const rewrite = rules.rewrite?.[pathOf(request)];
    // What is rewritten comes as plain text, whole, and is another text than the one with the server's ETag.
    const { "accept-encoding": _encoding, "if-none-match": _known, ...plain } = request.headers;
    const headers = rewrite ? plain : request.headers;
    const onward = http.request(
      { host: target.hostname, port: target.port, method: request.method, path: request.url, headers },
      (answer) => pass(request, response, answer, rewrite),
    );
    onward.on("error", () => request.socket.destroy());
    const most = rules.cutAfter?.(request) ?? null;
    if (most === null) return request.pipe(onward);
    let passed = 0;
    request.on("data", (part) => {
      const rest = part.subarray(0, most - passed);
      passed += rest.length;
      onward.write(rest, () => {
        if (passed < most) return;
        onward.destroy();
        request.socket.destroy();
      });
    });
  }

  function pass(request, response, answer, rewrite) {
    if (rules.loseAnswer?.(request)) {
      answer.resume();
      answer.on("end", () => request.socket.destroy());
      return;
    }
    if (!rewrite) {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on("error", () => response.destroy());
      response.on("close", () => answer.destroy());
      return answer.pipe(response);
    }
    whole(answer, (text) => {
      const { "content-length": _length, "transfer-encoding": _encoding, etag: _etag, ...headers } = answer.headers;
      response.writeHead(answer.statusCode, headers);
      response.end(rewrite(text));
    });
  }

  /** A body, once all of it is here. */
  function whole(stream, take) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => take(Buffer.concat(parts).toString()));
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
    /** What waited goes on, and nothing waits any more. */
    letGo() {
      rules.hold = null;
      for (const goOn of held.splice(0)) goOn();
    },
    async stop() {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
