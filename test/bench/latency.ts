import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, becomes } from '../support/ask.ts';
import type { Fleet } from '../support/fleet.ts';
import { nowMs } from './figures.ts';

/** Milliseconds, one sample a bake or a line. */
export interface Latencies {
  start: number[];
  visible: number[];
  line: number[];
  cancel: number[];
}

/** One bake at a time through a fleet whose Packer is `clock-packer`. */
export async function measureLatencies(fleet: Fleet, rounds: number): Promise<Latencies> {
  const found: Latencies = { start: [], visible: [], line: [], cancel: [] };
  await quick(fleet); // The first bake of a template pays for its validation.
  for (let round = 0; round < rounds; round++) {
    const { start, visible } = await quick(fleet);
    found.start.push(start);
    found.visible.push(visible);
  }
  for (let round = 0; round < Math.max(1, rounds / 10); round++) found.line.push(...(await lines(fleet)));
  for (let round = 0; round < rounds / 2; round++) found.cancel.push(await cancel(fleet));
  return found;
}

async function quick(fleet: Fleet): Promise<{ start: number; visible: number }> {
  const { clock, variables } = play(fleet, 'quick');
  const asked = nowMs();
  const id = await ask(fleet.url, { template: 'clock.json', variables });
  await becomes(fleet.url, id, { state: 'baked', everyMs: 4 });
  const seen = nowMs();
  return { start: (await told(clock, 'started')) - asked, visible: seen - (await told(clock, 'exited')) };
}

async function lines(fleet: Fleet): Promise<number[]> {
  const id = await ask(fleet.url, { template: 'clock.json', variables: play(fleet, 'lines').variables });
  const response = await fetch(`${fleet.url}/bakes/${id}/log`, { headers: { accept: 'text/event-stream' } });
  const samples: number[] = [];
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const seen = nowMs();
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const at = /at (\d+\.\d+)/.exec(part)?.[1];
      if (at) samples.push(seen - Number(at) * 1000);
    }
  }
  if (samples.length < 50) throw new Error(`only ${samples.length} of 60 lines came over SSE`);
  return samples;
}

async function cancel(fleet: Fleet): Promise<number> {
  const { clock, variables } = play(fleet, 'hang');
  const id = await ask(fleet.url, { template: 'clock.json', variables });
  await told(clock, 'started');
  await sleep(400); // Past Packer's start-up window, in which a signal is held back on purpose.
  const asked = nowMs();
  const response = await fetch(`${fleet.url}/bakes/${id}`, { method: 'DELETE' });
  if (!response.ok) throw new Error(`DELETE answered ${response.status}`);
  await becomes(fleet.url, id, { state: 'cancelled', everyMs: 20 });
  return (await told(clock, 'signalled')) - asked;
}

function play(fleet: Fleet, what: string): { clock: string; variables: Record<string, string> } {
  const clock = path.join(fleet.directory, `clock-${crypto.randomUUID()}`);
  return { clock, variables: { play: what, clock } };
}

/** When the bench's Packer wrote that word down, in milliseconds since the epoch; waits for it up to 30 s. */
async function told(clock: string, word: string): Promise<number> {
  for (let tries = 0; tries < 6000; tries++) {
    const text = await readFile(clock, 'utf8').catch(() => '');
    const at = new RegExp(`${word} (\\d+\\.\\d+)`).exec(text)?.[1];
    if (at) return Number(at) * 1000;
    await sleep(5);
  }
  throw new Error(`Packer never wrote '${word}' to ${clock}`);
}
