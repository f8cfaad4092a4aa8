import { type BakeRequest, no, type Result } from '@bakehouse/bake';
import { type ClassicBody, meaningOf } from './bake-body.ts';
import { type ClassicRefusal, refusedAs, TOO_LARGE, unusableId } from './classic-refusal.ts';
import { toRequest } from './to-request.ts';

/** Pipelines send their whole stage, with all that led to it; of that little is kept. */
export const LARGEST_STAGE = 16 * 1024 * 1024;

/** A caller's own id becomes part of names in Redis and of links. */
const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What a classic body asks for, in our own words, or why nobody may ask for it. */
export function readBody(
  body: ClassicBody,
  place: { region: string; defaultProvider: string },
): Result<BakeRequest, ClassicRefusal> {
  const { request_id: id } = meaningOf(body);
  if (id !== undefined && !OWN_ID.test(id)) return no(unusableId(id));
  const asked = toRequest(body, place);
  if (!asked.ok) return no(refusedAs(asked.no));
  return JSON.stringify(asked.value).length > MOST_KEPT ? no(TOO_LARGE) : asked;
}

/** Of what a bake is made of, which stays in Redis as long as its record. A native body has no more in all. */
const MOST_KEPT = 1024 * 1024;
