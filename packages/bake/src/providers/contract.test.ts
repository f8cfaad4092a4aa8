import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TemplateTree } from '../bundle.ts';
import { type Catalogue, openCatalogue } from '../catalogue.ts';
import type { PackerRecord } from '../packer-report.ts';
import { type BakePlan, type PlanningWith, planBake } from '../plan.ts';
import type { Offer } from '../provider.ts';
import { BakeRecipe } from '../recipe.ts';
import { type BakeRequest, parseRequest } from '../request.ts';
import { readSealingKey } from '../seal.ts';
import { explainSettingsProblem } from '../settings/problem.ts';
import { readSettings } from '../settings/read-settings.ts';
import { providers } from './index.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml');
/** The shipped settings enable a cloud by a variable of the environment, `AWS_ENABLED` and the like. */
const enabled = Object.values(providers).map(({ section }) => [`${section.toUpperCase()}_ENABLED`, 'true']);
const catalogue = catalogueOf(SHIPPED, Object.fromEntries(enabled));
const GOLDEN = path.resolve(import.meta.dirname, '../../golden');
/** Clouds that do not look at a request's source image: pipelines rely on it that a `base_ami` changes nothing there. */
const FIXED_SOURCE: ReadonlySet<string> = new Set(['azure', 'oracle']);
const key = readSealingKey('0123456789abcdef'.repeat(4));
const sealing = key.ok ? key.value : undefined;
const NOON = new Date('2030-01-01T12:00:00Z');
const LATER = new Date('2030-01-01T12:00:01Z');

function catalogueOf(file: string, environment: Record<string, string> = {}, { over = '' } = {}): Catalogue {
  const files = [
    { name: file, text: readFileSync(file, 'utf8') },
    { name: 'over', text: over },
  ];
  const settings = readSettings(files, environment);
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return openCatalogue(settings.value);
}

/** A tree that has whatever a recipe can ask for: files are known by their names here. */
const treeOf = (...names: (string | undefined)[]): TemplateTree =>
  new Map(
    names.flatMap((name) => (name === undefined ? [] : [[name, { path: name, executable: false, content: '' }]])),
  );

/** One that the shipped settings have, for clouds whose settings are by region: they say so when they refuse another. */
function regionIn(offer: Offer, request: Omit<BakeRequest, 'region'>): string {
  const choice = offer.choose({ ...request, region: 'here' });
  return !choice.ok && choice.no.code === 'unknown-region' ? (choice.no.offered[0] ?? 'here') : 'here';
}

/** One of the operator's own making, for a template of theirs. */
const isFree = (path: string): boolean => path.includes('.secretVariables.');

/** What every provider promises, whichever it is: this is where a new one proves itself. */
describe.each(Object.entries(providers))('%s', (name, provider) => {
  const offer = catalogue.offers.get(name) as Offer;
  const templates = treeOf('mine.json');
  const region = regionIn(offer, { provider: name, base: offer.baseImages[0]?.id, packages: [], priority: 5 });

  function aRequest(but: object = {}): BakeRequest {
    const base = offer.baseImages[0]?.id;
    const request = parseRequest({
      provider: name,
      region,
      base,
      packages: ['curl'],
      template: 'mine.json',
      ...but,
    });
    if (!request.ok) throw new Error(JSON.stringify(request.no));
    return request.value;
  }
  function planned(but: object = {}, { now = NOON, inVain }: Partial<PlanningWith> = {}): BakePlan {
    const plan = planBake(aRequest(but), { catalogue, templates, now, sealing, inVain });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    return plan.value;
  }

  const goldens = path.join(GOLDEN, name);
  const cases = existsSync(goldens) ? readdirSync(goldens) : [];
  test('has golden plans, which reviewers can read', () => expect(cases.length).toBeGreaterThan(0));

  // `npx vitest run packages/bake -u` writes them anew; what changed in them is what changes for callers.
  test.each(cases)('plans golden/%s as it is written there', async (which) => {
    const folder = path.join(goldens, which);
    const golden = catalogueOf(path.join(folder, 'settings.yml'));
    const request = parseRequest(JSON.parse(readFileSync(path.join(folder, 'request.json'), 'utf8')));
    if (!request.ok) throw new Error(JSON.stringify(request.no));
    const choice = golden.offers.get(name)?.choose(request.value);
    if (!choice?.ok) throw new Error(JSON.stringify(choice?.no));
    const tree = treeOf(choice.value.template, request.value.varFile);
    const plan = planBake(request.value, { catalogue: golden, templates: tree, now: NOON, sealing, inVain: 'take' });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    const { keyParts, recipe } = plan.value;
    const own = Object.entries(choice.value.secrets).flatMap(([secret, path]) => (isFree(path) ? [] : secret));
    expect(provider.secrets).toEqual(expect.arrayContaining(own));
    await expect(`${JSON.stringify({ keyParts, recipe }, null, 2)}\n`).toMatchFileSnapshot(
      path.join(folder, 'plan.json'),
    );
  });

  test('can bake on each base image that the shipped settings offer, and says which source it takes', () => {
    expect(offer.baseImages.length).toBeGreaterThan(0);
    for (const { id, packageType } of offer.baseImages) {
      expect(planned({ base: id }).recipe).toMatchObject({
        provider: name,
        base: id,
        packageType,
        sourceImage: expect.stringMatching(/./),
      });
    }
  });

  test('chooses plain data, and writes a recipe that survives the way through Redis', () => {
    const choice = offer.choose(aRequest());
    expect(JSON.parse(JSON.stringify(choice))).toEqual(choice);
    const { recipe } = planned();
    expect(BakeRecipe.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });

  test('takes the caller’s template before its own', () => expect(planned().recipe.template).toBe('mine.json'));

  test('takes the caller’s source image before its own, or refuses it unless asked not to mind', () => {
    const asked = { sourceImage: 'other' };
    if (!FIXED_SOURCE.has(name)) return expect(planned(asked).recipe.sourceImage).toBe('other');
    expect(planBake(aRequest(asked), { catalogue, templates, now: NOON })).toMatchObject({
      no: { code: 'malformed-request', issues: [{ path: 'sourceImage', message: expect.stringContaining(name) }] },
    });
    expect(planned(asked, { inVain: 'take' }).recipe.sourceImage).toBe(planned().recipe.sourceImage);
  });

  test('refuses a base image and an option that it does not have', () => {
    expect(offer.choose(aRequest({ base: 'moon' }))).toMatchObject({
      ok: false,
      no: { code: 'unknown-base-image', provider: name, asked: 'moon' },
    });
    expect(offer.choose(aRequest({ options: { moon: 1 } }))).toMatchObject({
      ok: false,
      no: { code: 'malformed-request' },
    });
  });

  test('keeps what only names the image out of the key', () => {
    const later = planned(
      { ci: { job: 'j', number: 1, url: 'https://ci.example/1', host: 'https://ci.example/' } },
      { now: LATER },
    );
    expect(later.key).toBe(planned().key);
    expect(later.recipe.variables).not.toEqual(planned().recipe.variables);
  });

  test('keeps what the operator masks, and secrets that a caller brings, out of its plan', () => {
    const over = `${provider.section}: { bakeryDefaults: { maskedPackerParameters: [package_type] } }`;
    const masking = catalogueOf(SHIPPED, Object.fromEntries(enabled), { over });
    const request = aRequest({ variables: { db_password: 'plum pudding' } });
    const plan = planBake(request, { catalogue: masking, templates, now: NOON, sealing });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    const { confided, ...rest } = plan.value;
    expect(confided).toEqual({ package_type: offer.baseImages[0]?.packageType, db_password: 'plum pudding' });
    expect(rest.recipe.variables).not.toHaveProperty('package_type');
    expect(JSON.stringify(rest)).not.toContain('pudding');
  });

  test('keeps its own secrets out of its plan where a caller brings them, whatever their names and however short', () => {
    const variables = Object.fromEntries(provider.secrets.map((secret) => [secret, 'plum']));
    const request = aRequest({ variables });
    const plan = planBake(request, { catalogue, templates, now: NOON, sealing });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    const { confided, ...rest } = plan.value;
    expect(confided).toEqual(variables);
    expect(JSON.stringify(rest)).not.toContain('plum');
  });

  test('sends a variable that the settings have as a secret by its name only, masked or not, without any key', () => {
    const path = `${provider.section}.bakeryDefaults.secretVariables.package_type`;
    const over = `${provider.section}: { bakeryDefaults: { maskedPackerParameters: [package_type], secretVariables: { package_type: plum pudding } } }`;
    const holding = catalogueOf(SHIPPED, Object.fromEntries(enabled), { over });
    const plan = planBake(aRequest(), { catalogue: holding, templates, now: NOON });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    expect(plan.value.recipe.secrets).toMatchObject({ package_type: path });
    expect(plan.value.recipe.variables).not.toHaveProperty('package_type');
    expect(plan.value.confided).toEqual({});
    expect(JSON.stringify(plan.value)).not.toContain('pudding');
  });

  test('fills no place itself and asks the worker for its configDir', () => {
    const { recipe } = planned();
    expect(recipe.places['configDir']).toBe('config-dir');
    expect(Object.keys(recipe.variables).filter((variable) => variable in provider.places)).toEqual([]);
  });

  test('takes nothing for an image that is none anywhere', () => {
    const records: PackerRecord[] = [
      { builderId: 'fnoeding.null', id: 'Null', text: '', files: [] },
      { builderId: 'packer.post-processor.checksum', id: '', text: '', files: ['/a.sha256'] },
      { builderId: 'mitchellh.amazon.ebsvolume', id: 'here:vol-1', text: '', files: [] },
      { builderId: 'somebody.elses', id: 'x', text: '', files: ['/x'] },
    ];
    const { recipe } = planned();
    expect(
      records.flatMap((record) => [
        ...provider.images(record, recipe),
        ...(provider.secondBest?.(record, recipe) ?? []),
      ]),
    ).toEqual([]);
  });
});
