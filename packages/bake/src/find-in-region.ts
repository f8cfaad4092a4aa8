import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { no, type Result, yes } from './result.ts';

/** An entry of the settings about one base image, with what is said of each region. */
interface Entry<InRegion> {
  virtualizationSettings: readonly InRegion[];
}

/** What the entries of one base image say of the request's region: the last entry that knows it, and there the first that is said. */
export function findInRegion<InRegion extends { region?: string | undefined }>(
  { region: asked }: BakeRequest,
  { provider, base, entries }: { provider: string; base: string; entries: readonly Entry<InRegion>[] },
): Result<InRegion, Refusal> {
  const found = entries.findLast((entry) => inRegion(entry, asked));
  const settings = found && inRegion(found, asked);
  if (settings) return yes(settings);
  const regions = entries.flatMap(({ virtualizationSettings }) =>
    virtualizationSettings.flatMap((each) => each.region || []),
  );
  return no({ code: 'unknown-region', provider, base, asked, offered: [...new Set(regions)] });
}

const inRegion = <InRegion extends { region?: string | undefined }>(
  { virtualizationSettings }: Entry<InRegion>,
  asked: string,
): InRegion | undefined => virtualizationSettings.find(({ region }) => region === asked);
