import { createHash } from 'node:crypto';
import {
  type BakeFailure,
  BakeKey,
  type BakeOutcome,
  type BakePlan,
  type Bundle,
  type FailureClass,
  no,
  yes,
} from '@bakehouse/bake';

/** A plan that says `key`, and for the rest what a small bake says. */
export function aPlan(key: string, but: Partial<BakePlan> = {}): BakePlan {
  const bundle = but.bundle ?? aBundle('null builder');
  return {
    key: BakeKey.parse(key),
    keyParts: { key },
    recipe: {
      provider: 'local',
      region: 'here',
      base: 'bookworm',
      sourceImage: 'bookworm',
      imageName: `image-of-${key}`,
      appVersion: null,
      packageType: 'deb',
      template: 'local.json',
      varFile: null,
      bundle: bundle.digest,
      variables: { packages: 'hello' },
      secrets: {},
      places: {},
      limits: { totalMs: 60_000, idleMs: 60_000, graceMs: 10_000 },
    },
    bundle,
    lane: 'default',
    priority: 5,
    labels: {},
    packages: ['hello'],
    ...but,
  };
}

export function aBundle(template: string): Bundle {
  const digest = `sha256:${createHash('sha256').update(template).digest('hex')}`;
  return {
    digest,
    files: [{ path: 'local.json', executable: false, content: Buffer.from(template).toString('base64') }],
  };
}

export const anImage = (reference: string): { outcome: BakeOutcome } => ({
  outcome: yes([{ type: 'local/image', location: 'here', reference, name: reference }]),
});

export const aFailure = (of: FailureClass): BakeFailure => ({
  class: of,
  message: `it was ${of}`,
  evidence: [],
  next: 'look',
  leftovers: false,
});

export const failing = (of: FailureClass): { outcome: BakeOutcome } => ({ outcome: no(aFailure(of)) });
