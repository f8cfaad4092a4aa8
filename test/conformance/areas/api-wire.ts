import { z } from 'zod';
import { ClassicBody } from '../../../apps/api/src/rosco/bake-body.ts';
import { toDetails } from '../../../apps/api/src/rosco/bake-details.ts';
import { toStatus } from '../../../apps/api/src/rosco/bake-status.ts';
import { executionGroup } from '../../../apps/api/src/rosco/execution-group.ts';
import type { Artifact } from '../../../packages/bake/src/artifact.ts';
import { entriesOfRun } from '../../../packages/bake/src/artifacts/manifest.ts';
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
  const asked = Object.keys(wanted.fields).map((name) => [name, fields[name] ?? null]);
  return compare(
    { accepted: wanted.accepted, fields: wanted.fields },
    { accepted: true, fields: Object.fromEntries(asked) },
  );
}

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
  bake: z.object({ id: z.string(), ami: z.string().nullable(), image_name: z.string() }),
  project: z.string().optional(),
});

function checkDecoration({ input, expected }: Vector): Verdict {
  const { cloudProvider: provider, region, recipeName, request, bake, project } = Decoration.parse(input);
  const variables = project === undefined ? {} : { gce_project_id: project };
  const recipe = aRecipe({ provider, region, imageName: recipeName, variables });
  const image = anImage(provider, { location: region, reference: bake.ami ?? bake.image_name, name: bake.image_name });
  const ci = { url: request.build_info_url ?? undefined, number: request.build_number ?? undefined };
  const details = toDetails(aBaked(recipe, [image], { id: bake.id, ci }), region);
  return details.ok ? compare(expected, details.value.artifact) : failed(details.no);
}

const StoredArtifact = z.object({ location: z.string().nullable(), reference: z.string().nullable() });
const Lookup = z.object({
  region: z.string(),
  stored: z.object({
    id: z.string(),
    image_name: z.string(),
    artifact: StoredArtifact.extend({
      type: z.string().nullable(),
      name: z.string().nullable(),
      metadata: z.object({ build_info_url: z.string().nullish(), build_number: z.string().nullish() }),
    }),
    artifacts: z.array(StoredArtifact),
  }),
});

/** A stored answer of the reference as the bake that it came of: one with copies is of a cloud that has them by region. */
function checkLookup({ input, expected }: Vector): Verdict {
  const { region, stored } = Lookup.parse(input);
  const { artifact, artifacts, image_name: name } = stored;
  const provider = artifact.type?.split('/')[0] ?? 'aws';
  const kept = artifacts.length > 0 ? artifacts : [artifact];
  const [first, ...others] = kept.map(({ location, reference }) =>
    anImage(provider, { location: location ?? '', reference: reference ?? '', name }),
  );
  if (!first) return notYet('a bake without an image is none here');
  const ci = {
    url: artifact.metadata.build_info_url ?? undefined,
    number: artifact.metadata.build_number ?? undefined,
  };
  const recipe = aRecipe({ provider, region: artifact.location ?? '', imageName: artifact.name ?? '' });
  const details = toDetails(aBaked(recipe, [first, ...others], { id: stored.id, ci }), region);

  const { status, body } = z.object({ status: z.number(), body: z.unknown() }).partial({ body: true }).parse(expected);
  if (status === 500) return details.ok ? failed(details.value) : deviation('D9');
  return details.ok ? compare(body, details.value) : failed(details.no);
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
