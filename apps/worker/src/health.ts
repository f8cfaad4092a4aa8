import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a worker tells those who ask it over HTTP. */
export interface Telling {
  /** True from the first look into the queue until draining begins. */
  isReady: () => boolean;
  metrics: () => Promise<string>;
}

/** Serves `/health`, `/ready` and `/metrics`, and nothing else. Rejects when the port is taken. */
export async function listen(
  telling: Telling,
  { host, port }: { host: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(async ({ url }, response) => {
    const { status, body } = await answer(url ?? '/', telling);
    response.writeHead(status, {
      'content-type': url === '/metrics' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json',
    });
    response.end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(`port ${port} on ${host} cannot be used for metrics; set BAKEHOUSE_WORKER_PORT to a free one`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function answer(url: string, { isReady, metrics }: Telling): Promise<{ status: number; body: string }> {
  switch (url.split('?', 1)[0]) {
    case '/health':
      return { status: 200, body: JSON.stringify({ status: 'UP' }) };
    case '/ready':
      return isReady() ? { status: 200, body: '{"status":"READY"}' } : { status: 503, body: '{"status":"NOT_READY"}' };
    case '/metrics':
      return { status: 200, body: await metrics() };
    default:
      return {
        status: 404,
        body: JSON.stringify({ error: 'not-found', message: 'there are /health, /ready and /metrics' }),
      };
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
