// A faulty peer: it answers each request as the test says, which no live suite does when asked to.
import { createServer } from "node:http";

/**
 * Calls `use` with the peer's address and the requests it got; `answer(request, response, place)` answers each.
 *
 * A request is its method, headers and parsed body.
 */
export async function withPeer(answer, use) {
  const requests = [];
  const server = createServer(async (incoming, response) => {
    let text = "";
    for await (const part of incoming) text += part;
    const request = { headers: incoming.headers, body: JSON.parse(text), url: incoming.url, socket: incoming.socket };
    requests.push(request);
    await answer(request, response, requests.length - 1);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}`, requests);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers a call with a result. */
export function succeed(request, response, result) {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ jsonrpc: "2.0", id: request.body.id, result }));
}

/** Answers a call with an error, as the services write it. */
export function fail(request, response, data, { status = 200, code = -32010, headers = {} } = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  const told = { detail: "It failed.", requestID: "r-1", retryable: false, ...data };
  const id = status === 200 ? request.body.id : null;
  response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message: "It failed.", data: told } }));
}
