import { z } from 'zod';

/** Whole seconds, at most a day. */
const Seconds = z.coerce.number().int().min(1).max(86_400);

const Lane = z.object({
  /** Bakes at once over all workers; no cap when absent. */
  cap: z.coerce.number().int().min(1).optional(),
});

/** The section `bakehouse`: what the classic bakery has no key for. */
export const BakerySettings = z.object({
  /** `honest` covers what changes the image; `rosco` is the classic bakery's key. */
  bakeKey: z.enum(['honest', 'rosco']).default('honest'),
  /** For classic requests that name none. */
  defaultProvider: z.string().default('aws'),
  /** How often a bake is begun whose failure is worth another try. */
  attempts: z.coerce.number().int().min(1).max(10).default(3),
  /** Before the second try; doubled before each further one. */
  retryDelaySeconds: Seconds.default(30),
  lanes: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/), Lane).default({ default: {} }),
  limits: z
    .object({
      timeoutSeconds: Seconds.default(3600),
      idleSeconds: Seconds.default(1800),
      graceSeconds: z.coerce.number().int().min(1).max(3600).default(600),
    })
    .prefault({}),
  retention: z
    .object({
      /** Ended bakes and their logs are forgotten after this. */
      days: z.coerce.number().int().min(1).max(365).default(14),
      /** And the oldest ended ones when there are more. */
      bakes: z.coerce.number().int().min(10).max(1_000_000).default(20_000),
    })
    .prefault({}),
  /** The account whose images are searched where a request names none. */
  bakeAccount: z.string().default('test'),
  /** A service that finds images by name, as Spinnaker's Clouddriver does; without one Packer searches. */
  imageSearchUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** A bakery that bakes manifests, as the classic one does; without one such calls are refused. */
  manifestBakeryUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether the classic calls `/status/instance` and `/status/all` are answered. */
  statusCalls: z.boolean().default(true),
  /** Origins of pages elsewhere that may change something by a classic call, as browsers say them: `https://deck.example`. */
  allowedOrigins: z
    .array(z.string().refine(isOrigin, 'expected what a browser calls an origin, as https://deck.example'))
    .default([]),
  /** Which repository a package type is installed from, where a base image names none of its own. `;` separates several. */
  repositories: z
    .object({ deb: z.string().default(''), rpm: z.string().default(''), nupkg: z.string().default('') })
    .prefault({}),
  /** Names of template files that Packer can only build as root. */
  templatesNeedingRoot: z.array(z.string()).default([]),
});
export type BakerySettings = z.infer<typeof BakerySettings>;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && text !== 'null';
}
