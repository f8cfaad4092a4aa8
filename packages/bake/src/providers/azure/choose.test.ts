import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../catalogue.ts';
import { type BakePlan, type PlanningWith, planBake } from '../../plan.ts';
import { explainRefusal, type Refusal } from '../../refusal.ts';
import { parseRequest } from '../../request.ts';
import type { Result } from '../../result.ts';
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

function plan(but: object, how: Pick<PlanningWith, 'inVain'> = {}): Result<BakePlan, Refusal> {
  const request = parseRequest({ provider: 'azure', region: 'westeurope', packages: ['lantern'], ...but });
  return request.ok ? planBake(request.value, { catalogue, templates, now: NOON, ...how }) : request;
}

function planned(but: object, how: Parameters<typeof plan>[1] = {}): BakePlan {
  const made = plan(but, how);
  if (!made.ok) throw new Error(explainRefusal(made.no));
  return made.value;
}

test.each([
  [{ osType: 'linux' }, 'azure-linux.pkr.hcl', 'deb'],
  [{ osType: 'windows' }, 'azure-windows.pkr.hcl', 'nupkg'],
  [{ system: 'mine' }, 'azure-windows.pkr.hcl', 'nupkg'],
  [{ osType: 'linux', packageType: 'rpm', customManagedImage: 'golden' }, 'azure-linux-managed-image.pkr.hcl', 'rpm'],
  [{ osType: 'windows', customManagedImage: 'golden' }, 'azure-windows-managed-image.pkr.hcl', 'nupkg'],
])('a request without a base image and with %j is baked by %s from %s packages', (options, template, packageType) => {
  expect(planned({ options }, { inVain: 'take' }).recipe).toMatchObject({ base: null, template, packageType });
});

test('a request with nothing to start from is refused with what to name, unless what is in vain is taken', () => {
  const nothing = { options: { osType: 'linux' } };
  const refused = plan(nothing);
  expect(refused).toMatchObject({ ok: false, no: { code: 'no-source-image', provider: 'azure' } });
  expect(refused.ok ? '' : explainRefusal(refused.no)).toMatch(
    /^no source image for azure: .*base.*publisher.*Managed/,
  );
  expect(planned(nothing, { inVain: 'take' }).recipe).toMatchObject({ base: null, sourceImage: '' });
});

test.each<[string, object]>([
  ['a base image', { base: 'noble' }],
  ['a publisher', { options: { osType: 'linux', publisher: 'Mine' } }],
  ['a managed image', { options: { osType: 'linux', customManagedImage: 'golden' } }],
  ['a variable of its own', { options: { osType: 'linux' }, variables: { azure_image_publisher: 'Mine' } }],
  ['a template, which may know', { options: { osType: 'linux' }, template: 'azure-windows.pkr.hcl' }],
  ['a var file, which may say', { options: { osType: 'linux' }, varFile: 'azure-linux.pkr.hcl' }],
])('a request with %s has something to start from', (_, but) => expect(plan(but)).toMatchObject({ ok: true }));

test('a source image, which azure does not look at, is refused with the options that say the same', () => {
  const asked = { base: 'noble', sourceImage: 'mine' };
  const refused = plan(asked);
  expect(refused).toMatchObject({
    no: {
      code: 'malformed-request',
      issues: [{ path: 'sourceImage', message: expect.stringContaining('options.publisher') }],
    },
  });
  expect(planned(asked, { inVain: 'take' })).toEqual(planned({ base: 'noble' }));
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
  const { variables, secrets, template, sourceImage } = planned(asked, { inVain: 'take' }).recipe;
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
      const key = (asked: Order) => planned(asked, { inVain: 'take' }).key;
      expect(key(one) === key(other)).toBe(told(one) === told(other));
    }),
    { numRuns: 500 },
  );
});
