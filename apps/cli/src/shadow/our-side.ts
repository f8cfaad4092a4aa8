import { no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import { type Answer, jsonOf } from './answer.ts';
import type { Unread } from './difference.ts';

const Taken = z
  .object({
    status: z.literal(200),
    key: z.string(),
    classicKey: z.string(),
    recipe: z.object({
      provider: z.string(),
      region: z.string(),
      imageName: z.string(),
      variables: z.record(z.string(), z.unknown()),
      confidential: z.array(z.string()).default([]),
    }),
  })
  .transform((plan) => ({ answer: 'taken' as const, ...plan }));

const Refused = z
  .object({ status: z.number(), code: z.string(), message: z.string().nullable(), classicKey: z.string().nullable() })
  .transform((plan) => ({ answer: 'refused' as const, ...plan }));

/** What our api says a classic create would come to, as far as a comparison minds. */
export const Plan = z.union([Taken, Refused]);
export type Plan = z.infer<typeof Plan>;

/** Our api, asked beside upstream. Nobody waits for it but the comparison. */
export interface OurSide {
  /** What the create of this body would come to. `region` as it stands in the path. */
  plan(
    region: string,
    call: { bytes: Buffer; headers: Readonly<Record<string, string>> },
  ): Promise<Result<Plan, Unread>>;
  /** The same GET, from us. */
  show(path: string): Promise<Result<Answer, Unread>>;
}

/** An api that takes longer is as good as away; comparisons wait in a line. */
const ANSWER_WITHIN_MS = 10_000;

export function openOurSide(url: string, signal: AbortSignal): OurSide {
  const base = url.replace(/\/+$/, '');
  const ask = async (path: string, init: RequestInit = {}): Promise<Result<Answer, Unread>> => {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const answer = await fetch(base + path, { ...init, redirect: 'manual', signal: limit });
      const text = await answer.text();
      return answer.status >= 500 ? no('api-away') : yes({ status: answer.status, text });
    } catch {
      return no('api-away');
    }
  };
  return {
    async plan(region, { bytes, headers }) {
      const answer = await ask(`/plan/classic/${region}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
      if (!answer.ok) return answer;
      const plan = Plan.safeParse(jsonOf(answer.value.text));
      return answer.value.status === 200 && plan.success ? yes(plan.data) : no('api-foreign');
    },
    show: (path) => ask(path),
  };
}
