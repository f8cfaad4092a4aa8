import { type Bundle, bundleFor, type TemplateTree, templateLanguage } from './bundle.ts';
import type { Catalogue } from './catalogue.ts';
import { classicKey } from './classic-key.ts';
import { type BakeKey, bakeKey, type KeyParts, keyParts } from './key.ts';
import type { BakeOrder, Choice } from './order.ts';
import type { ImageNames } from './provider.ts';
import { providers } from './providers/index.ts';
import type { BakeRecipe, Limits } from './recipe.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest, Ci } from './request.ts';
import { no, type Result, yes } from './result.ts';
import { sharedVariables } from './shared-variables.ts';
import type { Variables } from './variable.ts';

/** What a producer hands to the queue. */
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
}

/** The whole of what a producer decides, in one pure step. */
export function planBake(
  request: BakeRequest,
  { catalogue, templates, now }: { catalogue: Catalogue; templates: TemplateTree; now: Date },
): Result<BakePlan, Refusal> {
  const offer = catalogue.offers.get(request.provider);
  if (!offer) return no({ code: 'unknown-provider', asked: request.provider, offered: [...catalogue.offers.keys()] });

  const lanes = Object.keys(catalogue.bakery.lanes);
  const lane = request.lane ?? 'default';
  if (!lanes.includes(lane)) return no({ code: 'unknown-lane', asked: lane, offered: lanes });

  const chosen = offer.choose(request);
  if (!chosen.ok) return chosen;
  const choice = withSharedVariables(request, chosen.value, catalogue);

  const refused = refuseVariables(request, choice);
  if (refused) return no(refused);

  const bundle = bundleFor(templates, { template: choice.template, varFile: request.varFile });
  if (!bundle.ok) return bundle;

  const names = offer.name(request, choice, now);
  if (!names.ok) return names;

  const order = { request, choice, bundle: bundle.value };
  const parts = keyParts(order);
  return yes({
    key: catalogue.bakery.bakeKey === 'rosco' ? classicKey(request, offer.classicKeyPart(request)) : bakeKey(parts),
    keyParts: parts,
    recipe: writeRecipe(order, names.value, {
      naming: offer.nameVariables(names.value, request, now),
      limits: limitsOf(request, catalogue),
    }),
    bundle: bundle.value,
    lane,
    priority: request.priority,
    labels: request.labels ?? {},
    packages: request.packages,
    ci: request.ci,
  });
}

function withSharedVariables(request: BakeRequest, choice: Choice, { offers, bakery }: Catalogue): Choice {
  const base = offers.get(request.provider)?.baseImages.find(({ id }) => id === request.base);
  const repository = base?.customRepository || bakery.repositories[choice.packageType];
  const variables = { ...choice.variables, ...sharedVariables(request, choice.packageType, repository), ...request.variables };
  return { ...choice, variables: written(variables) };
}

/** A recipe's variables: the caller's win over naming, naming over nothing; what has no value is not sent. */
function writeRecipe(
  { request, choice, bundle }: BakeOrder,
  { imageName, appVersion }: ImageNames,
  { naming, limits }: { naming: Variables; limits: Limits },
): BakeRecipe {
  const variables = { ...written(naming), ...choice.variables };
  const places = Object.entries(providers[request.provider]?.places ?? {}).filter(([name]) => !(name in variables));
  const secrets = Object.entries(choice.secrets).filter(([name]) => !(name in variables));
  return {
    provider: request.provider,
    region: request.region,
    base: request.base,
    sourceImage: choice.sourceImage,
    imageName,
    appVersion,
    packageType: choice.packageType,
    template: choice.template,
    varFile: request.varFile ?? null,
    bundle: bundle.digest,
    variables,
    secrets: Object.fromEntries(secrets),
    places: Object.fromEntries(places),
    limits,
  };
}

/**
 * Packer renders the values of a JSON template's variables as templates that can read the worker's environment, so `{{` never gets
 * there; and a place on a worker's disk is not the caller's to say, but for `configDir`, which classic pipelines may set.
 */
function refuseVariables(request: BakeRequest, { template, variables }: Choice): Refusal | undefined {
  const places = Object.keys(providers[request.provider]?.places ?? {}).filter((name) => name !== 'configDir');
  const issues = Object.entries(variables).flatMap(([name, value]) => {
    const path = `variables.${name}`;
    if (places.includes(name)) return [{ path, message: 'is set by the worker and cannot be asked for' }];
    if (templateLanguage(template) === 'json' && JSON.stringify(value).includes('{{'))
      return [{ path, message: 'holds {{, which Packer would run as a template; write the value out' }];
    return [];
  });
  return issues.length > 0 ? { code: 'malformed-request', issues } : undefined;
}

/** Null and empty text are not sent, text is trimmed: the classic bakery's rule, which its templates' defaults rely on. */
function written(variables: Variables): Variables {
  const trimmed = Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const);
  return Object.fromEntries(trimmed.filter(([name]) => variables[name] !== null && variables[name] !== ''));
}

function limitsOf({ limits }: BakeRequest, { bakery }: Catalogue): Limits {
  const { timeoutSeconds, idleSeconds, graceSeconds } = { ...bakery.limits, ...defined(limits) };
  return { totalMs: timeoutSeconds * 1000, idleMs: idleSeconds * 1000, graceMs: graceSeconds * 1000 };
}

const defined = <T extends object>(some: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(some ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
