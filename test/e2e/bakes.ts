import { setTimeout as pause } from 'node:timers/promises';
import { Bake, type EndedBake, hasEnded } from '@bakehouse/bake';
import type { Fleet } from '../support/fleet.ts';

/** Asks a fleet for a bake, whatever equal one stands; answers with its id. */
export async function ask({ url }: Fleet, request: Record<string, unknown>): Promise<string> {
  const answer = await fetch(`${url}/bakes?rebake=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = await answer.text();
  if (answer.status !== 202) throw new Error(`POST /bakes was answered ${answer.status}: ${body}`);
  return JSON.parse(body).id;
}

/** Waits for a bake's last state, ten minutes at most. */
export async function ended(fleet: Fleet, id: string): Promise<EndedBake> {
  const deadline = Date.now() + 600_000;
  while (Date.now() < deadline) {
    const bake = await find(fleet, id);
    if (hasEnded(bake)) return bake;
    await pause(100);
  }
  throw new Error(`bake ${id} has not ended within ten minutes; its log:\n${await logOf(fleet, id)}`);
}

export async function find({ url }: Fleet, id: string): Promise<Bake> {
  const answer = await fetch(`${url}/bakes/${id}`);
  const { links: _links, ...record } = (await answer.json()) as Record<string, unknown>;
  return Bake.parse(record);
}

export const logOf = async ({ url }: Fleet, id: string): Promise<string> =>
  (await fetch(`${url}/bakes/${id}/log`)).text();

export const cancel = async ({ url }: Fleet, id: string): Promise<number> =>
  (await fetch(`${url}/bakes/${id}`, { method: 'DELETE' })).status;

/** How long Packer and what it ran took. */
export function secondsBaking(bake: EndedBake): number {
  if (!('startedAt' in bake) || bake.startedAt === undefined) return 0;
  return (Date.parse(bake.finishedAt) - Date.parse(bake.startedAt)) / 1000;
}
