import type { Hand } from './hand.ts';

/** All that this worker has in hand. */
export interface Hands extends Iterable<Hand> {
  hold(hand: Hand): void;
  letGo(hand: Hand): void;
  /** Ids of the bakes. */
  ids(): string[];
  has(id: string): boolean;
  /** Resolves when nothing is in hand. */
  empty(): Promise<void>;
}

export function openHands(onChange: () => void): Hands {
  const hands = new Set<Hand>();
  let waiters: (() => void)[] = [];
  return {
    [Symbol.iterator]: () => hands.values(),
    hold: (hand) => {
      hands.add(hand);
      onChange();
    },
    letGo: (hand) => {
      hands.delete(hand);
      onChange();
      if (hands.size > 0) return;
      for (const wake of waiters) wake();
      waiters = [];
    },
    ids: () => [...new Set([...hands].map(({ id }) => id))],
    has: (id) => [...hands].some((hand) => hand.id === id),
    empty: () => (hands.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}
