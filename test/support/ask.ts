import { setTimeout as sleep } from 'node:timers/promises';
import { type Bake, type BakeState, hasEnded } from '@bakehouse/bake';

/** What a test asks for, over what every test asks for: provider `local`, base `bookworm`, and a nonce, so that no bake is answered by another. */
export interface Asked {
  template: string;
  variables?: Record<string, string>;
  lane?: string;
  limits?: { timeoutSeconds?: number; idleSeconds?: number; graceSeconds?: number };
}

/** Answers with the new bake's id; throws unless it was taken. */
export async function ask(url: string, { variables = {}, ...body }: Asked): Promise<string> {
  const response = await fetch(`${url}/bakes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'local',
      region: 'here',
      base: 'bookworm',
      ...body,
      variables: { ...variables, nonce: crypto.randomUUID() },
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

export async function logOf(url: string, id: string): Promise<string> {
  return (await fetch(`${url}/bakes/${id}/log`)).text();
}

/** Polls until the bake is in that state; throws when it ends in another, or not within a minute. */
export async function becomes<S extends BakeState>(
  url: string,
  id: string,
  { state, everyMs = 50 }: { state: S; everyMs?: number },
): Promise<Extract<Bake, { state: S }>> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const bake = await look(url, id);
    if (bake.state === state) return bake as Extract<Bake, { state: S }>;
    if (hasEnded(bake)) throw new Error(`bake ${id} ended as ${bake.state}, not ${state}: ${JSON.stringify(bake)}`);
    if (Date.now() > deadline) throw new Error(`bake ${id} is ${bake.state} still, not ${state}`);
    await sleep(everyMs);
  }
}

/** Polls until a line of the bake's log says it. */
export async function says(url: string, id: string, words: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await logOf(url, id)).includes(words)) return;
    await sleep(50);
  }
  throw new Error(`the log of ${id} never said '${words}': ${await logOf(url, id)}`);
}
