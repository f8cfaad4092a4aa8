import { templateLanguage } from '../bundle.ts';
import type { Catalogue } from '../catalogue.ts';
import type { BakeOrder, Choice } from '../order.ts';
import type { ImageNames } from '../provider.ts';
import { providers } from '../providers/index.ts';
import type { BakeRecipe, Limits } from '../recipe.ts';
import type { Refusal } from '../refusal.ts';
import type { BakeRequest } from '../request.ts';
import { type Result, yes } from '../result.ts';
import { sharedVariables } from '../shared-variables.ts';
import type { Variables } from '../variable.ts';

/** The provider's choice and what every template is told; the operator's secrets win over both, and a caller's own variables over all. */
export function withSharedVariables(
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
export function writeRecipe(
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
export function refuseVariables(request: BakeRequest, { template, variables }: BakeRecipe): Refusal | undefined {
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

/** In milliseconds: the request's own, else the operator's. */
export function limitsOf({ limits }: BakeRequest, { bakery }: Catalogue): Limits {
  const { timeoutSeconds, idleSeconds, graceSeconds } = { ...bakery.limits, ...defined(limits) };
  return { totalMs: timeoutSeconds * 1000, idleMs: idleSeconds * 1000, graceMs: graceSeconds * 1000 };
}

const defined = <T extends object>(some: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(some ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
