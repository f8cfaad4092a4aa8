import { openBakery } from '../bakery.ts';
import { claimPort } from '../stack/port.ts';
import { explainTrouble } from '../trouble.ts';
import { type Finding, fine, lacking, noted } from './finding.ts';

/** The api if there is one, its workers, and the port it would need if there is none. */
export async function lookAtBakery(url: string, { host, port }: { host: string; port: number }): Promise<Finding[]> {
  const bakery = openBakery(url, AbortSignal.timeout(5000));
  const ready = await bakery.ready();
  if (ready.ok) return [fine('api', `${url} is ready`), await lookAtWorkers(url)];
  const api =
    ready.no.kind === 'away'
      ? noted('api', `nobody answers at ${url}`, 'npm start runs one')
      : noted('api', explainTrouble(ready.no));
  return [api, await lookAtPort(host, port)];
}

async function lookAtWorkers(url: string): Promise<Finding> {
  const seen = await openBakery(url, AbortSignal.timeout(5000)).workers();
  if (!seen.ok) return noted('workers', explainTrouble(seen.no));
  const { workers } = seen.value;
  if (workers.length === 0) return noted('workers', 'none; bakes wait until one comes', 'npm run worker');
  return fine('workers', `${workers.length}, with ${workers.reduce((sum, { slots }) => sum + slots, 0)} slots`);
}

async function lookAtPort(host: string, port: number): Promise<Finding> {
  const mend = 'stop what listens there, or choose another with --port or PORT';
  try {
    const free = await claimPort(host, port);
    return free === undefined
      ? lacking('port', `${port} on ${host} is in use, and not by a Bakehouse api`, mend)
      : fine('port', `${port} on ${host} is free`);
  } catch (cause) {
    return lacking('port', `${port} on ${host}: ${cause instanceof Error ? cause.message : cause}`, mend);
  }
}
