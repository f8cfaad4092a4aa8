import type { BakeEnding } from '@bakehouse/bake';
import type { Lanes } from './lanes.ts';
import type { Store } from './store.ts';

/** What a producer's calls need that may end a bake. */
export interface Producing {
  store: Store;
  lanes: Lanes;
  /** Told of each bake that the call ended by itself. */
  onEnd: (ending: BakeEnding) => void;
}
