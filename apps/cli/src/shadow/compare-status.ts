import { isMembers, jsonOf } from './answer.ts';
import { type Difference, shown } from './difference.ts';

/** The status of a bake as ours would be written; of `id` where the caller has named one. */
export function compareStatusBody(text: string, id?: string): Difference[] {
  const status = jsonOf(text);
  if (!isMembers(status)) return [{ kind: 'body', upstream: 'no JSON object', ours: 'the status of a bake' }];
  const names = Object.keys(status).sort().join(', ');
  const wrong = (where: string, ours: string): Difference[] => [
    { kind: 'body', where, upstream: shown(status[where] ?? null), ours },
  ];
  if (names !== NAMES) return [{ kind: 'body', where: 'members', upstream: shown(names), ours: NAMES }];
  if (typeof status['id'] !== 'string' || status['id'] === '') return wrong('id', 'text');
  if (id !== undefined && status['id'] !== id) return wrong('id', id);
  if (status['resource_id'] !== status['id']) return wrong('resource_id', `the id, ${status['id']}`);
  if (typeof status['state'] !== 'string' || !RESULT_OF.has(status['state']))
    return wrong('state', [...RESULT_OF.keys()].join(', '));
  const result = RESULT_OF.get(status['state']) ?? null;
  return status['result'] === result ? [] : wrong('result', `${result}, as it is ${status['state']}`);
}

const NAMES = 'id, resource_id, result, state';

const RESULT_OF: ReadonlyMap<string, string | null> = new Map([
  ['RUNNING', null],
  ['COMPLETED', 'SUCCESS'],
  ['CANCELED', 'FAILURE'],
]);
