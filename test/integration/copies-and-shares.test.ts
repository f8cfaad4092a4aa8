import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const TEMPLATES = path.resolve(import.meta.dirname, '../../packer');
const directory = mkdtempSync(path.join(tmpdir(), 'bh-copies-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => readFileSync(path.join(TEMPLATES, name), 'utf8');

/** What Packer makes of a list in a template, which it shows to nobody: a builder of files writes it down instead. */
const EDITIONS: Readonly<Record<string, (list: string) => string>> = {
  'alicloud-multi.json': (list) => {
    const { variables, builders } = JSON.parse(read('alicloud-multi.json'));
    const [{ [list]: content }] = builders;
    return JSON.stringify({ variables, builders: [{ type: 'file', content, target: 'list' }] });
  },
  'alicloud-multi.pkr.hcl': (list) => {
    const text = read('alicloud-multi.pkr.hcl');
    const variables = text.match(/^variable [\s\S]*?^\}\n/gm)?.join('');
    const value = new RegExp(`^ +${list} = (.*\\(\\[[\\s\\S]*?\\]\\)\\))$`, 'm').exec(text)?.[1];
    const source = `source "file" "list" {\n  content = join(",", ${value})\n  target  = "list"\n}`;
    return `${variables}\n${source}\nbuild {\n  sources = ["source.file.list"]\n}\n`;
  },
};

const REGION = 'SPINNAKER_ALICLOUD_DEFAULT_REGION';

test.each([
  { say: 'no entry', lists: 'no list', variables: {}, environment: {}, copies: '', shares: '' },
  {
    say: 'entries here and there',
    lists: 'only those',
    variables: { copy_to_2: 'eu-1', copy_to_5: 'eu-2', share_with_1: '11', share_with_10: '22' },
    environment: {},
    copies: 'eu-1,eu-2',
    shares: '11,22',
  },
])('$say makes $lists in either edition of alicloud-multi', ({ variables, environment, copies, shares }) => {
  for (const edition of Object.keys(EDITIONS)) {
    expect(listIn(edition, 'image_copy_regions', { variables, environment })).toBe(copies);
    expect(listIn(edition, 'image_share_account', { variables, environment })).toBe(shares);
  }
});

test('a default region of the worker is one more region to copy to', () => {
  const said = { variables: { copy_to_1: 'eu-1' }, environment: { [REGION]: 'eu-9' } };
  for (const edition of Object.keys(EDITIONS)) {
    // Packer copies to a region once, however often it stands here.
    const regions = listIn(edition, 'image_copy_regions', said).split(',');
    expect([...new Set(regions)]).toEqual(['eu-1', 'eu-9']);
  }
});

function listIn(
  edition: string,
  list: string,
  { variables, environment }: { variables: Record<string, string>; environment: Record<string, string> },
): string {
  const template = path.join(directory, edition);
  writeFileSync(template, EDITIONS[edition]?.(list) ?? '');
  const file = path.join(directory, 'variables.json');
  writeFileSync(file, JSON.stringify({ ...REQUIRED, ...variables }));
  const { status, stdout, stderr } = spawnSync(
    process.env['PACKER_BIN'] ?? 'packer',
    ['build', '-force', `-var-file=${file}`, template],
    {
      cwd: directory,
      env: {
        ...process.env,
        ...environment,
        TMPDIR: directory,
        PACKER_CONFIG_DIR: directory,
        CHECKPOINT_DISABLE: '1',
      },
      encoding: 'utf8',
    },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);
  return readFileSync(path.join(directory, 'list'), 'utf8');
}

const REQUIRED = {
  alicloud_region: 'x',
  alicloud_instance_type: 'x',
  alicloud_source_image: 'x',
  alicloud_target_image: 'x',
  alicloud_ssh_username: 'x',
  configDir: 'x',
};
