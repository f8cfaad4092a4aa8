import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TemplateTree } from '../bundle.ts';
import { type Catalogue, openCatalogue } from '../catalogue.ts';
import { type BakePlan, imageQuery, planBake } from '../plan.ts';
import { explainRefusal } from '../refusal.ts';
import { type BakeRequest, parseRequest } from '../request.ts';
import { readSealingKey } from '../seal.ts';
import { readSettings } from '../settings/read-settings.ts';
import { providers } from './index.ts';

const GOLDEN = path.resolve(import.meta.dirname, '../../golden');
const NOON = new Date('2030-01-01T12:00:00Z');
const key = readSealingKey('0123456789abcdef'.repeat(4));
const sealing = key.ok ? key.value : undefined;

function openGolden(folder: string): { catalogue: Catalogue; json: Record<string, unknown> } {
  const settings = readSettings([{ name: folder, text: readFileSync(path.join(folder, 'settings.yml'), 'utf8') }], {});
  if (!settings.ok) throw new Error(JSON.stringify(settings.no));
  const json = JSON.parse(readFileSync(path.join(folder, 'request.json'), 'utf8'));
  return { catalogue: openCatalogue(settings.value), json };
}

/** Has the template that is asked for and nothing else, so that every template of the settings is there too. */
const TEMPLATES: TemplateTree = new Map([
  ['mine.json', { path: 'mine.json', executable: false, content: '' }],
  ['vars.json', { path: 'vars.json', executable: false, content: '' }],
]);

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('', '..', '/', '{{', '__proto__', 'toString', 'null', '-', 'eu-west-1', '0'),
);
const odd = fc.oneof(word, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, true, 0, -1, [], {}));

/** The options that any provider knows, so that odd values reach the code behind the first look. */
const option = fc.oneof(
  fc.constantFrom('vmType', 'baseLabel', 'enhancedNetworking', 'baseName', 'publisher', 'offer', 'sku', 'osType'),
  fc.constantFrom('customManagedImage', 'packageType', 'organization', 'system'),
  word,
);

const twist = fc.record(
  {
    region: word,
    base: word,
    account: word,
    sourceImage: word,
    imageName: word,
    imageSuffix: word,
    varFile: fc.constantFrom('vars.json', '../x'),
    packages: fc.array(word, { maxLength: 3 }),
    packageArtifacts: fc.array(fc.record({ name: word, reference: odd }, { requiredKeys: [] }), { maxLength: 2 }),
    options: fc.dictionary(option, odd, { maxKeys: 3 }),
    variables: fc.dictionary(fc.oneof(word, fc.constantFrom('aws_region', 'repository', 'a_password')), odd, {
      maxKeys: 3,
    }),
    ci: fc.record(
      { commit: word, number: word, url: word, artifacts: fc.array(fc.oneof(word, odd), { maxLength: 3 }) },
      { requiredKeys: [] },
    ),
    allowMissing: fc.boolean(),
    upgrade: fc.boolean(),
  },
  { requiredKeys: [] },
);

const FILE_OF = { deb: '_1.0-1_all', rpm: '-1.0-1.noarch', nupkg: '.1.0.1' };

describe.each(Object.keys(providers))('%s', (name) => {
  describe.each(readdirSync(path.join(GOLDEN, name)))('as in golden/%s', (which) => {
    const { catalogue, json } = openGolden(path.join(GOLDEN, name, which));

    const parse = (but: object): BakeRequest | undefined => {
      const request = parseRequest({ ...json, template: 'mine.json', varFile: undefined, ...but });
      return request.ok ? request.value : undefined;
    };
    const plan = (but: object = {}): BakePlan => {
      const request = parse(but);
      if (!request) throw new Error('the golden request cannot be read');
      // Some golden requests say what only a classic caller may.
      const made = planBake(request, { catalogue, templates: TEMPLATES, now: NOON, sealing, inVain: 'take' });
      if (!made.ok) throw new Error(explainRefusal(made.no));
      return made.value;
    };

    test('plans or refuses whatever is asked, and says why in words', () => {
      fc.assert(
        fc.property(twist, (but) => {
          const request = parse(but);
          if (!request) return;
          imageQuery(request, catalogue);
          const made = planBake(request, { catalogue, templates: TEMPLATES, now: NOON, sealing });
          if (!made.ok) expect(explainRefusal(made.no)).toMatch(/\w/);
          else expect(JSON.parse(JSON.stringify(made.value.recipe))).toEqual(made.value.recipe);
        }),
        { numRuns: 100 },
      );
    });

    test('bakes a bare name as the artifact it is found as, under the key of that artifact', () => {
      const { packageType } = plan().recipe;
      const whole = `curl${FILE_OF[packageType]}`;
      const direct = plan({ packages: [whole], ci: undefined });
      const matched = plan({ packages: ['curl'], ci: { artifacts: ['a.txt', `${whole}.${packageType}`] } });
      expect(matched.key).toBe(direct.key);
      expect(matched.recipe).toEqual(direct.recipe);
    });

    test('knows a request again in whatever order its members are written', () => {
      const turned = Object.fromEntries(
        Object.entries({ ...json, template: 'mine.json', varFile: undefined }).reverse(),
      );
      expect(plan(turned).key).toBe(plan().key);
    });
  });
});
