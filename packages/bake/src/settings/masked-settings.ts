import { type Catalogue, openCatalogue } from '../catalogue.ts';
import { planBake } from '../plan.ts';
import type { Offer } from '../provider.ts';
import { providers } from '../providers/index.ts';
import type { BakeRequest } from '../request.ts';
import type { EffectiveSetting } from './effective.ts';
import type { SettingsProblem } from './problem.ts';
import type { Settings } from './read-settings.ts';

/** Masked variables that bakes send unasked, mostly because a plain setting fills them: a bakery without a sealing key refuses all such bakes but classic ones. */
export function maskedSettings(settings: Settings): readonly SettingsProblem[] {
  const catalogue = openCatalogue(settings);
  const effective = settings.effective();
  return [...catalogue.offers].flatMap(([provider, offer]) => {
    const section = providers[provider]?.section ?? provider;
    return sentUnasked(provider, offer, catalogue).map((name) => explain(name, { section, effective }));
  });
}

/** What somebody confides who says as little as possible, whatever the base image and the region. */
function sentUnasked(provider: string, offer: Offer, catalogue: Catalogue): string[] {
  if (!offer.masked?.length) return [];
  const bases = offer.baseImages.length > 0 ? offer.baseImages.map(({ id }) => id) : [undefined];
  const requests = bases.flatMap((base): BakeRequest[] => {
    const request = { provider, base, region: ANYWHERE, packages: [], imageName: 'any', priority: 5 };
    return regionsOf(request, offer).map((region) => ({ ...request, region }));
  });
  return [...new Set(requests.flatMap((request) => confidedBy(request, offer, catalogue)))];
}

const ANYWHERE = 'anywhere';

/** Those that a refusal offers, for a provider whose settings are by region. */
function regionsOf(request: BakeRequest, offer: Offer): readonly string[] {
  const choice = offer.choose(request);
  return !choice.ok && choice.no.code === 'unknown-region' ? choice.no.offered : [request.region];
}

function confidedBy(request: BakeRequest, offer: Offer, catalogue: Catalogue): string[] {
  const choice = offer.choose(request);
  if (!choice.ok) return [];
  const path = choice.value.template;
  const templates = new Map([[path, { path, executable: false, content: '' }]]);
  const now = new Date(0);
  const plan = planBake(request, { catalogue, templates, now, withoutKey: 'leave-open', inVain: 'take' });
  return plan.ok ? Object.keys(plan.value.confided) : [];
}

function explain(
  name: string,
  { section, effective }: { section: string; effective: readonly EffectiveSetting[] },
): SettingsProblem {
  const masks = `${section}.bakeryDefaults.maskedPackerParameters`;
  const found = effective.find(({ path, value }) => path.startsWith(`${masks}.`) && value === name);
  const origin = found?.origin ?? 'default';
  return {
    spot: origin === 'default' ? undefined : origin,
    path: found?.path ?? masks,
    message: `${name} is sent unasked, and without a sealing key such bakes are refused to all but classic callers; move its value to ${section}.bakeryDefaults.secretVariables, or give api and workers a key (BAKEHOUSE_SEALING_KEY_FILE), or mask it no more`,
  };
}
