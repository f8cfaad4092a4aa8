import { z } from 'zod';
import { type BakeOptions, toOptions } from '../../../apps/api/src/rosco/bake-options.ts';
import type { Offer } from '../../../packages/bake/src/provider.ts';
import { hideCredentials } from '../../../packages/bake/src/url-credentials.ts';
import { compare, deviation, type Verdict } from '../verdict.ts';

/** What a provider offers as the classic forms list it; a password in a repository's address is told there by the reference alone. */
export function compareOptions(expected: unknown, provider: string, offer: Offer | undefined): Verdict {
  const got: BakeOptions | undefined = offer && toOptions(provider, offer);
  const exact = compare(expected, got);
  if (exact.is === 'passed') return exact;
  return compare(hideCredentials(z.json().parse(expected)), got).is === 'passed' ? deviation('D13') : exact;
}
