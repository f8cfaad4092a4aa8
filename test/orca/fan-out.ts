import type { ChildStage } from './body.ts';

export interface FannedOut {
  context: Readonly<Record<string, unknown>>;
  /** The regions of later deploy stages of the same provider. */
  deploysTo?: readonly string[];
}

/** A part for each region that the stage names or that is deployed to later. All put the same time into their images' names. */
export function fanOut(stage: FannedOut, { now, executionId }: { now: Date; executionId: string }): ChildStage[] {
  const { region: _, regions: __, rebake, ...context } = stage.context;
  const amiSuffix = context['amiSuffix'] ?? inSeconds(now);
  return bakeRegions(stage).map((region) => ({
    region,
    rebake: rebake === true,
    stage: {
      id: `${executionId}:${region}`,
      type: 'bake',
      context: { type: 'bake', name: `Bake in ${region}`, refId: '1', ...context, amiSuffix, region },
      outputs: {},
    },
  }));
}

/** Those of later stages are left out where an image is for the whole world, or somebody has said so. */
function bakeRegions({ context, deploysTo = [] }: FannedOut): string[] {
  const { region, regions, skipRegionDetection } = context;
  const named = [region, ...(Array.isArray(regions) ? regions : [])].filter((each) => typeof each === 'string');
  const detects = !named.includes('global') && skipRegionDetection !== true;
  return [...new Set([...named, ...(detects ? deploysTo : [])])];
}

/** `yyyyMMddHHmmss`, UTC. */
const inSeconds = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14);
