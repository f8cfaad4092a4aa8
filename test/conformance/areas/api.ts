import { z } from 'zod';
import { classicKey } from '../../../packages/bake/src/classic-key.ts';
import { type BakePlan, planBake } from '../../../packages/bake/src/plan.ts';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import { explainRefusal, type Refusal } from '../../../packages/bake/src/refusal.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';
import type { Result } from '../../../packages/bake/src/result.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, deviation, failed, notYet, type Verdict } from '../verdict.ts';
import { openBakery, templatesNamed } from './bakery.ts';
import { compareOptions } from './base-images.ts';
import { fromWire, readWire } from './wire.ts';
import { toNaming, WireNaming } from './wire-naming.ts';

/** The areas of the api's vectors that the mind answers; the others need a server. */
export const API_CHECKS: Readonly<Record<string, Check>> = {
  'bake-key': checkKey,
  'provider-key-component': checkKeyPart,
  'extended-attributes': checkAttributes,
  'template-path': checkTemplatePath,
  'repository-choice': checkRepository,
  'bake-options-json': checkOptions,
  'packer-command': () => deviation('D1'),
  'command-masking': () => deviation('D1'),
};

function checkKey({ input, expected }: Vector): Verdict {
  const { request, providerComponent } = z
    .object({ request: WireNaming, providerComponent: z.string().nullable() })
    .parse(input);
  return compare(expected, classicKey(toNaming(request, /[ \t\n\r\f]+/), providerComponent));
}

function checkKeyPart({ input, expected }: Vector): Verdict {
  const { provider, region, request, config } = z
    .object({
      provider: z.string(),
      region: z.string(),
      request: z.record(z.string(), z.unknown()),
      config: z.record(z.string(), z.unknown()),
    })
    .parse(input);
  const section = providers[provider]?.section;
  if (section === undefined) return notYet(`the provider ${provider} is not here`);
  const offer = openBakery({ [section]: { enabled: true, ...config, bakeryDefaults: config } }).offers.get(provider);
  const part = offer?.classicKeyPart(fromWire({ cloud_provider_type: provider, ...request }, { region }));
  return part?.ok ? compare(expected, part.value) : failed('it has no key');
}

function checkAttributes({ input, expected }: Vector): Verdict {
  const { parameters, extendedAttributes } = z
    .object({ parameters: z.record(z.string(), z.unknown()), extendedAttributes: z.unknown() })
    .parse(input);
  const request = readWire({ extended_attributes: extendedAttributes }, { region: '' });
  const isCrash = z.object({ error: z.string() }).safeParse(expected).success;
  if (!request.ok) return isCrash ? deviation('D16') : failed(explainRefusal(request.no));
  return compare(expected, { ...parameters, ...request.value.variables });
}

const TemplateInput = z.object({
  configDir: z.string(),
  request: z.object({ template_file_name: z.string().nullish(), var_file_name: z.string().nullish() }),
  baseImageTemplateFile: z.string().nullable(),
  providerTemplateFile: z.string().nullable(),
  templatesNeedingRoot: z.array(z.string()).default([]),
});

const TemplateExpected = z.object({ template: z.string(), varFile: z.string().nullable(), baseCommand: z.string() });

function checkTemplatePath({ input, expected }: Vector): Verdict {
  const {
    configDir,
    request: wire,
    baseImageTemplateFile,
    providerTemplateFile,
    templatesNeedingRoot,
  } = TemplateInput.parse(input);
  const { baseCommand, ...files } = TemplateExpected.parse(expected);
  const request = {
    ...aRequest,
    template: wire.template_file_name || undefined,
    varFile: wire.var_file_name || undefined,
  };
  const names = [
    request.template,
    request.varFile,
    baseImageTemplateFile ?? undefined,
    providerTemplateFile ?? undefined,
  ];
  const made = planDocker(request, {
    names,
    settings: {
      templatesNeedingRoot: templatesNeedingRoot.join(','),
      ...dockerSettings({
        templateFile: providerTemplateFile,
        baseImage: { templateFile: baseImageTemplateFile },
      }),
    },
  });
  if (!made.ok) return made.no.code === 'unsafe-path' ? deviation('D5') : failed(explainRefusal(made.no));

  const { template, varFile, needsRoot } = made.value.recipe;
  const got = {
    template: `${configDir}/${template}`,
    varFile: varFile && `${configDir}/${varFile}`,
    baseCommand: needsRoot ? 'sudo' : '',
  };
  const same = compare({ ...files, baseCommand }, got);
  return same.is === 'passed' && baseCommand !== '' ? deviation('D14') : same;
}

const RepositoryInput = z.object({
  baseImage: z.record(z.string(), z.unknown()),
  config: z.record(z.string(), z.unknown()),
});

function checkRepository({ input, expected }: Vector): Verdict {
  const { baseImage, config } = RepositoryInput.parse(input);
  const settings = { ...config, ...dockerSettings({ templateFile: 'docker.json', baseImage }) };
  const made = planDocker(aRequest, { names: ['docker.json'], settings });
  return made.ok ? compare(expected, made.value.recipe.variables['repository']) : failed(explainRefusal(made.no));
}

function checkOptions({ input, expected }: Vector): Verdict {
  const { provider, baseImages } = z.object({ provider: z.string(), baseImages: z.array(z.unknown()) }).parse(input);
  const section = providers[provider]?.section;
  if (section === undefined) return notYet(`the provider ${provider} is not here`);
  const bakeryDefaults = {
    baseImages: baseImages.map((baseImage) => ({ baseImage })),
  };
  const offer = openBakery({ [section]: { enabled: true, bakeryDefaults } }).offers.get(provider);
  return compareOptions(expected, provider, offer);
}

/** These rules are the same on every cloud; docker has the fewest of its own. */
const dockerSettings = ({ templateFile, baseImage }: { templateFile: unknown; baseImage: object }) => ({
  docker: {
    enabled: true,
    bakeryDefaults: {
      templateFile,
      baseImages: [
        { baseImage: { packageType: 'deb', ...baseImage, id: 'any' }, virtualizationSettings: { sourceImage: 'any' } },
      ],
    },
  },
});

const aRequest: BakeRequest = { provider: 'docker', region: 'any', base: 'any', packages: ['any'], priority: 5 };

const planDocker = (
  request: BakeRequest,
  { names, settings }: { names: readonly (string | undefined)[]; settings: unknown },
): Result<BakePlan, Refusal> =>
  planBake(request, { catalogue: openBakery(settings), templates: templatesNamed(names), now: new Date(0) });
