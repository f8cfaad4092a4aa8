import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readStackConfig, type StackVariable } from '../config.ts';
import { claimPorts, type PortWishes } from './claim-ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function takenPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

function wishes(settings: Partial<Record<StackVariable, string>>, rest: Partial<PortWishes> = {}): PortWishes {
  const config = readStackConfig(settings, { url: '', plain: true, variables: {}, asItIs: {} });
  if (!config.ok) throw new Error('these settings are wrong');
  return { config: config.value, workers: 1, ifPortTaken: 'refuse', ...rest };
}

test('a port that is taken is refused with its number and its flag', async () => {
  const port = await takenPort();
  const claimed = await claimPorts(wishes({ PORT: String(port) }));
  expect(claimed).toMatchObject({ ok: false, no: { what: `port ${port} on 127.0.0.1 is in use` } });
  expect(claimed).toMatchObject({ no: { mend: expect.stringContaining('--port') } });
});

test('a demo moves to a free port', async () => {
  const port = await takenPort();
  const claimed = await claimPorts(wishes({ PORT: String(port) }, { ifPortTaken: 'move' }));
  expect(claimed.ok && claimed.value.api).toBeGreaterThan(0);
  expect(claimed.ok && claimed.value.api).not.toBe(port);
});

test('a worker port that was asked for is refused when taken, one that was not is another', async () => {
  const port = await takenPort();
  expect(await claimPorts(wishes({ PORT: '0', BAKEHOUSE_WORKER_PORT: String(port) }))).toMatchObject({
    no: { what: `port ${port} on 127.0.0.1 is in use`, mend: expect.stringContaining('--worker-port') },
  });
  const several = await claimPorts(wishes({ PORT: '8088' }, { workers: 3, ifPortTaken: 'move' }));
  expect(new Set(several.ok ? [several.value.api, ...several.value.workers] : []).size).toBe(4);
});

test('an address to listen on everywhere is reached on loopback', async () => {
  expect(await claimPorts(wishes({ PORT: '0', HOST: '0.0.0.0' }))).toMatchObject({ value: { host: '127.0.0.1' } });
});

test('an address of another machine is refused with the flag', async () => {
  expect(await claimPorts(wishes({ PORT: '0', HOST: '192.0.2.1' }))).toMatchObject({
    no: { what: expect.stringContaining('192.0.2.1'), mend: expect.stringContaining('--host') },
  });
});
