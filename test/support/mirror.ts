import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What a mirror does with one request: answer, say it is overloaded, hang up, hang up in the middle, or answer so many ms later. */
type Mood = 'serve' | 'unavailable' | 'hang up' | 'half' | number;

/** A package mirror on loopback that serves a directory as well, or as badly, as it is told to. */
export interface Mirror {
  /** `127.0.0.1:<port>` */
  host: string;
  /** The paths it was asked for since it was last told how to be. */
  asked: () => readonly string[];
  /** From now on: the mood for the request with this number, counted from 0, and path. */
  be: (mood: (number: number, path: string) => Mood) => void;
  stop: () => Promise<void>;
}

/** What lies below `/private/` is for `PRIVATE_USER` only. */
export async function startMirror(directory: string): Promise<Mirror> {
  let mood: (number: number, path: string) => Mood = () => 'serve';
  let asked: string[] = [];
  const server = createServer(async (request, response) => {
    const place = decodeURIComponent(new URL(request.url ?? '/', 'http://mirror.example').pathname);
    const today = mood(asked.length, place);
    asked.push(place);
    if (typeof today === 'number') await pause(today);
    if (today === 'hang up') return void request.socket.destroy();
    if (today === 'unavailable') return void response.writeHead(503).end();
    if (place.startsWith('/private/') && !isWelcome(request)) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="packages"' }).end();
    }
    await answer(response, path.join(directory, place.replace(/^\/private/, '')), today);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    asked: () => asked,
    be: (next) => {
      mood = next;
      asked = [];
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** With characters that mean something to those who read addresses, sources lists or expressions. */
export const PRIVATE_USER = { name: 'ann', password: 's3c+ret.$2' };

const isWelcome = ({ headers }: IncomingMessage): boolean =>
  headers.authorization === `Basic ${Buffer.from(`${PRIVATE_USER.name}:${PRIVATE_USER.password}`).toString('base64')}`;

async function answer(response: ServerResponse, file: string, mood: Mood): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-length': found.size });
  if (mood !== 'half') return void createReadStream(file).pipe(response);
  createReadStream(file, { end: Math.floor(found.size / 2) })
    .on('end', () => response.destroy())
    .pipe(response, { end: false });
}
