import { ClassicBody } from '../../../apps/api/src/rosco/bake-body.ts';
import { toRequest } from '../../../apps/api/src/rosco/to-request.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';

/** A classic request as the api reads it off the wire. One that it refuses is an error of this run: the vectors hold none. */
export function fromWire(wire: unknown, { region }: { region: string }): BakeRequest {
  const request = toRequest(ClassicBody.parse(wire ?? {}), { region: region || 'anywhere', defaultProvider: 'aws' });
  if (!request.ok) throw new Error(`the api refuses it: ${JSON.stringify(request.no)}`);
  return request.value;
}
