import { z } from 'zod';
import { aRequest, type TestBakery } from '../../../apps/api/src/testing/open-bakery.ts';
import type { Vector } from '../vector.ts';
import { compare, notYet, type Verdict } from '../verdict.ts';
import { inHouse } from './house.ts';

const Input = z.strictObject({
  rebake: z.string().nullish(),
  existing: z.strictObject({ state: z.string(), result: z.string().nullish() }).nullish(),
});

/** How an equal bake that stands already came to be as the vector has it; a good end without a good result has no other word here than a failure. */
function endingOf({ state, result }: { state: string; result?: string | null | undefined }): Ending | undefined {
  if (state === 'RUNNING') return { end: 'never', comesTo: 'baking' };
  if (state === 'COMPLETED' && result === 'SUCCESS') return { end: 'baked', comesTo: 'baked' };
  if (state === 'COMPLETED' || state === 'CANCELED') return { end: 'failed', comesTo: 'failed' };
  return undefined;
}
interface Ending {
  end: string;
  comesTo: 'baking' | 'baked' | 'failed';
}

/** Makes the bake that stands, asks as the vector does, and looks what came of both and how it was counted. */
export async function checkDecision({ input, expected }: Vector): Promise<Verdict> {
  const { rebake, existing } = Input.parse(input);
  const ending = existing ? endingOf(existing) : undefined;
  if (existing && !ending) return notYet(`no bake here is ever ${existing.state}`);
  return inHouse({}, async (house) => {
    await house.startWorker();
    const body = bodyOf(ending?.end ?? 'baked');
    const standing = ending && (await create(house, body, null));
    if (standing && ending) await house.reach(standing, ending.comesTo);

    const before = await flavors(house);
    const got = await create(house, body, rebake ?? null);
    const after = await flavors(house);
    const counted = Object.keys(after).filter((flavor) => after[flavor] !== (before[flavor] ?? 0));
    return compare(expected, {
      action: got === standing ? 'reuse' : 'start',
      flavor: counted.join(' and '),
      cancelExisting: standing !== undefined && (await wasCancelled(house, { standing, got, ending })),
    });
  });
}

const bodyOf = (end: string) => ({
  cloud_provider_type: 'local',
  base_os: aRequest().base,
  package: 'hello',
  extended_attributes: { end },
});

async function create({ api }: TestBakery, payload: object, rebake: string | null): Promise<string> {
  const query = rebake === null ? '' : `?rebake=${encodeURIComponent(rebake)}`;
  const answer = await api.inject({ method: 'POST', url: `/api/v1/here/bake${query}`, payload });
  return z.object({ id: z.string() }).parse(answer.json()).id;
}

/** What dashboards for a classic bakery see. */
async function flavors({ api }: TestBakery): Promise<Record<string, number>> {
  const { body } = await api.inject('/metrics');
  const lines = [...body.matchAll(/^bakesRequested_total\{flavor="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, flavor = '', count]) => [flavor, Number(count)]));
}

/** One that was running is given the time that its worker takes to hear of it. */
async function wasCancelled(
  house: TestBakery,
  { standing, got, ending }: { standing: string; got: string; ending: Ending | undefined },
): Promise<boolean> {
  if (got !== standing && ending?.comesTo === 'baking') await house.reach(standing, 'cancelled');
  return (await house.queue.find(standing))?.state === 'cancelled';
}
