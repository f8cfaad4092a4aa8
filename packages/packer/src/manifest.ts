import { readFile } from 'node:fs/promises';
import type { PackerReport } from '@bakehouse/bake';
import { z } from 'zod';

type Manifest = PackerReport['manifest'];

/** What the manifest post-processor wrote: the second witness. Most templates of one's own write none. */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'absent' : 'unreadable';
  }
  try {
    return asManifest(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Reads a manifest that has been parsed already; nothing (`null`, `undefined`) is `absent`. */
export function asManifest(json: unknown): Manifest {
  if (json === null || json === undefined) return 'absent';
  const parsed = Written.safeParse(json);
  if (!parsed.success) return 'unreadable';
  const entries = parsed.data.builds.map(({ name, builder_type, artifact_id, files, packer_run_uuid }) => ({
    name,
    builderType: builder_type,
    artifactId: artifact_id,
    files: (files ?? []).map((file) => file.name),
    runUuid: packer_run_uuid,
  }));
  return { entries, lastRunUuid: parsed.data.last_run_uuid };
}

const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

const Written = z.object({
  builds: z.array(
    z.object({
      name: Text,
      builder_type: Text,
      artifact_id: Text,
      files: z.array(z.object({ name: z.string() })).nullish(),
      packer_run_uuid: Text,
    }),
  ),
  last_run_uuid: Text,
});
