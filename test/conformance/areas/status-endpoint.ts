import { z } from 'zod';
import { aRequest, type TestBakery } from '../../../apps/api/src/testing/open-bakery.ts';
import { BakeKey } from '../../../packages/bake/src/key.ts';
import type { Vector } from '../vector.ts';
import { compare, deviation, notYet, type Verdict } from '../verdict.ts';
import { inHouse } from './house.ts';

const Status = z.looseObject({ id: z.string(), state: z.string() });
const Input = z.strictObject({
  endpoint: z.enum(['/status/instance', '/status/all']),
  instanceId: z.string(),
  incomplete: z.record(z.string(), z.array(z.string())),
  statuses: z.record(z.string(), Status),
});
type Input = z.infer<typeof Input>;

const Instance = z.object({ status: z.string(), bakes: z.array(Status) });
const Fleet = z.object({ instance: z.string(), instances: z.record(z.string(), Instance) });

/**
 * The reference's instances are api and worker in one. Here its own bakes wait at the api, the others' are in the hands of workers of those ids, and
 * an id without a record is a bake that was removed while its worker clears away after it.
 */
export async function checkStatusEndpoint({ input, expected }: Vector): Promise<Verdict> {
  const asked = Input.parse(input);
  const ended = Object.values(asked.statuses).find(({ state }) => state !== 'RUNNING');
  if (ended) return notYet(`a bake that is ${ended.state} is in nobody’s hands here`);
  const hands = Object.entries(asked.incomplete).map(([instance, ids], index) => ({
    ...{ instance, lane: `lane-${index}` },
    waiting: ids.filter((id) => instance === asked.instanceId && id in asked.statuses),
    held: ids.filter((id) => instance !== asked.instanceId || !(id in asked.statuses)),
  }));
  const lanes = Object.fromEntries(['default', ...hands.map(({ lane }) => lane)].map((lane) => [lane, {}]));
  const more = JSON.stringify({ bakehouse: { lanes } });
  return inHouse({ more, instance: asked.instanceId }, async (house) => {
    const letGo = new AbortController();
    const ids = new Map<string, string>();
    for (const hand of hands) await fill(house, hand, { ...asked, letGo: letGo.signal, ids });
    let answer = (await house.api.inject(asked.endpoint)).body;
    letGo.abort();
    for (const [id, ours] of ids) answer = answer.replaceAll(ours, id);
    return judge(asked, expected, JSON.parse(answer));
  });
}

interface Hand {
  instance: string;
  lane: string;
  waiting: readonly string[];
  held: readonly string[];
}

/** Notes under which ids the bakes of the vector are known here. */
async function fill(
  house: TestBakery,
  { instance, lane, waiting, held }: Hand,
  { statuses, letGo, ids }: Pick<Input, 'statuses'> & { letGo: AbortSignal; ids: Map<string, string> },
): Promise<void> {
  for (const id of waiting) ids.set(id, (await ask(house, { id, lane: 'default' })).id);
  if (held.length === 0) return;
  const bake = () =>
    new Promise<'stopped'>((resolve) => letGo.addEventListener('abort', () => resolve('stopped'), { once: true }));
  await house.startWorker({ workerId: instance, lanes: [lane], bake });
  for (const id of held) {
    const bakeHere = await ask(house, { id, lane });
    ids.set(id, bakeHere.id);
    await house.reach(bakeHere.id, 'baking');
    if (!(id in statuses)) await house.queue.removeByKey(bakeHere.key, { reason: 'any', now: new Date() });
  }
}

async function ask({ api }: TestBakery, { id, lane }: { id: string; lane: string }): Promise<Known> {
  const payload = aRequest({ lane, variables: { nonce: id } });
  return Known.parse((await api.inject({ method: 'POST', url: '/bakes', payload })).json());
}

const Known = z.object({ id: z.string(), key: BakeKey });
type Known = z.infer<typeof Known>;

/** The order of bakes is that of a set there. What the fleet has in hand is told of each api, not of one of them alone. */
function judge({ endpoint, incomplete, statuses }: Input, expected: unknown, got: unknown): Verdict {
  if (endpoint === '/status/all') {
    const { instance, instances } = Fleet.parse(expected);
    const sorted = { instance, instances: mapValues(instances, inOrder) };
    const { instances: ours, ...rest } = Fleet.parse(got);
    return compare(sorted, { ...rest, instances: mapValues(ours, inOrder) });
  }
  const exact = compare(inOrder(Instance.parse(expected)), inOrder(Instance.parse(got)));
  if (exact.is === 'passed') return exact;
  const ids = Object.values(incomplete).flat();
  const bakes = ids.flatMap((id) => statuses[id] ?? []);
  const ofFleet = inOrder({ status: ids.length > 0 ? 'RUNNING' : 'IDLE', bakes });
  return compare(ofFleet, inOrder(Instance.parse(got))).is === 'passed' ? deviation('D23') : exact;
}

const inOrder = ({ status, bakes }: z.infer<typeof Instance>) => ({
  status,
  bakes: bakes.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
});

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
