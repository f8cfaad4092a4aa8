import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../packer/install_packages.sh');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'bh-list-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const field = fc.stringMatching(/^[!-~]{1,12}$/);
const reference = fc.array(field, { minLength: 1, maxLength: 5 });
const blank = fc.constantFrom(' ', '  ', '\t', '\n');
const anything = fc.jsonValue({ maxDepth: 3 });
const artifact = fc.record({ fields: reference, blank, before: fc.dictionary(fc.string(), anything), after: anything });
const artifacts = fc.array(
  artifact.map(({ fields, blank, before, after }) => ({
    ...before,
    metadata: { reference: 'not this one', more: after },
    reference: fields.join(blank),
    version: after,
  })),
  { maxLength: 4 },
);
const indent = fc.constantFrom(0, 2, '\t');
/** As some serializers write what is special in HTML, and slashes. */
const write = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.replace(/[=<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  (text: string) => text.replaceAll('/', '\\/'),
);
const list = fc.record({ artifacts, indent, write });
const textOf = ({ artifacts, indent, write }: { artifacts: object[]; indent: number | string; write: Write }) =>
  write(JSON.stringify(artifacts, null, indent));
type Write = (text: string) => string;

test('the references of any uploaded list are read as JSON reads them', () => {
  const lists = fc.sample(list, 150);
  const expected = lists.map(({ artifacts }) => ({
    status: 0,
    references: artifacts.map(({ reference }) => reference.split(/\s+/).filter((field) => field !== '')),
  }));
  expect(read(lists.map(textOf))).toEqual(expected);
});

test('signs that are escaped are read each by itself, and one after another', () => {
  const written = String.raw`\\u0041\u0041\/\"\u20ac\\`;
  expect(read([`[{"reference": "${written}"}]`])).toEqual([{ status: 0, references: [['\\u0041A/"?\\']] }]);
});

test('a reference with very many escaped signs is read in no time', () => {
  const count = 20_000;
  const began = performance.now();
  const [result] = read([`[{"reference": "${'\\u003da'.repeat(count)}"}]`]);
  expect(result?.references).toEqual([['=a'.repeat(count)]]);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a list that ends too early is refused wherever it ends', () => {
  const cut = fc
    .tuple(list, fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([whole, at]) => textOf(whole).slice(0, Math.floor(textOf(whole).length * at)));
  const results = read(fc.sample(cut, 100));
  expect(results.filter(({ status }) => status !== 2)).toEqual([]);
});

test.each([
  ['an object', '{"reference": "a"}'],
  ['names', '["a"]'],
  ['an artifact without a reference', '[{"name": "a"}]'],
  ['an artifact whose reference is nothing', '[{"reference": null}]'],
  ['an artifact whose reference is blank', '[{"reference": "\\n "}]'],
  ['an artifact whose reference is deeper', '[{"metadata": {"reference": "a"}}]'],
  ['two lists', '[] []'],
  ['brackets that do not match', '[{"reference": "a"]}'],
  ['words', '[{"reference": a}]'],
  ['nothing at all', ''],
])('%s is no list of artifacts', (_what, text) => {
  expect(read([text])).toMatchObject([{ status: 2 }]);
});

/** What the script makes of such files, by its own functions. */
function read(texts: readonly string[]): { status: number; references: string[][] }[] {
  texts.forEach((text, index) => {
    writeFileSync(path.join(directory, `${index}.json`), text);
  });
  // All of the script but its last line, which begins the work.
  writeFileSync(path.join(directory, 'functions.sh'), readFileSync(SCRIPT, 'utf8').replace(/\nmain\n$/, '\n'));
  const each = `
    . '${directory}/functions.sh'
    for ((i = 0; i < ${texts.length}; i++)); do
      (status=0; uploaded_references <"$i.json" >"$i.out" 2>/dev/null || status=$?; echo "$status") 2>/dev/null
    done`;
  const { stdout, stderr } = spawnSync('bash', ['-c', each], { cwd: directory, encoding: 'utf8' });
  const statuses = stdout.trim().split('\n');
  if (statuses.length !== texts.length) throw new Error(`${statuses.length} of ${texts.length} were read: ${stderr}`);
  return statuses.map((status, index) => ({
    status: Number(status),
    references: readFileSync(path.join(directory, `${index}.out`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ').filter((one) => one !== '')),
  }));
}
