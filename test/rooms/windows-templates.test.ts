import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const PACKER = path.resolve(import.meta.dirname, '../../packer');
const read = (file: string): string => readFileSync(path.join(PACKER, file), 'utf8');

/** The scripts of a template, in their order. */
const stepsOf = (template: string): string[] =>
  [...read(template).matchAll(/scripts\/([\w-]+\.(?:ps1|sh))/g)].map(([, script = '']) => script);

const templates = readdirSync(PACKER)
  .filter((file) => /-windows-?.*\.(json|pkr\.hcl)$/.test(file))
  .sort();
const of = (cloud: string): string[] => templates.filter((template) => template.startsWith(`${cloud}-`));

// No Windows runs here: what can be held is that the steps are there, in an order that works.
test.each(templates)('%s takes the repositories away once the packages are installed', (template) => {
  const steps = stepsOf(template);
  const at = steps.indexOf('windows-install-packages.ps1');
  expect(at).toBeGreaterThan(0);
  expect(steps[at + 1]).toBe('windows-remove-repositories.ps1');
});

test.each(of('aws'))('%s has the door that Packer came in by shut last of all, and waits until it is', (template) => {
  expect(stepsOf(template).slice(-2)).toEqual(['aws-windows-close-winrm.ps1', 'aws-windows-await-close.sh']);
  const close = read('scripts/aws-windows-close-winrm.ps1');
  const leaves = Number(/\$secondsToLeave = (\d+)/.exec(close)?.[1]);
  const waits = Number(/^sleep (\d+)$/m.exec(read('scripts/aws-windows-await-close.sh'))?.[1]);
  expect(waits).toBeGreaterThan(leaves + 30);
});

test.each(of('azure'))('%s generalizes last', (template) =>
  expect(stepsOf(template).at(-1)).toBe('azure-windows-generalize.ps1'),
);

test('each of two clouds has Windows templates in both editions', () => {
  for (const cloud of ['aws', 'azure']) expect(of(cloud).length).toBeGreaterThanOrEqual(4);
  expect([...of('aws'), ...of('azure')]).toEqual(templates);
});

test('what the first boot opens of the service is shut, and its firewall rule goes', () => {
  const open = read('scripts/aws-windows.userdata');
  const close = read('scripts/aws-windows-close-winrm.ps1');
  const opened = [...open.matchAll(/'(Service\\[\w\\]+)'\s*= \$true/g)].map(([, name = '']) => name);
  expect(opened).toContain('Service\\Auth\\Basic');
  for (const name of opened) expect(close).toContain(`WSMan:\\localhost\\${name}`);
  const rule = /add rule name='([^']+)'/.exec(open)?.[1];
  expect(close).toContain(`$rule = '${rule}'`);
});
