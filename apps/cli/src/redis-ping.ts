import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { no, type Result, yes } from '@bakehouse/bake';

/** Asks a Redis whether it serves, in its own words on a bare socket. A "no" says why not. */
export async function pingRedis(redisUrl: string, withinMs: number): Promise<Result<'pong', string>> {
  const { protocol, hostname, port, username, password } = new URL(redisUrl);
  const where = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
  const socket = protocol === 'rediss:' ? connectTls({ ...where, servername: where.host }) : connect(where);
  const auth = password === '' ? '' : command('AUTH', ...[username, password].filter(Boolean).map(decodeURIComponent));
  return new Promise((resolve) => {
    let heard = '';
    const end = (answer: Result<'pong', string>) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(no(`no answer within ${withinMs / 1000} s`)), withinMs);
    socket.on('error', (error) => end(no(error.message)));
    socket.on('close', () => end(no('it closed the connection')));
    socket.on('data', (chunk) => {
      heard += chunk.toString('utf8');
      // An answer to AUTH comes first, and counts: a PONG may follow all the same.
      const refused = /^-(.*)\r\n/m.exec(heard);
      if (refused) end(no(`it says ${refused[1]}`));
      else if (heard.includes('+PONG')) end(yes('pong'));
    });
    socket.write(`${auth}${command('PING')}`);
  });
}

const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
