import { type Bundle, bundleFor, type TemplateTree } from './bundle.ts';
import type { Catalogue } from './catalogue.ts';
import { classicKey } from './classic-key.ts';
import type { FoundImage, ImageQuery } from './image-query.ts';
import { type BakeKey, bakeKey, type KeyParts } from './key.ts';
import type { Matches } from './match-packages/ci-artifact.ts';
import { type MatchedRequest, matchRequest } from './match-packages/match-request.ts';
import type { Choice } from './order.ts';
import { type Confided, confidenceIn, confidentialParts, withhold } from './planning/withhold.ts';
import { limitsOf, refuseVariables, withSharedVariables, writeRecipe } from './planning/write-recipe.ts';
import type { Offer } from './provider.ts';
import type { BakeRecipe } from './recipe.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest, Ci } from './request.ts';
import { no, type Result, yes } from './result.ts';
import type { SealingKey } from './seal.ts';

/** What a producer hands to the queue. Nothing in it is a secret. */
export interface BakePlan {
  key: BakeKey;
  /** What the key is made of; a person can see why two bakes are not the same. */
  keyParts: KeyParts;
  recipe: BakeRecipe;
  bundle: Bundle;
  lane: string;
  priority: number;
  labels: Readonly<Record<string, string>>;
  packages: readonly string[];
  ci?: Ci | undefined;
  /** Which artifact each package came to be, where the request brought some. */
  matches?: Matches | undefined;
}

/** What a producer brings to a request. */
export interface PlanningWith {
  catalogue: Catalogue;
  templates: TemplateTree;
  now: Date;
  /** What a search for the request's `imageQuery` brought; absent where nobody was asked. */
  found?: readonly FoundImage[] | undefined;
  /** The key that seals what is confidential; a request that brings such things is refused without one, unless they may travel open. */
  sealing?: SealingKey | undefined;
  withoutKey?: 'refuse' | 'leave-open' | undefined;
  /** What becomes of a request that the provider knows to be in vain. */
  inVain?: 'refuse' | 'take' | undefined;
}

/** The images that somebody has to look for before a request can be planned; `undefined` for most requests. */
export const imageQuery = (request: BakeRequest, { offers }: Catalogue): ImageQuery | undefined =>
  offers.get(request.provider)?.imageQuery?.(request);

/** The key that the classic bakery would give a request, whatever the settings say of keys; it has one for some that cannot be baked. */
export function classicKeyOf(request: BakeRequest, { offers }: Catalogue): Result<BakeKey, Refusal> {
  const offer = offers.get(request.provider);
  if (!offer) return no({ code: 'unknown-provider', asked: request.provider, offered: [...offers.keys()] });
  return classicKeyIn(offer, request);
}

/** The whole of what a producer decides, in one pure step. */
export function planBake(
  asked: BakeRequest,
  { catalogue, templates, now, found, sealing, withoutKey = 'refuse', inVain = 'refuse' }: PlanningWith,
): Result<BakePlan & Confided, Refusal> {
  const offer = catalogue.offers.get(asked.provider);
  if (!offer) return no({ code: 'unknown-provider', asked: asked.provider, offered: [...catalogue.offers.keys()] });

  const lanes = Object.keys(catalogue.bakery.lanes);
  const lane = asked.lane ?? 'default';
  if (!lanes.includes(lane)) return no({ code: 'unknown-lane', asked: lane, offered: lanes });

  const matched = chooseMatched(asked, offer, { found, inVain });
  if (!matched.ok) return matched;
  const { request, matches, chosen } = matched.value;
  const whole = withSharedVariables(request, chosen, catalogue);
  if (!whole.ok) return whole;
  const choice = whole.value;

  const bundle = bundleFor(templates, { template: choice.template, varFile: request.varFile });
  if (!bundle.ok) return bundle;

  const names = offer.name(request, choice, now);
  if (!names.ok) return names;

  const order = { request, choice, bundle: bundle.value };
  const written = writeRecipe(order, names.value, {
    naming: offer.nameVariables(names.value, request, now),
    rootTemplates: catalogue.bakery.templatesNeedingRoot,
    limits: limitsOf(request, catalogue),
  });
  const refused = refuseVariables(request, written);
  if (refused) return no(refused);

  const confidence = confidenceIn(request, { offer, secrets: chosen.secrets });
  const withheld = withhold(written, confidence, { mayTravel: sealing !== undefined || withoutKey === 'leave-open' });
  if (!withheld.ok) return withheld;
  const { recipe, confided } = withheld.value;

  const parts = confidentialParts(order, { confidence, sealing });
  const key = keyOf(request, { parts, offer, catalogue });
  if (!key.ok) return key;
  return yes({
    key: key.value,
    keyParts: parts,
    recipe,
    bundle: bundle.value,
    lane,
    priority: request.priority,
    labels: request.labels ?? {},
    packages: request.packages,
    ci: request.ci,
    matches,
    confided,
  });
}

/** Which family packages are of, and so how their files are named, is the choice's to say. */
function chooseMatched(
  asked: BakeRequest,
  offer: Offer,
  { found, inVain }: Pick<PlanningWith, 'found' | 'inVain'>,
): Result<MatchedRequest & { chosen: Choice }, Refusal> {
  const chosen = offer.choose(asked, found);
  if (!chosen.ok) return chosen;
  const vain = inVain === 'refuse' && offer.inVain?.(asked);
  if (vain) return no(vain);
  const matched = matchRequest(asked, chosen.value.packageType);
  if (!matched.ok) return matched;
  // A choice may hold what only the build has said, as docker's tag holds the commit.
  const final = matched.value.matches ? offer.choose(matched.value.request, found) : chosen;
  return final.ok ? yes({ ...matched.value, chosen: final.value }) : final;
}

function keyOf(
  request: BakeRequest,
  { parts, offer, catalogue }: { parts: KeyParts; offer: Offer; catalogue: Catalogue },
): Result<BakeKey, Refusal> {
  return catalogue.bakery.bakeKey === 'honest' ? yes(bakeKey(parts)) : classicKeyIn(offer, request);
}

function classicKeyIn(offer: Offer, request: BakeRequest): Result<BakeKey, Refusal> {
  const part = offer.classicKeyPart(request);
  return part.ok ? yes(classicKey(request, part.value)) : part;
}
