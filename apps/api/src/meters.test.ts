import { expect, test } from 'vitest';
import { openMeters } from './meters.ts';

const aCall = { controller: 'BakeryController', method: 'createBake', provider: undefined };
const took = { seconds: 0.1, bytes: undefined };

test('regions that callers make up do not become labels, neither by wrong calls nor by very many good ones', async () => {
  const meters = openMeters();
  for (let at = 0; at < 500; at += 1) {
    meters.invoked({ ...aCall, status: 404, region: `wrong-${at}` }, took);
    meters.invoked({ ...aCall, status: 200, region: `region-${at}` }, took);
    meters.ended({ id: 'b', provider: 'docker', region: `bake-${at}`, seconds: 1, state: 'baked' });
  }
  const text = await meters.print();
  const regions = new Set([...text.matchAll(/region="([^"]*)"/g)].map(([, region]) => region));
  expect([...regions].filter((region) => region?.startsWith('wrong'))).toEqual([]);
  expect(regions.size).toBe(51);
  expect(text).toMatch(/^bakesCompleted_seconds_count\{success="true",region="other"\} 4\d\d$/m);
});

test('a call that makes no bake never takes a label from a region that has bakes', async () => {
  const meters = openMeters();
  const regionsOf = async (method: string) =>
    [...(await meters.print()).matchAll(/^controller_invocations_seconds_count\{(.*)\} /gm)]
      .filter(([, labels]) => labels?.includes(`method="${method}"`))
      .map(([, labels]) => /region="([^"]*)"/.exec(labels ?? '')?.[1]);
  for (let at = 0; at < 100; at += 1)
    for (const method of [
      'lookupStatus',
      'lookupBake',
      'lookupLogs',
      'lookupLogsByImageId',
      'cancelBake',
      'deleteBake',
    ])
      meters.invoked({ ...aCall, method, status: 200, region: `made-up-${at}` }, took);
  meters.invoked({ ...aCall, status: 200, region: 'eu-west-1' }, took);
  meters.invoked({ ...aCall, method: 'lookupStatus', status: 200, region: 'eu-west-1' }, took);
  expect(await regionsOf('createBake')).toEqual(['eu-west-1']);
  expect(await regionsOf('lookupStatus')).toEqual(['other', 'eu-west-1']);
});

test('what was refused is counted under our name and not under the classic one', async () => {
  const meters = openMeters();
  for (const flavor of ['plain', 'joined', 'rebake', 'refused'] as const) meters.requested(flavor);
  const lines = (await meters.print()).split('\n').filter((line) => /^bakesRequested/.test(line));
  expect(lines).toEqual([
    'bakesRequested_total{flavor="plain"} 1',
    'bakesRequested_total{flavor="duplicate"} 1',
    'bakesRequested_total{flavor="rebake"} 1',
  ]);
  expect(await meters.print()).toContain('bakehouse_bakes_requested_total{flavor="refused"} 1');
});
