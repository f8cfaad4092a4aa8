import { createServer } from 'node:net';

/** Listens for a moment on the port and answers with it, or with undefined when somebody else does. Port 0 is any free one. */
export async function claimPort(host: string, port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
      );
      server.listen({ host, port, exclusive: true }, () => {
        const address = server.address();
        resolve(address === null || typeof address === 'string' ? undefined : address.port);
      });
    });
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
