import { z } from 'zod';
import { toOptions } from '../../../apps/api/src/rosco/bake-options.ts';
import type { Catalogue } from '../../../packages/bake/src/catalogue.ts';
import { classicKey } from '../../../packages/bake/src/classic-key.ts';
import { type BakePlan, planBake } from '../../../packages/bake/src/plan.ts';
import type { Offer } from '../../../packages/bake/src/provider.ts';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import { explainRefusal, type Refusal } from '../../../packages/bake/src/refusal.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';
import type { Result } from '../../../packages/bake/src/result.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, deviation, failed, notYet, PASSED, type Verdict } from '../verdict.ts';
import { openBakery, templatesNamed } from './bakery.ts';
import { fromWire } from './wire.ts';

/** What the provider vectors ask of one provider, by their `function`. */
export const PROVIDER_CHECKS: Readonly<Record<string, Check>> = {
  bakeKey: ofKnownProvider(checkKey),
  virtualization: ofKnownProvider(checkSource),
  parameterMap: ofKnownProvider(checkVariables),
  templateFile: ofKnownProvider(checkTemplate),
  imageName: ofKnownProvider(checkNames),
  bakeOptions: ofKnownProvider(checkOptions),
  error: ofKnownProvider(checkRefusal),
  scrape: () => deviation('D3'),
};

function ofKnownProvider(answer: Check): Check {
  return (vector) => (vector.area in providers ? answer(vector) : notYet(`the provider ${vector.area} is not here`));
}

const Input = z.object({
  region: z.string().nullish(),
  request: z.record(z.string(), z.unknown()).nullish(),
  nowMillis: z.number().default(0),
});

interface Question {
  catalogue: Catalogue;
  offer: Offer;
  request: BakeRequest;
  now: Date;
}

function ask({ area, input, config }: Vector): Question {
  const { region, request, nowMillis } = Input.parse(input);
  const catalogue = openBakery(config);
  const offer = catalogue.offers.get(area);
  if (!offer) throw new Error(`the settings do not enable ${area}`);
  return { catalogue, offer, request: fromWire(request, { region: region ?? '' }), now: new Date(nowMillis) };
}

function plan({ catalogue, offer, request, now }: Question): Result<BakePlan, Refusal> {
  const choice = offer.choose(request);
  if (!choice.ok) return choice;
  return planBake(request, { catalogue, now, templates: templatesNamed([choice.value.template, request.varFile]) });
}

function planned(vector: Vector): BakePlan {
  const made = plan(ask(vector));
  if (!made.ok) throw new Error(`refused: ${explainRefusal(made.no)}`);
  return made.value;
}

function checkKey(vector: Vector): Verdict {
  const { offer, request } = ask(vector);
  const { bakeKey, component } = z
    .object({ bakeKey: z.string(), component: z.string().nullable() })
    .parse(vector.expected);
  const part = offer.classicKeyPart(request);
  return compare(
    { bakeKey, component: component || null },
    { bakeKey: classicKey(request, part), component: part || null },
  );
}

/** Images are looked up by nobody here, so the reference must not have either. */
function checkSource(vector: Vector): Verdict {
  const { offer, request } = ask(vector);
  const choice = offer.choose(request);
  if (!choice.ok) return failed({ refused: explainRefusal(choice.no) });
  const settings = { sourceImage: choice.value.sourceImage };
  return compare(vector.expected, { settings, clouddriverCalls: [], dynamicLookups: [] });
}

const Expected = z.object({
  parameters: z.record(z.string(), z.unknown()),
  vars: z.record(z.string(), z.string()),
  masked: z.array(z.string()),
});

/** Of the places on a worker's disk `configDir` is the one the reference knows too; the worker fills it in. */
function checkVariables(vector: Vector): Verdict {
  const { recipe } = planned(vector);
  const { parameters, vars, masked } = Expected.parse(vector.expected);
  const configDir = z.object({ rosco: z.object({ configDir: z.string() }) }).safeParse(vector.config).data
    ?.rosco.configDir;
  const places = recipe.places['configDir'] === 'config-dir' ? { configDir } : {};
  const got = { vars: asText({ ...recipe.variables, ...places }), masked: Object.keys(recipe.secrets).sort() };
  const exact = compare({ vars, masked: masked.toSorted() }, got);
  if (exact.is === 'passed') return exact;
  const loose = compare({ vars: asText(parameters), masked: masked.toSorted() }, got);
  return loose.is === 'passed' ? deviation('D2') : exact;
}

function asText(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const said = Object.entries(variables).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return Object.fromEntries(said.map(([name, value]) => [name, String(value).trim()]));
}

/** Template and var file are compared, the rest of the command line is another by intent. */
function checkTemplate(vector: Vector): Verdict {
  const { recipe } = planned(vector);
  const { varFileArg, templatePath } = z
    .object({ varFileArg: z.string().nullable(), templatePath: z.string() })
    .parse(vector.expected);
  const { configDir } = z.object({ rosco: z.object({ configDir: z.string() }) }).parse(vector.config).rosco;
  const got = {
    varFileArg: recipe.varFile && `-var-file=${configDir}/${recipe.varFile}`,
    templatePath: `${configDir}/${recipe.template}`,
  };
  const same = compare({ varFileArg, templatePath }, got);
  return same.is === 'passed' ? deviation('D1') : same;
}

function checkNames(vector: Vector): Verdict {
  const { imageName, appVersion, variables } = planned(vector).recipe;
  return compare(vector.expected, { imageName, appVersion, packages: variables['packages'] ?? '' });
}

function checkOptions({ area, config, expected }: Vector): Verdict {
  const offer = openBakery(config).offers.get(area);
  return compare(expected, offer && toOptions(area, offer));
}

const Refused = z.object({ kind: z.string(), mentions: z.array(z.string()) });

/** A crash of the reference (`other`) is answered by a refusal with a reason. */
function checkRefusal(vector: Vector): Verdict {
  const { kind, mentions } = Refused.parse(vector.expected);
  const made = plan(ask(vector));
  if (made.ok) return failed('it was planned');
  const message = explainRefusal(made.no);
  if (!mentions.every((text) => message.includes(text))) return failed(message);
  return kind === 'other' ? deviation('D16') : PASSED;
}
