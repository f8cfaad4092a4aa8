import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalText } from './canonical.ts';
import type { BakeOrder } from './order.ts';
import type { PackageArtifact } from './request.ts';
import type { Value } from './variable.ts';

/** Equal orders have equal keys. The way back is closed on purpose: a key is compared, never read. */
export const BakeKey = z.string().min(1).brand('BakeKey');
export type BakeKey = z.infer<typeof BakeKey>;

/** Everything that changes the image, by name: what a key is made of. */
export type KeyParts = Readonly<Record<string, Value>>;

/**
 * What sets this bake apart. The template is in by the bytes of all that is laid out with it. A name the caller asked for is in, one that
 * we derive is not, nor are app version, build host and url: they label the image and do not change it.
 */
export function keyParts({ request, choice, bundle }: BakeOrder): KeyParts {
  return {
    provider: request.provider,
    sourceImage: choice.sourceImage,
    packages: request.packages,
    artifacts: (request.packageArtifacts ?? []).map(toldOf),
    imageName: request.imageName ?? null,
    variables: choice.variables,
    secrets: { ...choice.secrets },
    distinct: [...choice.distinct],
    template: choice.template,
    varFile: request.varFile ?? null,
    bundle: bundle.digest,
  };
}

/** What a template that is handed the artifacts may install by; not where they came from, which is another for each run of a pipeline. */
const toldOf = (artifact: PackageArtifact): Value[] =>
  // They came as JSON, whatever is in them.
  ['name', 'reference', 'type', 'version', 'location'].map((member) => (artifact[member] ?? null) as Value);

export function bakeKey(parts: KeyParts): BakeKey {
  return BakeKey.parse(createHash('sha256').update(canonicalText(parts)).digest('hex'));
}
