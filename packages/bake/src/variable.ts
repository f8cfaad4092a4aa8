import { z } from 'zod';

/** A value that can stand in a Packer variable file. JSON templates get it as text, HCL2 ones with its type. */
export const Value = z.json();
export type Value = z.infer<typeof Value>;

/** Variables of a template by name. */
export const Variables = z.record(z.string(), Value);
export type Variables = Readonly<z.infer<typeof Variables>>;

/**
 * A file or directory that only the worker who bakes can name. `config-dir` is where the bundle was laid out,
 * `output-dir` is fresh, on the file system of the images directory, and kept when the bake is good, `cache-dir` outlives bakes,
 * `artifacts-file` is the request's package artifacts as a JSON list.
 */
export const Place = z.enum(['config-dir', 'output-dir', 'cache-dir', 'manifest-file', 'artifacts-file']);
export type Place = z.infer<typeof Place>;

/** The name of a secret: a dotted path in the operator's settings, never its value. */
export const SecretName = z.string().regex(/^[A-Za-z0-9_.-]+$/);
export type SecretName = z.infer<typeof SecretName>;
