import { type BakeRequest, no, type Result } from '@bakehouse/bake';
import type { ClassicBody } from './bake-body.ts';
import { type ClassicRefusal, refusedAs, unusableId } from './classic-refusal.ts';
import { toRequest } from './to-request.ts';

/** A caller's own id becomes part of names in Redis and of links. */
const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What a classic body asks for, in our own words, or why nobody may ask for it. */
export function readBody(
  body: ClassicBody,
  place: { region: string; defaultProvider: string },
): Result<BakeRequest, ClassicRefusal> {
  const { request_id: id } = body;
  if (id !== undefined && !OWN_ID.test(id)) return no(unusableId(id));
  const asked = toRequest(body, place);
  return asked.ok ? asked : no(refusedAs(asked.no));
}
