import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TemplateTree } from '../bundle.ts';
import { openCatalogue } from '../catalogue.ts';
import type { PackerRecord } from '../packer-report.ts';
import { type BakePlan, planBake } from '../plan.ts';
import type { Offer } from '../provider.ts';
import { BakeRecipe } from '../recipe.ts';
import { type BakeRequest, parseRequest } from '../request.ts';
import { readSettings } from '../settings/read-settings.ts';
import { providers } from './index.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml');
const settings = readSettings([{ name: SHIPPED, text: readFileSync(SHIPPED, 'utf8') }], {});
if (!settings.ok) throw new Error(JSON.stringify(settings.no));
const catalogue = openCatalogue(settings.value);
const NOON = new Date('2030-01-01T12:00:00Z');
const LATER = new Date('2030-01-01T12:00:01Z');

/** What every provider promises, whichever it is: this is where a new one proves itself. */
describe.each(Object.entries(providers))('%s', (name, provider) => {
  const offer = catalogue.offers.get(name) as Offer;
  const templates: TemplateTree = new Map(
    [`${name}.json`, 'mine.json'].map((file) => [file, { path: file, executable: false, content: '' }]),
  );

  function aRequest(but: object = {}): BakeRequest {
    const base = offer.baseImages[0]?.id;
    const request = parseRequest({
      provider: name,
      region: 'here',
      base,
      packages: ['curl'],
      template: 'mine.json',
      ...but,
    });
    if (!request.ok) throw new Error(JSON.stringify(request.no));
    return request.value;
  }
  function planned(but: object = {}, now = NOON): BakePlan {
    const plan = planBake(aRequest(but), { catalogue, templates, now });
    if (!plan.ok) throw new Error(JSON.stringify(plan.no));
    return plan.value;
  }

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

  test('takes the caller’s template and source image before its own', () => {
    expect(planned({ sourceImage: 'other' }).recipe).toMatchObject({ sourceImage: 'other', template: 'mine.json' });
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
      LATER,
    );
    expect(later.key).toBe(planned().key);
    expect(later.recipe.variables).not.toEqual(planned().recipe.variables);
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
