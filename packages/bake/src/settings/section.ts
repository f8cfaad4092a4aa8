import { z } from 'zod';
import type { Provider } from '../provider.ts';
import type { Result } from '../result.ts';
import { type Bound, bind } from './bind.ts';
import type { SettingsProblem } from './problem.ts';
import { member, overlaySetting, type Setting, saysNothing } from './setting.ts';
import { unwrap } from './shape.ts';

type Fill = (text: string) => Result<string, string>;

/** A provider's section as it can be written: the provider's own settings, and whether it is there at all. */
export function sectionSchema({ settings }: Provider): z.core.$ZodType {
  const own = unwrap(settings);
  return own instanceof z.ZodObject ? own.extend({ enabled: z.boolean().optional() }) : own;
}

/** A provider's section; `undefined` where it is not there or not enabled, and then nothing else in it is looked at. */
export function readSection(
  { section, settings }: Provider,
  { root, fill }: { root: Setting; fill: Fill },
): Bound<unknown> | undefined {
  const found = member(root, section);
  if (found && found.kind !== 'map' && !saysNothing(found))
    return nothingBut({
      spot: found.spot,
      path: section,
      message: 'expected keys and their values, e.g. enabled: true',
    });
  const enabled = member(found, 'enabled');
  if (!found || !enabled) return undefined;

  const path = `${section}.enabled`;
  const said = textOf(enabled, fill);
  if (!said.ok) return nothingBut({ spot: enabled.spot, path, message: said.no });
  if (isOff(enabled, said.value)) return undefined;

  const whole = overlaySetting(emptyDefaults(found), withoutEnabled(found));
  const bound = bind(whole, settings, { path: section, fill });
  const isOddly = said.value.toLowerCase() !== 'true';
  return {
    ...bound,
    warnings: [...(isOddly ? [{ spot: enabled.spot, path, message: oddlyOn(said.value) }] : []), ...bound.warnings],
    texts: new Map([...bound.texts, [path, enabled.kind === 'text' ? enabled.text : '']]),
  };
}

function textOf(enabled: Setting, fill: Fill): Result<string, string> {
  if (enabled.kind === 'text') return fill(enabled.text);
  return enabled.kind === 'nothing' ? fill('') : { ok: false, no: 'expected true or false' };
}

/** The classic bakery's rule: only the text false is off; YAML makes that of a bare `no` and `off` too. */
const isOff = (enabled: Setting, text: string): boolean =>
  text.toLowerCase() === 'false' ||
  (enabled.kind === 'text' && enabled.isPlain === true && /^(no|off)$/i.test(enabled.text));

const oddlyOn = (text: string): string =>
  `${text === '' ? 'is empty' : `says '${text}'`}, which enables the provider, as all but false does in a classic bakery; write true or false`;

/** To be enabled is enough: a section without `bakeryDefaults` has the built-in ones. */
const emptyDefaults = ({ spot }: Setting): Setting => ({
  kind: 'map',
  spot,
  entries: new Map([['bakeryDefaults', { kind: 'map', spot, entries: new Map() }]]),
});

function withoutEnabled(section: Setting): Setting {
  if (section.kind !== 'map') return section;
  const enabled = member(section, 'enabled');
  return { ...section, entries: new Map([...section.entries].filter(([, setting]) => setting !== enabled)) };
}

const nothingBut = (problem: SettingsProblem): Bound<unknown> => ({
  value: undefined,
  problems: [problem],
  warnings: [],
  secrets: new Map(),
  spots: new Map(),
  texts: new Map(),
});
