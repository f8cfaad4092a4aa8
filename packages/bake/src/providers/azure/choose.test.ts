import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../catalogue.ts';
import { type BakePlan, planBake } from '../../plan.ts';
import { explainRefusal } from '../../refusal.ts';
import { parseRequest } from '../../request.ts';
import { explainSettingsProblem } from '../../settings/problem.ts';
import { readSettings } from '../../settings/read-settings.ts';

const NOON = new Date('2030-01-01T12:00:00Z');
const SETTINGS = `
azure:
  enabled: true
  accounts:
    - { name: north, clientId: hush-id, appKey: hush-key, subscriptionId: s-n, tenantId: t-n, packerResourceGroup: images-n }
    - { name: machine, packerResourceGroup: images-m }
  bakeryDefaults:
    templateFile: azure-linux.pkr.hcl
    baseImages:
      - baseImage: { id: noble, packageType: deb, publisher: Canonical, offer: ubuntu-24_04-lts, sku: server, version: latest }
`;
const settings = readSettings([{ name: 'azure.yml', text: SETTINGS }], {});
if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
const catalogue = openCatalogue(settings.value);
const templates = new Map(
  ['linux', 'linux-managed-image', 'windows', 'windows-managed-image']
    .map((which) => `azure-${which}.pkr.hcl`)
    .map((path) => [path, { path, executable: false, content: '' }]),
);

function planned(but: object): BakePlan {
  const request = parseRequest({ provider: 'azure', region: 'westeurope', packages: ['lantern'], ...but });
  if (!request.ok) throw new Error(explainRefusal(request.no));
  const plan = planBake(request.value, { catalogue, templates, now: NOON });
  if (!plan.ok) throw new Error(explainRefusal(plan.no));
  return plan.value;
}

test.each([
  [{ osType: 'linux' }, 'azure-linux.pkr.hcl', 'deb'],
  [{ osType: 'windows' }, 'azure-windows.pkr.hcl', 'nupkg'],
  [{ system: 'mine' }, 'azure-windows.pkr.hcl', 'nupkg'],
  [{ osType: 'linux', packageType: 'rpm', customManagedImage: 'golden' }, 'azure-linux-managed-image.pkr.hcl', 'rpm'],
  [{ osType: 'windows', customManagedImage: 'golden' }, 'azure-windows-managed-image.pkr.hcl', 'nupkg'],
])('a request without a base image and with %j is baked by %s from %s packages', (options, template, packageType) => {
  expect(planned({ options }).recipe).toMatchObject({ base: null, template, packageType });
});

test('once there is a publisher, offer and sku are the request’s too, and nothing of the base image is left', () => {
  const { variables, sourceImage } = planned({ base: 'noble', options: { publisher: 'Mine', sku: 's' } }).recipe;
  expect(sourceImage).toBe('Mine:s');
  expect(variables).toMatchObject({ azure_image_publisher: 'Mine', azure_image_sku: 's' });
  expect(variables).not.toHaveProperty('azure_image_offer');
});

test('a managed image is sent with a base image too, and changes neither its template nor what it starts from', () => {
  const { recipe } = planned({ base: 'noble', options: { customManagedImage: 'golden' } });
  expect(recipe).toMatchObject({
    template: 'azure-linux.pkr.hcl',
    sourceImage: 'Canonical:ubuntu-24_04-lts:server',
    variables: { azure_custom_managed_image_name: 'golden' },
  });
});

test('ids and keys of accounts are in a plan by their names only, and absent where the machine is who bakes', () => {
  const plan = planned({ base: 'noble' });
  expect(plan.recipe.secrets).toEqual({
    azure_client_id: 'azure.accounts.0.clientId',
    azure_client_secret: 'azure.accounts.0.appKey',
  });
  expect(JSON.stringify(plan)).not.toContain('hush');
  expect(planned({ base: 'noble', account: 'machine' }).recipe.secrets).toEqual({});
});

test('an empty base name hides the package, and an empty system the base image', () => {
  expect(planned({ base: 'noble', options: { baseName: '' } }).recipe.imageName).toBe('all-1893499200000-noble');
  expect(planned({ base: 'noble', options: { system: '' } }).recipe.imageName).toBe('lantern-all-1893499200000');
});

const order = fc.record(
  {
    region: fc.constantFrom('westeurope', 'northeurope'),
    base: fc.constant('noble'),
    account: fc.constantFrom('north', 'machine'),
    options: fc
      .record(
        {
          publisher: fc.constantFrom('A', 'B'),
          offer: fc.constantFrom('o', 'p'),
          sku: fc.constant('s'),
          customManagedImage: fc.constantFrom('golden', 'silver'),
          packageType: fc.constantFrom('deb', 'rpm'),
          baseName: fc.constantFrom('', 'x', 'y'),
          baseLabel: fc.constantFrom('release', 'candidate'),
          system: fc.constantFrom('', 'z'),
        },
        { requiredKeys: [] },
      )
      .map((options) => ({ osType: 'linux', ...options })),
  },
  { requiredKeys: ['region', 'options'] },
);
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

/** What Packer is told but for the name that we made, and the parts of the name that the caller asked for. */
function told(asked: Order): string {
  const { variables, secrets, template, sourceImage } = planned(asked).recipe;
  const { azure_managed_image_name: _, ...rest } = variables;
  const { baseName, baseLabel, system } = asked.options as Partial<Record<string, string>>;
  return JSON.stringify([Object.entries(rest).sort(), secrets, template, sourceImage, { baseName, baseLabel, system }]);
}

test('two orders have one key if, and only if, Packer is told the same and the caller asked for the same name', () => {
  // Orders that differ in one member are where a forgotten one would show.
  const pair = fc.tuple(order, order, fc.boolean()).map(([one, other, alike]): [Order, Order] => {
    const [[member, value] = []] = Object.entries(other.options).slice(1);
    return [one, alike && member ? { ...one, options: { ...one.options, [member]: value } } : other];
  });
  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(planned(one).key === planned(other).key).toBe(told(one) === told(other));
    }),
    { numRuns: 500 },
  );
});
