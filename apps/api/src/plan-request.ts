import {
  type BakePlan,
  type BakeRequest,
  type Confided,
  type PlanningWith,
  planBake,
  type Refusal,
  type Result,
} from '@bakehouse/bake';
import { findImagesFor } from './find-images.ts';
import type { Parts } from './parts.ts';

/** Plans a request with what stands now: the images that it asks for by name are found, and the templates are read. */
export async function planRequest(
  request: BakeRequest,
  how: Pick<PlanningWith, 'withoutKey' | 'inVain'>,
  { catalogue, findImages, templates, sealing, now }: Parts,
): Promise<Result<BakePlan & Confided, Refusal>> {
  const found = await findImagesFor(request, { catalogue, findImages });
  return planBake(request, { ...how, catalogue, templates: await templates(), now: now(), found, sealing });
}
