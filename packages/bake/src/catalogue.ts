import type { Offer } from './provider.ts';
import { providers } from './providers/index.ts';
import type { BakerySettings } from './settings/bakery.ts';

/** What this bakery offers, by provider, and its own rules. A provider that is not enabled is not in it. */
export interface Catalogue {
  readonly offers: ReadonlyMap<string, Offer>;
  readonly bakery: BakerySettings;
}

/** Opens settings that have been read. `sections` are by provider name, and hold only providers that are enabled. */
export function openCatalogue({
  bakery,
  sections,
}: {
  bakery: BakerySettings;
  sections: Readonly<Record<string, unknown>>;
}): Catalogue {
  const enabled = Object.entries(providers).filter(([name]) => name in sections);
  return { bakery, offers: new Map(enabled.map(([name, provider]) => [name, provider.offer(sections[name], bakery)])) };
}
