import type { Difference } from './difference.ts';
import type { Naming } from './same-name.ts';

/** A bake that upstream gave for a create, and what our plan of that create says. */
export interface SeenBake {
  id: string;
  /** The classic bakery's key, by our plan. */
  classicKey: string;
  /** The key that we would bake under. */
  key: string;
  recipe: { provider: string; region: string; imageName: string };
  /** What the cloud may call the image instead. */
  ownNames: readonly string[];
  copiedTo: readonly string[];
  naming: Naming;
  build: { build_info_url: string | null; build_number: string | null };
}

/** How a create came by its bake. */
export interface Creation {
  rebake: 'yes' | 'no';
  /** Upstream's word for the bake's state. */
  state: string;
  /** Whether nothing that takes keys from bakes went on at the same time. */
  settled: boolean;
  /** Whether the caller has named the id. */
  ownId: boolean;
}

/** What upstream has shown of its bakes: which id stands for which key. Forgets the oldest. */
export interface SeenBakes {
  /** A create was answered with `bake`; tells where that contradicts what was seen before. */
  created(bake: SeenBake, creation: Creation): Difference[];
  /** Upstream says what has become of a bake, or (`gone`) that it knows none. */
  found(id: string, state: string): Difference[];
  /** The key stands for no bake any more; without a key, no key may. */
  released(classicKey?: string): void;
  find(id: string): SeenBake | undefined;
}

const MOST = 10_000;

/** The bake that a key stands for. Where it is `lost`, it may have ended or been deleted. */
interface Holder {
  id: string;
  standing: 'running' | 'completed' | 'lost';
}

export function openSeenBakes(): SeenBakes {
  const bakes = new Map<string, SeenBake>();
  const holders = new Map<string, Holder>();
  /** Bakes that were passed over by a create although they were running a while before: if one is seen alive again, it had no reason to be. */
  const passedOver = new Map<string, Difference>();

  /** Two ids for one key, which is wrong only while the first of them stands. */
  const contradiction = (bake: SeenBake, { rebake, settled }: Creation): Difference[] => {
    const holder = holders.get(bake.classicKey);
    if (!holder || holder.id === bake.id || holder.standing === 'lost' || rebake === 'yes' || !settled) return [];
    const difference = twoBakes(holder.id, bake);
    if (holder.standing === 'completed') return [difference];
    remember(passedOver, holder.id, difference);
    return [];
  };

  return {
    created(bake, creation) {
      const known = bakes.get(bake.id);
      const differences = known ? twoKeys(known, bake, creation) : contradiction(bake, creation);
      if (!known) remember(bakes, bake.id, bake);
      remember(holders, bake.classicKey, { id: bake.id, standing: STANDING_OF[creation.state] ?? 'lost' });
      return differences;
    },
    found(id, state) {
      const standing = STANDING_OF[state] ?? 'lost';
      const suspicion = passedOver.get(id);
      passedOver.delete(id);
      const holder = holders.get(bakes.get(id)?.classicKey ?? '');
      // Only a create reads keys: a bake that has lost its key may still be there.
      if (holder?.id === id && holder.standing !== 'lost') holder.standing = standing;
      return suspicion && standing !== 'lost' ? [suspicion] : [];
    },
    released(classicKey) {
      const released = classicKey === undefined ? [...holders.values()] : [holders.get(classicKey)];
      for (const holder of released) if (holder) holder.standing = 'lost';
    },
    find: (id) => bakes.get(id),
  };
}

const STANDING_OF: Readonly<Record<string, Holder['standing']>> = { RUNNING: 'running', COMPLETED: 'completed' };

const twoBakes = (id: string, bake: SeenBake): Difference => ({
  kind: 'key',
  where: 'two bakes for one key',
  upstream: `${bake.id} beside ${id}, which stood`,
  ours: `one bake for ${bake.classicKey}`,
});

function twoKeys(known: SeenBake, bake: SeenBake, { ownId }: Creation): Difference[] {
  const upstream = `one bake, ${bake.id}`;
  if (known.classicKey !== bake.classicKey) {
    const ours = `${known.classicKey} and ${bake.classicKey}`;
    return [{ kind: 'key', where: 'one bake for two keys', upstream, ours, ...(ownId && { meant: 'D6' }) }];
  }
  if (known.key === bake.key) return [];
  const ours = `two bakes, as the requests differ in what changes the image: ${known.key} and ${bake.key}`;
  return [{ kind: 'key', where: 'one bake for two requests', upstream, ours, meant: 'D4' }];
}

function remember<T>(things: Map<string, T>, name: string, thing: T): void {
  things.delete(name);
  things.set(name, thing);
  const [oldest] = things.keys();
  if (things.size > MOST && oldest !== undefined) things.delete(oldest);
}
