import { setTimeout as sleep } from 'node:timers/promises';
import { type Bake, hasEnded } from '@bakehouse/bake';

/** Asks for a bake of one of the bench's templates; every call differs, so that none is answered by another. */
export async function ask(
  url: string,
  body: { template: string; variables: Record<string, string>; lane?: string },
): Promise<string> {
  const response = await fetch(`${url}/bakes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'local',
      region: 'bench',
      base: 'bookworm',
      ...body,
      variables: { ...body.variables, nonce: crypto.randomUUID() },
    }),
  });
  if (response.status !== 202) throw new Error(`POST /bakes answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as Bake).id;
}

export async function look(url: string, id: string): Promise<Bake> {
  const response = await fetch(`${url}/bakes/${id}`);
  if (!response.ok) throw new Error(`GET /bakes/${id} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Bake;
}

/** Polls until the bake has ended; throws unless it ended as expected. */
export async function ended(
  url: string,
  id: string,
  { as, everyMs }: { as: Bake['state']; everyMs: number },
): Promise<void> {
  for (;;) {
    const bake = await look(url, id);
    if (bake.state === as) return;
    if (hasEnded(bake)) throw new Error(`bake ${id} ended as ${bake.state}, not ${as}: ${JSON.stringify(bake)}`);
    await sleep(everyMs);
  }
}
