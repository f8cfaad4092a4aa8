import { expect, test } from 'vitest';
import { openCatalogue } from '../../catalogue.ts';
import { type PlanningWith, planBake } from '../../plan.ts';
import { explainRefusal } from '../../refusal.ts';
import { parseRequest } from '../../request.ts';
import { explainSettingsProblem } from '../../settings/problem.ts';
import { readSettings } from '../../settings/read-settings.ts';

const TEMPLATES = new Map([['docker.json', { path: 'docker.json', executable: false, content: '' }]]);

function planned(baseImages: string, asked: object = {}, inVain: PlanningWith['inVain'] = 'refuse') {
  const text = `docker: { enabled: true, bakeryDefaults: { baseImages: [${baseImages}] } }`;
  const settings = readSettings([{ name: 'docker.yml', text }], {});
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  const request = parseRequest({ provider: 'docker', region: 'any', base: 'noble', imageName: 'web', ...asked });
  if (!request.ok) throw new Error(explainRefusal(request.no));
  const how = { catalogue: openCatalogue(settings.value), templates: TEMPLATES, now: new Date(), inVain };
  return planBake(request.value, how);
}

const noble = (more: string) => `{ baseImage: { id: noble, packageType: deb }${more} }`;

test('of two base images with one id the first counts, even where it has no settings', () => {
  const twice = `${noble('')}, ${noble(', virtualizationSettings: { sourceImage: "ubuntu:24.04" }')}`;
  expect(planned(twice)).toMatchObject({ ok: false, no: { code: 'unknown-base-image', asked: 'noble' } });
});

test('a base image without a source image is baked from the one that the request names', () => {
  const plan = planned(noble(', virtualizationSettings: {}'), { sourceImage: 'ubuntu:24.04' });
  expect(plan).toMatchObject({ ok: true, value: { recipe: { sourceImage: 'ubuntu:24.04' } } });
  const own = planned(noble(', virtualizationSettings: {}'), { variables: { docker_source_image: 'mine:1' } });
  expect(own).toMatchObject({ ok: true, value: { recipe: { variables: { docker_source_image: 'mine:1' } } } });
});

test('where nobody names a source image the request is refused, but a classic one goes to Packer without', () => {
  const sourceless = noble(', virtualizationSettings: { sourceImage: "" }');
  expect(planned(sourceless)).toMatchObject({ ok: false, no: { code: 'no-source-image', base: 'noble' } });
  const classic = planned(sourceless, {}, 'take');
  if (!classic.ok) throw new Error(explainRefusal(classic.no));
  expect(classic.value.recipe.variables).not.toHaveProperty('docker_source_image');
});
