import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundleFor, type TemplateTree, templateLanguage } from './bundle.ts';

const file = (path: string, content = '') =>
  [path, { path, executable: false, content: Buffer.from(content).toString('base64') }] as const;

const TREE: TemplateTree = new Map([
  file('a.json', '{"builders": []}'),
  file('b.pkr.hcl', 'build {}'),
  file('many/main.pkr.hcl', 'build {}'),
  file('scripts/install.sh', 'echo'),
  file('vars/prod.json', '{}'),
]);

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.stringMatching(/^[a./\\]{0,12}$/),
  fc.constantFrom(...TREE.keys(), 'many', '..', '__proto__', 'constructor', ''),
  fc
    .tuple(fc.constantFrom('../', './', '/', 'scripts/../', 'scripts//', 'x/'), fc.constantFrom(...TREE.keys()))
    .map(([before, path]) => before + path),
);

test('whatever template and var file are named, there is a bundle or a refusal, and no bundle without what was named', () => {
  fc.assert(
    fc.property(name, fc.option(name, { nil: undefined }), (template, varFile) => {
      const bundle = bundleFor(TREE, { template, varFile });
      if (!bundle.ok) return void expect(['unsafe-path', 'unknown-file']).toContain(bundle.no.code);
      const paths = bundle.value.files.map(({ path }) => path);
      expect(paths.some((path) => path === template || path.startsWith(`${template}/`))).toBe(true);
      if (varFile !== undefined) expect(paths).toContain(varFile);
      for (const path of paths) expect(TREE.has(path)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a name that is not written plainly is never taken, though the file it would lead to is there', () => {
  for (const template of ['./a.json', '/a.json', 'scripts/../a.json', 'many/', 'many//main.pkr.hcl', '..\\a.json'])
    expect(bundleFor(TREE, { template })).toMatchObject({ no: { code: 'unsafe-path', asked: template } });
});

test('equal files are one bundle in whatever order they were read, and another byte, name or mode is another', () => {
  const files = fc.uniqueArray(
    fc.record({
      path: fc.stringMatching(/^[a-c]{1,3}\.sh$/),
      executable: fc.boolean(),
      content: fc.base64String({ maxLength: 8 }),
    }),
    { selector: ({ path }) => path, minLength: 1, maxLength: 4 },
  );
  type File = { path: string; executable: boolean; content: string };
  const digestOf = (each: readonly File[]) => {
    const bundle = bundleFor(
      new Map([file('t.json', '{"builders": []}'), ...each.map((one) => [one.path, one] as const)]),
      {
        template: 't.json',
      },
    );
    return bundle.ok && bundle.value.digest;
  };
  fc.assert(
    fc.property(files, (each) => {
      const [first, ...others] = each as [File, ...File[]];
      const digest = digestOf(each);
      expect(digestOf(each.toReversed())).toBe(digest);
      expect(digestOf([{ ...first, executable: !first.executable }, ...others])).not.toBe(digest);
      expect(digestOf([{ ...first, content: `${first.content}AAAA` }, ...others])).not.toBe(digest);
      expect(digestOf([{ ...first, path: `x${first.path}` }, ...others])).not.toBe(digest);
      expect(digestOf(others)).not.toBe(digest);
    }),
  );
});

test('the language of a template is told by its name, whatever the name', () => {
  fc.assert(fc.property(name, (template) => void expect(['json', 'hcl2']).toContain(templateLanguage(template))));
});
