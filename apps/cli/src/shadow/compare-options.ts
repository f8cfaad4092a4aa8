import { type Answer, isMembers, jsonOf, type Members, messageOf } from './answer.ts';
import { compareMessages } from './compare-messages.ts';
import { type Difference, shown } from './difference.ts';

/** Two answers about what may be baked: all of it, one provider's, or one base image. */
export function compareOptions(upstream: Answer, ours: Answer): Difference[] {
  if (upstream.status !== ours.status)
    return [{ kind: 'status', upstream: String(upstream.status), ours: String(ours.status) }];
  if (upstream.status !== 200) return compareMessages(messageOf(upstream.text), messageOf(ours.text));
  const [theirs, own] = [jsonOf(upstream.text), jsonOf(ours.text)];
  if (theirs === undefined) return [{ kind: 'options', upstream: 'no JSON', ours: 'JSON' }];
  return compareValues('', theirs, own).slice(0, MOST);
}

/** Of one pair of answers: a list that has nothing in common would make a report of its own. */
const MOST = 20;

/** Null and absent are the same to every caller. */
function compareValues(where: string, upstream: unknown, ours: unknown): Difference[] {
  if ((upstream ?? null) === (ours ?? null)) return [];
  const [theirs, own] = [byName(upstream), byName(ours)];
  if (theirs && own) return [...compareNamed(where, theirs, own), ...compareOrder(where, theirs, own)];
  if (isMembers(upstream) && isMembers(ours)) return compareNamed(where, mapOf(upstream), mapOf(ours));
  if (JSON.stringify(upstream) === JSON.stringify(ours)) return [];
  return [{ kind: 'options', where, upstream: shown(upstream ?? null), ours: shown(ours ?? null) }];
}

type Named = ReadonlyMap<string, unknown>;

function compareNamed(where: string, upstream: Named, ours: Named): Difference[] {
  const names = [...new Set([...upstream.keys(), ...ours.keys()])];
  return names.flatMap((name) =>
    compareValues(where === '' ? name : `${where}.${name}`, upstream.get(name), ours.get(name)),
  );
}

/** Only what both have can be in another order. The classic bakery has no order of providers. */
function compareOrder(where: string, upstream: Named, ours: Named): Difference[] {
  const theirs = [...upstream.keys()].filter((name) => ours.has(name)).join(', ');
  const own = [...ours.keys()].filter((name) => upstream.has(name)).join(', ');
  if (theirs === own) return [];
  const difference: Difference = {
    kind: 'options',
    where: `order of ${where || 'providers'}`,
    upstream: shown(theirs),
    ours: shown(own),
  };
  return [where === '' ? { ...difference, meant: 'D17' } : difference];
}

/** A list of providers or base images; of two with one name the first counts, as it does for who bakes. */
function byName(value: unknown): Named | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.map((item) => [nameOf(item), item] as const);
  if (!entries.every((entry): entry is readonly [string, unknown] => entry[0] !== undefined)) return undefined;
  const named = new Map<string, unknown>();
  for (const [name, item] of entries) if (!named.has(name)) named.set(name, item);
  return named;
}

function nameOf(item: unknown): string | undefined {
  if (!isMembers(item)) return undefined;
  const name = item['cloudProvider'] ?? item['id'];
  return typeof name === 'string' ? name : undefined;
}

const mapOf = (members: Members): Named => new Map(Object.entries(members));
