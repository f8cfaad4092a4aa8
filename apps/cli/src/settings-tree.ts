import { type EffectiveSetting, explainSpot } from '@bakehouse/bake';
import { harmless } from './screen.ts';

/** A line of the tree, and where its setting comes from; empty for a line that only opens a level. */
export interface TreeLine {
  text: string;
  origin: string;
}

/** Settings as YAML that could be written so, a line each. */
export function settingsTree(settings: readonly EffectiveSetting[]): TreeLine[] {
  let open: readonly string[] = [];
  return settings.flatMap((setting) => {
    const keys = setting.path.split('.');
    const around = keys.slice(0, -1);
    const shared = around.findIndex((key, index) => key !== open[index]);
    const from = shared < 0 ? around.length : shared;
    open = around;
    const opened = around.slice(from).map((key, index) => ({ text: indented(from + index, labelOf(key)), origin: '' }));
    const text = `${indented(around.length, labelOf(keys.at(-1) ?? ''))} ${asYaml(setting.value)}`;
    return [...opened, { text, origin: originOf(setting) }];
  });
}

const indented = (depth: number, text: string): string => `${'  '.repeat(depth)}${text}`;

/** A number stands for an item of a list. */
const labelOf = (key: string): string => (/^\d+$/.test(key) ? '-' : `${harmless(key)}:`);

const asYaml = (value: EffectiveSetting['value']): string =>
  typeof value === 'string' && PLAIN.test(value) && !WORDS.has(value.toLowerCase()) ? value : JSON.stringify(value);

/** What YAML reads as text without quotes. */
const PLAIN = /^[A-Za-z_/][\w ./*@+-]*(:[\w./*@+-][\w ./*@+:-]*)?$/;

const WORDS = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null', 'y', 'n']);

function originOf({ origin, saidAs, variables = [] }: EffectiveSetting): string {
  if (origin === 'default') return 'default';
  const where = harmless(explainSpot(origin));
  const as = saidAs === undefined ? '' : ` as ${saidAs}`;
  const filled = variables.length === 0 ? '' : ` with ${variables.join(', ')} of the environment`;
  return `${where}${as}${filled}`;
}
