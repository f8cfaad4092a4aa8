import { type Bundle, bundleFor, type TemplateTree, templateLanguage } from './bundle.ts';
import type { Catalogue } from './catalogue.ts';
import { classicKey } from './classic-key.ts';
import { type Confidence, setApart } from './confidential.ts';
import type { FoundImage, ImageQuery } from './image-query.ts';
import { type BakeKey, bakeKey, type KeyParts, keyParts } from './key.ts';
import type { Matches } from './match-packages/ci-artifact.ts';
import { type MatchedRequest, matchRequest } from './match-packages/match-request.ts';
import type { BakeOrder, Choice } from './order.ts';
import type { ImageNames, Offer } from './provider.ts';
import { providers } from './providers/index.ts';
import type { BakeRecipe, Limits } from './recipe.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest, Ci } from './request.ts';
import { no, type Result, yes } from './result.ts';
import { printOf, type SealingKey } from './seal.ts';
import { sharedVariables } from './shared-variables.ts';
import type { Variables } from './variable.ts';

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

/** The values that a request confides, by variable: for `seal`, and for nothing else. Empty for most requests. */
export interface Confided {
  confided: Variables;
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

const confidenceIn = (
  { provider, variables = {} }: BakeRequest,
  { offer, secrets }: { offer: Offer; secrets: Choice['secrets'] },
): Confidence => ({
  masked: offer.masked ?? [],
  secrets: [...(providers[provider]?.secrets ?? []), ...Object.keys(secrets)],
  asked: Object.keys(variables),
});

function withhold(
  recipe: BakeRecipe,
  confidence: Confidence,
  { mayTravel }: { mayTravel: boolean },
): Result<{ recipe: BakeRecipe } & Confided, Refusal> {
  const { open, confided } = setApart(recipe.variables, confidence);
  const names = Object.keys(confided);
  if (names.length === 0) return yes({ recipe, confided });
  if (!mayTravel) return no({ code: 'unsealable', variables: names });
  return yes({ recipe: { ...recipe, variables: open, confidential: names }, confided });
}

/** A confidential value changes the image as any other does: prints stand for them, so that equal secrets are equal bakes. */
function confidentialParts(
  order: BakeOrder,
  { confidence, sealing }: { confidence: Confidence; sealing: SealingKey | undefined },
): KeyParts {
  const { open, confided } = setApart(order.choice.variables, confidence);
  const parts = keyParts({ ...order, choice: { ...order.choice, variables: open } });
  if (Object.keys(confided).length === 0) return parts;
  const printed = Object.entries(confided).map(([place, value]) => [place, printOf(sealing, { place, value })]);
  return { ...parts, confidential: Object.fromEntries(printed) };
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

/** The provider's choice and what every template is told; the operator's secrets win over both, and a caller's own variables over all. */
function withSharedVariables(
  request: BakeRequest,
  choice: Choice,
  { offers, bakery }: Catalogue,
): Result<Choice, Refusal> {
  const { packageType } = choice;
  const base = offers.get(request.provider)?.baseImages.find(({ id }) => id === request.base);
  const shared = sharedVariables(request, {
    packageType,
    repository: base?.customRepository || bakery.repositories[packageType],
  });
  if (!shared.ok) return shared;
  const secrets = withoutAsked(choice.secrets, request);
  const ours = without(secrets, { ...choice.variables, ...shared.value });
  return yes({ ...choice, variables: written({ ...ours, ...request.variables }), secrets });
}

/** What the caller said wins over naming and places, even where all it said is that there shall be no value. */
function writeRecipe(
  { request, choice, bundle }: BakeOrder,
  { imageName, appVersion }: ImageNames,
  { naming, rootTemplates, limits }: { naming: Variables; rootTemplates: readonly string[]; limits: Limits },
): BakeRecipe {
  const places = withoutAsked(providers[request.provider]?.places ?? {}, request);
  const wantsArtifacts = Object.values(places).includes('artifacts-file');
  return {
    provider: request.provider,
    region: request.region,
    base: request.base ?? null,
    sourceImage: choice.sourceImage,
    imageName,
    appVersion,
    packageType: choice.packageType,
    template: choice.template,
    varFile: request.varFile ?? null,
    bundle: bundle.digest,
    variables: { ...without(choice.secrets, withoutAsked(written(naming), request)), ...choice.variables },
    secrets: { ...choice.secrets },
    places,
    ...(wantsArtifacts && { packageArtifacts: request.packageArtifacts ?? [] }),
    ...(rootTemplates.includes(choice.template) && { needsRoot: true as const }),
    limits,
  };
}

/**
 * Packer renders the values of a JSON template's variables as templates that can read the worker's environment, so `{{` never gets
 * there; and a place on a worker's disk is not the caller's to say, but for `configDir`, which classic pipelines may set.
 */
function refuseVariables(request: BakeRequest, { template, variables }: BakeRecipe): Refusal | undefined {
  const asked = Object.keys(request.variables ?? {});
  const places = Object.keys(providers[request.provider]?.places ?? {}).filter((name) => name !== 'configDir');
  const taken = asked
    .filter((name) => places.includes(name))
    .map((name) => ({ path: `variables.${name}`, message: 'is set by the worker and cannot be asked for' }));
  const rendered = Object.entries(variables)
    .filter(([, value]) => templateLanguage(template) === 'json' && JSON.stringify(value).includes('{{'))
    .map(([name]) => ({
      path: asked.includes(name) ? `variables.${name}` : '',
      message: `the variable ${name} would hold {{, which Packer would run as a template; write the value out`,
    }));
  const issues = [...taken, ...rendered];
  return issues.length > 0 ? { code: 'malformed-request', issues } : undefined;
}

/** Null and empty text are not sent, text is trimmed: the classic bakery's rule, which its templates' defaults rely on. */
function written(variables: Variables): Variables {
  const said = Object.entries(variables).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(said.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]));
}

const withoutAsked = <T>(ours: Readonly<Record<string, T>>, { variables = {} }: BakeRequest): Record<string, T> =>
  without(variables, ours);

const without = <T>(others: object, ours: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(ours).filter(([name]) => !Object.hasOwn(others, name)));

function limitsOf({ limits }: BakeRequest, { bakery }: Catalogue): Limits {
  const { timeoutSeconds, idleSeconds, graceSeconds } = { ...bakery.limits, ...defined(limits) };
  return { totalMs: timeoutSeconds * 1000, idleMs: idleSeconds * 1000, graceMs: graceSeconds * 1000 };
}

const defined = <T extends object>(some: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(some ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
