import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Bundle } from '@bakehouse/bake';
import type { Store } from './store.ts';

/** Keeps a bundle for the bake that is about to use it. Without a user it is gone after an hour. */
export async function keepBundle({ redis, names }: Store, bundle: Bundle): Promise<void> {
  await redis.set(names.bundle(bundle.digest), await promisify(gzip)(JSON.stringify(bundle)), 'EX', 3600, 'NX');
}

export async function readBundle({ redis, names }: Store, digest: string): Promise<Bundle> {
  const kept = await redis.getBuffer(names.bundle(digest));
  if (!kept)
    throw new Error(
      `Redis has lost the bundle ${digest}: ask for the bake again, and the producer brings its templates anew`,
    );
  return Bundle.parse(JSON.parse((await promisify(gunzip)(kept)).toString('utf8')));
}
