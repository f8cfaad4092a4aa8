import { Bake, hasEnded, hideCredentials } from '@bakehouse/bake';
import { z } from 'zod';

const Links = z.object({
  self: z.string(),
  /** Text, or server-sent events for who accepts them. */
  log: z.string(),
  /** To be called with DELETE; absent once the bake has ended. */
  cancel: z.string().optional(),
});

const Answered = z.object({
  because: z
    .enum(['twin', 'repeat'])
    .describe('`twin`: an equal bake stands for it. `repeat`: the same Idempotency-Key.'),
  message: z.string().describe('The same for people, and what to do to bake all the same.'),
});

const [waiting, baking, baked, failed, cancelled] = Bake.options;

/** A bake as callers see it: the record, and where to go from it. */
export const BakeView = z.discriminatedUnion('state', [
  waiting.extend({ links: Links }),
  baking.extend({ links: Links }),
  baked.extend({ links: Links }),
  failed.extend({ links: Links }),
  cancelled.extend({ links: Links }),
]);
export type BakeView = z.infer<typeof BakeView>;

const answered = { links: Links, answeredBy: Answered };

/** A bake that was there already and answers a request, with the reason. */
export const AnsweringBake = z.discriminatedUnion('state', [
  waiting.extend(answered),
  baking.extend(answered),
  baked.extend(answered),
  failed.extend(answered),
  cancelled.extend(answered),
]);
export type AnsweringBake = z.infer<typeof AnsweringBake>;

export const pathOf = ({ id }: { id: string }): string => `/bakes/${encodeURIComponent(id)}`;

export function viewBake(bake: Bake): BakeView {
  const self = pathOf(bake);
  return { ...hideCredentials(bake), links: { self, log: `${self}/log`, ...(hasEnded(bake) ? {} : { cancel: self }) } };
}

export function viewAnswer(bake: Bake, because: 'twin' | 'repeat'): AnsweringBake {
  return { ...viewBake(bake), answeredBy: { because, message: because === 'twin' ? aboutTwin(bake) : ABOUT_REPEAT } };
}

const ABOUT_REPEAT = 'this Idempotency-Key was used before for the same request, and this is the bake that it got';

function aboutTwin(bake: Bake): string {
  if (bake.state === 'baked')
    return `an equal request was baked at ${bake.finishedAt}, and this is its image; ?rebake=1 bakes again`;
  return `an equal request is ${bake.state} already, and this one has joined it; ?rebake=1 bakes afresh`;
}
