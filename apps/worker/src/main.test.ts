import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const HERE = import.meta.dirname;

test('a worker whose port is taken says so and ends, before it so much as looks for a bake', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'bw-'));
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    squatter.close();
    await rm(directory, { recursive: true, force: true });
  });
  const { port } = squatter.address() as AddressInfo;
  const env = {
    ...process.env,
    BAKEHOUSE_WORKER_PORT: String(port),
    PACKER_BIN: path.join(HERE, '../../../test/fake-packer/packer'),
    BAKEHOUSE_STAGES: path.join(directory, 'st'),
    BAKEHOUSE_IMAGES: path.join(directory, 'images'),
    // Nothing listens there: a worker that asked it for bakes would wait for it.
    REDIS_URL: 'redis://127.0.0.1:1',
  };
  const said = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const argv = ['--import', 'tsx', path.join(HERE, 'main.ts')];
    execFile(process.execPath, argv, { env, timeout: 20_000 }, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    );
  });
  expect(said).toEqual({ code: 1, stderr: expect.stringContaining(`port ${port} on 127.0.0.1 cannot be used`) });
});
