import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Refusal } from './refusal.ts';
import { no, type Result, yes } from './result.ts';

/** One file that Packer may read. */
export const TemplateFile = z.object({
  /** Relative, `/` between parts, no part `.` or `..`. */
  path: z.string(),
  executable: z.boolean(),
  /** Base64: a bundle travels through Redis as JSON. */
  content: z.base64(),
});
export type TemplateFile = z.infer<typeof TemplateFile>;

/** The operator's templates and scripts by path, shipped and overlaid: what the producer read from its disk. */
export type TemplateTree = ReadonlyMap<string, TemplateFile>;

/** What is laid out for one bake, known by its content: the template, its var file and all that stands beside them but other templates. */
export const Bundle = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  files: z.array(TemplateFile).readonly(),
});
export type Bundle = z.infer<typeof Bundle>;

/** Later layers win file by file, as an operator's own directory does over the shipped one. */
export function overlay(layers: readonly TemplateTree[]): TemplateTree {
  return new Map(layers.flatMap((layer) => [...layer]));
}

/** Picks what one bake needs from the tree; refuses names that would leave the tree or are not in it. */
export function bundleFor(
  tree: TemplateTree,
  { template, varFile }: { template: string; varFile?: string | undefined },
): Result<Bundle, Refusal> {
  for (const [field, name] of [
    ['template', template],
    ['varFile', varFile],
  ] as const) {
    if (name === undefined) continue;
    if (!isInside(name)) return no({ code: 'unsafe-path', field, asked: name });
    if (field === 'template' ? !canBeTemplate(tree, name) : !tree.has(name)) {
      return no({ code: 'unknown-file', field, asked: name, offered: offeredAs(field, tree) });
    }
  }
  const files = [...tree.values()]
    .filter((file) => belongsTo(template, file.path) || file.path === varFile || !isTemplate(file))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return yes({ digest: digestOf(files), files });
}

/** `hcl2` templates take typed variables and refuse nothing that a var file says; `json` ones take text only. */
export function templateLanguage(template: string): 'json' | 'hcl2' {
  return template.endsWith('.json') && !template.endsWith('.pkr.json') ? 'json' : 'hcl2';
}

function isInside(name: string): boolean {
  if (name === '' || name.startsWith('/') || name.includes('\\') || name.includes('\0')) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Packer would read a file of any other name as JSON, and so would not tell from its name how to treat its variables. */
const canBeTemplate = (tree: TemplateTree, name: string): boolean =>
  tree.has(name) ? /(\.json|\.pkr\.hcl)$/.test(name) : isDirectoryOfTemplates(tree, name);

const isDirectoryOfTemplates = (tree: TemplateTree, directory: string): boolean =>
  [...tree.keys()].some((path) => path.startsWith(`${directory}/`) && /\.pkr\.(hcl|json)$/.test(path));

const belongsTo = (template: string, path: string): boolean => path === template || path.startsWith(`${template}/`);

/** A JSON file counts as a template only if it has builders: var files and data for provisioners are JSON too. */
function isTemplate({ path, content }: TemplateFile): boolean {
  if (/\.pkr\.(hcl|json)$/.test(path)) return true;
  return path.endsWith('.json') && /"builders"\s*:/.test(Buffer.from(content, 'base64').toString('utf8'));
}

function offeredAs(field: 'template' | 'varFile', tree: TemplateTree): string[] {
  const files = [...tree.values()].filter((file) =>
    field === 'template' ? isTemplate(file) : /\.(json|hcl)$/.test(file.path) && !isTemplate(file),
  );
  return files.map(({ path }) => path).sort();
}

function digestOf(files: readonly TemplateFile[]): string {
  const hash = createHash('sha256');
  for (const { path, executable, content } of files) hash.update(JSON.stringify([path, executable, content]));
  return `sha256:${hash.digest('hex')}`;
}
