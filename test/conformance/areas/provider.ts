import { z } from 'zod';
import { explainNoOptions } from '../../../apps/api/src/rosco/bake-options.ts';
import { classicMessage } from '../../../apps/api/src/rosco/classic-error.ts';
import { type Catalogue, openCatalogue } from '../../../packages/bake/src/catalogue.ts';
import { classicKey } from '../../../packages/bake/src/classic-key.ts';
import { FoundImage } from '../../../packages/bake/src/image-query.ts';
import { type BakePlan, imageQuery, planBake } from '../../../packages/bake/src/plan.ts';
import type { Confided } from '../../../packages/bake/src/planning/withhold.ts';
import type { Offer } from '../../../packages/bake/src/provider.ts';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import { readArtifacts } from '../../../packages/bake/src/read-artifacts.ts';
import { explainRefusal, type Refusal } from '../../../packages/bake/src/refusal.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';
import { no, type Result } from '../../../packages/bake/src/result.ts';
import type { Settings } from '../../../packages/bake/src/settings/read-settings.ts';
import { readOutput } from '../../../packages/packer/src/report.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, deviation, failed, notYet, PASSED, type Verdict } from '../verdict.ts';
import { aRecipe } from './baked.ts';
import { openBakery, openSettings, templatesNamed } from './bakery.ts';
import { compareOptions } from './base-images.ts';
import { readWire } from './wire.ts';

/** What the provider vectors ask of one provider, by their `function`. */
export const PROVIDER_CHECKS: Readonly<Record<string, Check>> = {
  bakeKey: checkKey,
  virtualization: checkSource,
  parameterMap: checkVariables,
  templateFile: checkTemplate,
  imageName: checkNames,
  bakeOptions: checkOptions,
  error: checkRefusal,
  scrape: checkScrape,
};

/** The vectors of one file say `nowMillis`, those of the other `clockMillis`. */
const Input = z.object({
  region: z.string().nullish(),
  request: z.record(z.string(), z.unknown()).nullish(),
  nowMillis: z.number().default(0),
  clockMillis: z.number().default(0),
  tmpDir: z.string().optional(),
  dynamicProperties: z.record(z.string(), z.string()).default({}),
  clouddriverImages: z.array(FoundImage).optional(),
  precedingRequests: z.array(z.unknown()).default([]),
});

interface Question {
  settings: Settings;
  catalogue: Catalogue;
  request: Result<BakeRequest, Refusal>;
  found: readonly FoundImage[] | undefined;
  now: Date;
}

/** The reference's dynamic properties are settings here; so a vector's lie over its configuration. */
function ask({ input, config }: Vector): Question {
  const said = Input.parse(input);
  const settings = openSettings({ ...config, ...said.dynamicProperties });
  const catalogue = openCatalogue(settings);
  const { defaultProvider } = catalogue.bakery;
  const readRequest = (wire: unknown) => readWire(wire, { region: said.region ?? '', defaultProvider });
  const question = {
    settings,
    catalogue,
    request: readRequest(said.request),
    found: said.clouddriverImages,
    now: new Date(said.nowMillis || said.clockMillis),
  };
  // What was asked of the same bakery before may not change what comes now.
  for (const wire of said.precedingRequests) plan({ ...question, request: readRequest(wire) });
  return question;
}

function offerTo({ request, catalogue }: Question): Result<Offer, Refusal> {
  if (!request.ok) return request;
  const { provider } = request.value;
  const offer = catalogue.offers.get(provider);
  if (!offer) return no({ code: 'unknown-provider', asked: provider, offered: [...catalogue.offers.keys()] });
  return { ok: true, value: offer };
}

function plan(question: Question): Result<BakePlan & Confided, Refusal> {
  const { catalogue, found, now, request } = question;
  const offer = offerTo(question);
  if (!offer.ok || !request.ok) return offer.ok ? no(refusalOf(request)) : offer;
  const choice = offer.value.choose(request.value, found);
  if (!choice.ok) return choice;
  const templates = templatesNamed([choice.value.template, request.value.varFile]);
  return planBake(request.value, { catalogue, now, templates, found, withoutKey: 'leave-open', inVain: 'take' });
}

function refusalOf(result: Result<unknown, Refusal>): Refusal {
  if (result.ok) throw new Error('it was not refused');
  return result.no;
}

const planned = (vector: Vector): BakePlan => taken(plan(ask(vector)));

function taken<T>(result: Result<T, Refusal>): T {
  if (!result.ok) throw new Error(`refused: ${explainRefusal(result.no)}`);
  return result.value;
}

/** One file expects the key and the provider's part of it, the other the key alone. */
function checkKey(vector: Vector): Verdict {
  const question = ask(vector);
  const request = taken(question.request);
  const part = taken(taken(offerTo(question)).classicKeyPart(request)) || null;
  const bakeKey = classicKey(request, part);
  const expected = z.object({ bakeKey: z.string(), component: z.string().nullable() }).safeParse(vector.expected);
  if (!expected.success) return compare(vector.expected, bakeKey);
  return compare({ ...expected.data, component: expected.data.component || null }, { bakeKey, component: part });
}

/**
 * The virtualization settings of the reference as far as they get out of a provider: by the variables that carry them. `null` for a
 * provider that has none.
 */
const SETTING_OF: Readonly<Record<string, Readonly<Record<string, string>> | null>> = {
  alicloud: {
    region: 'alicloud_region',
    instanceType: 'alicloud_instance_type',
    sourceImage: 'alicloud_source_image',
    sshUserName: 'alicloud_ssh_username',
  },
  aws: {
    region: 'aws_region',
    instanceType: 'aws_instance_type',
    sourceAmi: 'aws_source_ami',
    sshUserName: 'aws_ssh_username',
    winRmUserName: 'aws_winrm_username',
    spotPrice: 'aws_spot_price',
  },
  azure: null,
  docker: { sourceImage: 'docker_source_image' },
  gce: { sourceImage: 'gce_source_image', sourceImageFamily: 'gce_source_image_family' },
  huaweicloud: {
    region: 'huaweicloud_region',
    eipType: 'huaweicloud_eip_type',
    instanceType: 'huaweicloud_instance_type',
    sourceImageId: 'huaweicloud_source_image_id',
    sshUserName: 'huaweicloud_ssh_username',
  },
  oracle: { baseImageId: 'oracle_base_image_id', sshUserName: 'oracle_ssh_user_name' },
  tencentcloud: {
    region: 'tencentcloud_region',
    zone: 'tencentcloud_zone',
    instanceType: 'tencentcloud_instance_type',
    sourceImageId: 'tencentcloud_source_image_id',
    sshUserName: 'tencentcloud_ssh_username',
  },
};

/** A setting that is not sent where another one is set, and so does not get out: a family beside an image. */
const LOSES_TO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gce: { sourceImageFamily: 'sourceImage' },
};

function checkSource(vector: Vector): Verdict {
  const question = ask(vector);
  const { settings, clouddriverCalls } = toSource(vector.expected);
  const carriers = SETTING_OF[vector.area];
  if (carriers === undefined) return notYet(`no variables are named that carry the settings of ${vector.area}`);
  if (carriers === null) return compare(settings, null);
  const request = taken(question.request);
  const query = imageQuery(request, question.catalogue);
  const choice = taken(taken(offerTo(question)).choose(request, question.found));
  const carried = Object.entries(carriers).map(([setting, name]) => [setting, said(choice.variables[name])]);
  const known = Object.keys(carriers).map((setting) => {
    const winner = LOSES_TO[vector.area]?.[setting];
    const isSent = winner === undefined || !settings?.[winner];
    return [setting, isSent ? said(settings?.[setting]) : undefined];
  });
  const expected = { settings: Object.fromEntries(known), calls: clouddriverCalls };
  const got = {
    settings: Object.fromEntries(carried),
    calls: query ? [{ q: query.name, account: query.account, region: query.region }] : [],
  };
  const exact = compare(expected, got);
  const isBlanked = Input.parse(vector.input).request?.['base_ami'] === '';
  if (exact.is === 'passed' || !isBlanked) return exact;
  // The reference blanks its source image then, and Packer fails on it. All else must be the same, and ours must be there.
  const blank = Object.keys(carriers).filter((setting) => settings?.[setting] === '' && got.settings[setting]);
  const filled = { ...expected.settings, ...Object.fromEntries(blank.map((each) => [each, got.settings[each]])) };
  return blank.length > 0 && compare({ ...expected, settings: filled }, got).is === 'passed' ? deviation('D21') : exact;
}

/** Text is trimmed on its way to Packer, and what is empty does not get there. */
const said = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value) || undefined;

/** One file wraps the settings and says who was asked, the other has the settings alone. */
function toSource(expected: unknown): { settings: Record<string, unknown> | null; clouddriverCalls: unknown[] } {
  const wrapped = z
    .object({ settings: z.record(z.string(), z.unknown()).nullable(), clouddriverCalls: z.array(z.unknown()) })
    .safeParse(expected);
  if (wrapped.success) return wrapped.data;
  return { settings: z.record(z.string(), z.unknown()).parse(expected), clouddriverCalls: [] };
}

const Expected = z
  .object({
    parameters: z.record(z.string(), z.unknown()),
    vars: z.record(z.string(), z.string()),
    masked: z.array(z.string()).optional(),
    maskedParameters: z.array(z.string()).optional(),
    artifactFileReferences: z.array(z.unknown()).optional(),
  })
  .transform(({ masked, maskedParameters, ...rest }) => ({ ...rest, masked: masked ?? maskedParameters ?? [] }));

/** What reaches Packer, whoever fills it in: the plan, the worker's places, the secrets that the plan only names, and those the caller brought. */
function checkVariables(vector: Vector): Verdict {
  const { settings, ...question } = ask(vector);
  const { recipe, confided } = taken(plan({ settings, ...question }));
  const { parameters, vars, masked, artifactFileReferences } = Expected.parse(vector.expected);
  const secrets = Object.entries(recipe.secrets).map(([name, secret]) => [name, settings.secret(secret)]);
  const apart = { ...Object.fromEntries(secrets), ...confided };
  // What was nothing but blanks is there and empty: the plan has left out already what was empty before.
  const got = { ...written(recipe.variables), ...asText({ ...placesOf(vector, recipe.places), ...apart }) };

  const shown = masked.filter((name) => vars[name] !== undefined && !(name in apart));
  if (shown.length > 0) return failed({ 'not a secret here': shown });
  if (artifactFileReferences) {
    const references = (recipe.packageArtifacts ?? []).map(({ reference }) => reference);
    const same = compare(artifactFileReferences, references);
    if (same.is !== 'passed') return same;
  }
  const exact = compare(vars, got);
  if (exact.is === 'passed') return exact;
  return compare(asText(parameters), got).is === 'passed' ? deviation('D2') : exact;
}

/** Where the reference puts what a worker puts into the stage. */
function placesOf({ input, config }: Vector, places: BakePlan['recipe']['places']): Record<string, string | undefined> {
  const { tmpDir, request } = Input.parse(input);
  const configDir = z.object({ rosco: z.object({ configDir: z.string() }) }).safeParse(config).data?.rosco.configDir;
  const file = (kind: string) => (tmpDir ? `${tmpDir}/${request?.['request_id']}-${kind}.json` : undefined);
  const known = { 'config-dir': configDir, 'manifest-file': file('manifest'), 'artifacts-file': file('artifacts') };
  const named = Object.entries(places).map(([name, place]) => [
    name,
    place in known ? known[place as keyof typeof known] : undefined,
  ]);
  return Object.fromEntries(named);
}

function asText(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const said = Object.entries(variables).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return written(Object.fromEntries(said));
}

const written = (variables: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value).trim()]));

const ExpectedTemplate = z
  .object({
    templatePath: z.string().optional(),
    varFileArg: z.string().nullish(),
    template: z.string().optional(),
    varFile: z.string().nullish(),
    commandPrefix: z.array(z.string()).default([]),
    baseCommand: z.string().nullish(),
  })
  .transform(({ templatePath, varFileArg, template, varFile, commandPrefix, baseCommand }) => ({
    sudo: baseCommand === 'sudo' || commandPrefix[0] === 'sudo',
    template: templatePath ?? template,
    varFile: varFileArg ? varFileArg.replace('-var-file=', '') : (varFile ?? null),
  }));

/** Template, var file and the need of root are compared, the rest of the command line is another by intent. */
function checkTemplate(vector: Vector): Verdict {
  const expected = ExpectedTemplate.parse(vector.expected);
  const { configDir } = z.object({ rosco: z.object({ configDir: z.string() }) }).parse(vector.config).rosco;
  const made = plan(ask(vector));
  // The reference runs Packer on a file called `null`.
  if (!made.ok && expected.template === `${configDir}/null`) return deviation('D16');
  const { recipe } = taken(made);
  const got = {
    sudo: recipe.needsRoot ?? false,
    template: `${configDir}/${recipe.template}`,
    varFile: recipe.varFile && `${configDir}/${recipe.varFile}`,
  };
  const same = compare(expected, got);
  return same.is === 'passed' ? deviation(expected.sudo ? 'D14' : 'D1') : same;
}

/** One file expects the names and the packages, the other the image's name alone. */
function checkNames(vector: Vector): Verdict {
  const { imageName, appVersion, variables } = planned(vector).recipe;
  if (typeof vector.expected === 'string') return compare(vector.expected, imageName);
  return compare(vector.expected, { imageName, appVersion, packages: variables['packages'] ?? '' });
}

const SomeProviders = z.object({ unorderedProviders: z.array(z.string()) });

/** Which providers there are is asked of the whole list, for an area that is none of them. */
function checkOptions({ area, config, expected }: Vector): Verdict {
  const { offers } = openBakery(config);
  const list = SomeProviders.safeParse(expected);
  if (list.success) return compare(list.data.unorderedProviders.toSorted(), [...offers.keys()].sort());
  return compareOptions(expected, area, offers.get(area));
}

const Scraped = z.object({ region: z.string(), logs: z.string().nullish() });

/** What Packer tells people is no witness: of a log alone we take no image, whatever it says. */
function checkScrape({ area, input }: Vector): Verdict {
  const { region, logs } = Scraped.parse(input);
  const provider = providers[area];
  if (!provider) return notYet(`the provider ${area} is not here`);
  const told = (logs ?? '').split('\n').map((line) => `0,,ui,say,${line.replaceAll(',', '%!(PACKER_COMMA)')}`);
  const report = readOutput(told.join('\n'), { exitCode: 0, notices: provider.notices });
  const outcome = readArtifacts(report, aRecipe({ provider: area, region, imageName: 'any' }));
  return outcome.ok ? failed(outcome.value) : deviation('D3');
}

const Refused = z.object({ kind: z.string(), mentions: z.array(z.string()) });
const RefusedInWords = z.object({
  exception: z.string(),
  message: z.string().nullable(),
  httpStatus: z.number().nullable(),
});
const Step = z.object({ step: z.string().optional(), stage: z.string().optional() });

/** A crash of the reference is answered by a refusal with a reason. */
function checkRefusal(vector: Vector): Verdict {
  const { step, stage } = Step.parse(vector.input);
  if ((step ?? stage) === 'scrape') return checkScrape(vector);
  if (step === 'bakeOptions') return checkNoOptions(vector);

  const question = ask(vector);
  const made = step === 'bakeKey' || stage === 'bakeKey' ? keyPart(question) : plan(question);
  if (made.ok) return failed('it was taken');
  const exact = RefusedInWords.safeParse(vector.expected);
  if (exact.success) return checkMessage(exact.data, classicMessage(made.no));

  const { kind, mentions } = Refused.parse(vector.expected);
  const message = classicMessage(made.no);
  if (!mentions.every((text) => message.includes(text))) return failed(message);
  return kind === 'other' ? deviation('D16') : PASSED;
}

const keyPart = (question: Question): Result<unknown, Refusal> => {
  const offer = offerTo(question);
  return offer.ok ? offer.value.classicKeyPart(taken(question.request)) : offer;
};

/** The reference's words come first; what to do may follow. Where it forgot to fill in a word, it is filled in here. */
function checkMessage({ message, httpStatus }: z.infer<typeof RefusedInWords>, got: string): Verdict {
  if (httpStatus === 500) return deviation('D16');
  if (message?.includes('$bakeRequest.')) return isFilledIn(message, got) ? deviation('D20') : failed(got);
  return message === null || got.startsWith(message) ? PASSED : failed(got);
}

/** Whether a text has all the words of another, with something in the place of what the reference forgot to fill in. */
function isFilledIn(forgotten: string, got: string): boolean {
  const words = forgotten.split(/\$bakeRequest\.\w+/).map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${words.join('[^$]+?')}`).test(got);
}

/** What may be baked is always told: an empty list where nothing is configured. */
function checkNoOptions(vector: Vector): Verdict {
  const { cloudProvider, imageId } = z
    .object({ cloudProvider: z.string().optional(), imageId: z.string().optional() })
    .parse(vector.input);
  const expected = RefusedInWords.parse(vector.expected);
  const { offers } = openBakery(vector.config);
  if (expected.httpStatus === 500) return offers.has(vector.area) ? deviation('D16') : failed('it is not offered');
  const provider = cloudProvider ?? vector.area;
  const got = explainNoOptions(provider, { offer: offers.get(provider), image: imageId });
  return compare(expected.message, got);
}
