import { ClassicBody } from '../../../apps/api/src/rosco/bake-body.ts';
import { toRequest } from '../../../apps/api/src/rosco/to-request.ts';
import { explainRefusal, type Refusal } from '../../../packages/bake/src/refusal.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';
import type { Result } from '../../../packages/bake/src/result.ts';

/** A classic request as the api reads it off the wire. */
export const readWire = (
  wire: unknown,
  { region, defaultProvider = 'aws' }: { region: string; defaultProvider?: string },
): Result<BakeRequest, Refusal> =>
  toRequest(ClassicBody.parse(wire ?? {}), { region: region || 'anywhere', defaultProvider });

/** For vectors whose request is none of their question: one that is refused is an error. */
export function fromWire(wire: unknown, how: { region: string }): BakeRequest {
  const request = readWire(wire, how);
  if (!request.ok) throw new Error(`the api refuses the request: ${explainRefusal(request.no)}`);
  return request.value;
}
