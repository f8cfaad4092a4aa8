import { z } from 'zod';

/** One case of a vector file: what goes in, and what the reference makes of it. */
export const Vector = z.object({
  area: z.string(),
  name: z.string(),
  /** The provider vectors say here what is asked of the provider that their area names. */
  function: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  input: z.record(z.string(), z.unknown()),
  expected: z.json(),
});
export type Vector = z.infer<typeof Vector>;

/** Under which name a vector is counted. */
export const areaOf = ({ area, function: asked }: Vector): string => (asked === undefined ? area : `${area} ${asked}`);
