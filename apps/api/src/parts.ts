import type { Catalogue, SealingKey, TemplateTree } from '@bakehouse/bake';
import type { BakeQueue } from '@bakehouse/queue';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { FindImages } from './find-images.ts';
import type { Meters } from './meters.ts';

/** What the api is made of. A test hands in its own. */
export interface Parts {
  catalogue: Catalogue;
  queue: BakeQueue;
  /** The operator's templates as they stand now. */
  templates: () => Promise<TemplateTree>;
  /** Absent where nobody knows images by name; then Packer searches for them. */
  findImages?: FindImages | undefined;
  /** Seals what requests confide, for workers that have it too; absent where the operator gave none. */
  sealing?: SealingKey | undefined;
  /** 12 random bytes, new for each seal. */
  newNonce: () => Uint8Array;
  meters: Meters;
  log: FastifyBaseLogger;
  /** This api's own id, `<uuid>@<hostname>`: new at every start. */
  instance: string;
  now: () => Date;
  /** A fresh id for a bake. */
  newId: () => string;
}

/** The server as routes see it: their zod schemas type what they read and what they answer. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
