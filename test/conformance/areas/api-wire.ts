import { z } from 'zod';
import { ClassicBody } from '../../../apps/api/src/rosco/bake-body.ts';
import { toDetails } from '../../../apps/api/src/rosco/bake-details.ts';
import { toStatus } from '../../../apps/api/src/rosco/bake-status.ts';
import { executionGroup } from '../../../apps/api/src/rosco/execution-group.ts';
import type { Artifact } from '../../../packages/bake/src/artifact.ts';
import { entriesOfRun } from '../../../packages/bake/src/artifacts/manifest.ts';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import { readOutput } from '../../../packages/packer/src/report.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, deviation, failed, notYet, type Verdict } from '../verdict.ts';
import { aBaked, aBaking, aCancelled, aRecipe } from './baked.ts';

/** The areas of the api's vectors about what goes over the wire, as far as no server is needed to answer them. */
export const WIRE_CHECKS: Readonly<Record<string, Check>> = {
  'bake-request-json': checkBody,
  'bake-status-json': checkStatus,
  'artifact-decoration': checkDecoration,
  'bake-lookup': checkLookup,
  'packer-manifest': checkManifest,
  'execution-group': checkGroup,
};

/** The reference says `package_name` of what is `package` on the wire, in its own fields only. */
function checkBody({ input, expected }: Vector): Verdict {
  const { body } = z.object({ body: z.unknown() }).parse(input);
  const wanted = z
    .object({ accepted: z.boolean(), fields: z.record(z.string(), z.unknown()).default({}) })
    .parse(expected);
  const read = ClassicBody.safeParse(body);
  if (!read.success) return wanted.accepted ? failed(z.prettifyError(read.error)) : compare(wanted.accepted, false);
  const { package: packageName, ...rest } = read.data;
  const fields: Record<string, unknown> = { ...rest, package_name: packageName };
  const asked = Object.entries(wanted.fields).map(([name, value]) => [name, listedOf(value, fields[name] ?? null)]);
  return compare(
    { accepted: wanted.accepted, fields: wanted.fields },
    { accepted: true, fields: Object.fromEntries(asked) },
  );
}

/** Of artifacts too only what is listed is asked; what one does not bring, the reference's record of it has all the same. */
function listedOf(wanted: unknown, got: unknown): unknown {
  const both = z.tuple([Artifacts, Artifacts]).safeParse([wanted, got]);
  if (!both.success) return got;
  const [listed, artifacts] = both.data;
  return artifacts.map((artifact, index) => {
    const whole = { customKind: false, metadata: {}, ...artifact };
    const names = Object.keys(listed[index] ?? whole);
    return Object.fromEntries(names.map((name) => [name, whole[name as keyof typeof whole] ?? null]));
  });
}

const Artifacts = z.array(z.record(z.string(), z.unknown()));

const Status = z.object({ id: z.string(), state: z.enum(['RUNNING', 'COMPLETED', 'CANCELED']) });

function checkStatus({ input, expected }: Vector): Verdict {
  const { status } = z.object({ status: Status }).parse(input);
  const baked = aBaked(
    aRecipe({ provider: 'docker', region: 'any', imageName: 'any' }),
    [anImage('docker', {})],
    status,
  );
  const bakes = { RUNNING: aBaking(status.id), COMPLETED: baked, CANCELED: aCancelled(status.id) };
  return compare(expected, toStatus(bakes[status.state]));
}

const Decoration = z.object({
  cloudProvider: z.string(),
  region: z.string(),
  recipeName: z.string(),
  request: z.object({ build_info_url: z.string().nullish(), build_number: z.string().nullish() }),
  bake: z.object({ id: z.string(), ami: z.string().nullish(), image_name: z.string().nullish() }),
  project: z.string().optional(),
});

function checkDecoration({ input, expected }: Vector): Verdict {
  const { cloudProvider: provider, region, recipeName, request, bake, project } = Decoration.parse(input);
  const variables = project === undefined ? {} : { gce_project_id: project };
  const recipe = aRecipe({ provider, region, imageName: recipeName, variables });
  const reference = bake.ami || bake.image_name;
  // Such a bake is a failure here, and has no details at all.
  if (!reference) return deviation('D10');
  const image = anImage(provider, { location: region, reference, name: bake.image_name || recipeName });
  const ci = { url: request.build_info_url ?? undefined, number: request.build_number ?? undefined };
  const details = toDetails(aBaked(recipe, [image], { id: bake.id, ci }), region);
  if (!details.ok) return failed(details.no);
  const { artifact } = details.value;
  if (!providers[provider]?.copiesByRegion) return compare(expected, artifact);
  // The reference decorates it so and then answers with another, which has no metadata.
  const shown = z.looseObject({ metadata: z.unknown() }).parse(expected);
  const same = compare({ ...shown, metadata: {} }, artifact);
  return same.is === 'passed' ? notYet('no answer shows the metadata of an image that has copies') : same;
}

const StoredArtifact = z.object({ location: z.string().nullable(), reference: z.string().nullable() });
const Lookup = z.object({
  region: z.string(),
  stored: z.object({
    id: z.string(),
    ami: z.string().nullish(),
    image_name: z.string().nullish(),
    artifact: StoredArtifact.extend({
      type: z.string().nullable(),
      name: z.string().nullable(),
      metadata: z.object({ build_info_url: z.string().nullish(), build_number: z.string().nullish() }),
    }),
    artifacts: z.array(StoredArtifact).nullish(),
  }),
});

/** A stored answer of the reference as the bake that it came of: one with copies is of a cloud that has them by region. */
function checkLookup({ input, expected }: Vector): Verdict {
  const { region, stored } = Lookup.parse(input);
  if (!stored.artifacts) return notYet('a bake here always has its list of images');
  const [first, ...others] = imagesIn(stored);
  if (!first || [first, ...others].some(({ reference }) => reference === '')) return deviation('D10');
  const { metadata } = stored.artifact;
  const ci = { url: metadata.build_info_url ?? undefined, number: metadata.build_number ?? undefined };
  const details = toDetails(aBaked(recipeOf(stored), [first, ...others], { id: stored.id, ci }), region);

  const { status, body } = z.object({ status: z.number(), body: z.unknown() }).partial({ body: true }).parse(expected);
  if (status === 500) return details.ok ? failed(details.value) : deviation('D9');
  if (!details.ok) return failed(details.no);
  const exact = compare(body, details.value);
  if (exact.is === 'passed' || stored.image_name) return exact;
  // Where a log told no name, the one of the recipe is told here.
  return compare(body, { ...details.value, image_name: stored.image_name }).is === 'passed' ? deviation('D3') : exact;
}

type Stored = z.infer<typeof Lookup>['stored'];

const providerOf = ({ artifact }: Stored): string => artifact.type?.split('/')[0] ?? 'aws';

function imagesIn(stored: Stored): Artifact[] {
  const { artifact, artifacts, ami, image_name: said } = stored;
  const name = said || artifact.name || '';
  const kept = artifacts?.length ? artifacts : [{ ...artifact, reference: ami || name }];
  return kept.map(({ location, reference }) =>
    anImage(providerOf(stored), { location: location ?? '', reference: reference ?? '', name }),
  );
}

/** gce's reference is an address, which names the project too. */
function recipeOf(stored: Stored) {
  const { location, name, reference } = stored.artifact;
  const project = /\/projects\/([^/]+)\/global\/images\//.exec(reference ?? '')?.[1];
  const variables = project === undefined ? {} : { gce_project_id: project };
  return aRecipe({ provider: providerOf(stored), region: location ?? '', imageName: name ?? '', variables });
}

/** Here the manifest is a witness beside the records; which of its builds is the last is asked of it all the same. */
function checkManifest({ input, expected }: Vector): Verdict {
  const { manifest } = z.object({ manifest: z.unknown() }).parse(input);
  const entries = entriesOfRun(readOutput('', { exitCode: 0, manifest }));
  const wanted = z.object({ imageName: z.string() }).safeParse(expected);
  if (wanted.success) return compare(wanted.data.imageName, entries[0]?.artifactId);
  return entries.length === 0 ? deviation('D3') : failed(entries);
}

const anImage = (provider: string, said: Partial<Artifact>): Artifact => ({
  type: `${provider}/image`,
  location: 'any',
  reference: 'any',
  name: 'any',
  ...said,
});

/** Ours is the group itself: what stands before it is the classic bakery's name for a key in Redis. */
function checkGroup({ input, expected }: Vector): Verdict {
  const { header } = z.object({ header: z.string() }).parse(input);
  return compare(expected, `bake:pipeline_execution:${executionGroup(header)}`);
}
