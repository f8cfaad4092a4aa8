import { z } from 'zod';
import type { Result } from '../result.ts';
import { SecretName } from '../variable.ts';
import { tellIgnored } from './not-needed.ts';
import type { SettingsProblem, Spot } from './problem.ts';
import { type Setting, sameKey } from './setting.ts';

/** What is found on the way. */
export interface Binding {
  fill: (text: string) => Result<string, string>;
  problems: SettingsProblem[];
  warnings: SettingsProblem[];
  secrets: Map<string, string>;
  spots: Map<string, Spot>;
  /** Texts by path, as they were written. */
  texts: Map<string, string>;
  /** The same with their placeholders filled in. */
  values: Map<string, string>;
}

interface Held {
  setting: Setting;
  schema: z.core.$ZodType;
  path: string;
}

/** The value that a schema is to read, in its own spelling: what is not right yet is left for the schema to refuse. */
export function shape({ setting, schema, path }: Held, binding: Binding): unknown {
  binding.spots.set(path, setting.spot);
  const bare = unwrap(schema);
  if (isSecret(bare)) return shapeSecret(setting, path, binding);
  switch (setting.kind) {
    case 'nothing':
      return undefined;
    case 'text':
      return shapeText({ text: setting.text, schema: bare, path }, binding);
    case 'list':
      return setting.items.map((item, index) =>
        shape(
          {
            setting: item,
            schema: bare instanceof z.ZodArray ? bare.element : z.json(),
            path: join(path, String(index)),
          },
          binding,
        ),
      );
    case 'map':
      return bare instanceof z.ZodObject
        ? shapeMembers({ setting, schema: bare, path }, binding)
        : shapeEntries({ setting, schema: bare, path }, binding);
  }
}

type MapSetting = Extract<Setting, { kind: 'map' }>;

function shapeMembers(
  { setting, schema, path }: { setting: MapSetting; schema: z.ZodObject; path: string },
  binding: Binding,
): unknown {
  const shaped: Record<string, unknown> = {};
  for (const [key, value] of setting.entries) {
    const known = Object.keys(schema.shape).find((name) => sameKey(name, key));
    const inner = known === undefined ? undefined : schema.shape[known];
    const at = join(path, known ?? key);
    if (known === undefined || inner === undefined) {
      binding.warnings.push(...tellIgnored(value, at));
    } else if (Object.hasOwn(shaped, known)) {
      binding.problems.push({ spot: value.spot, path: at, message: 'is written twice, in two spellings' });
    } else {
      shaped[known] = shape({ setting: value, schema: inner, path: at }, binding);
    }
  }
  return shaped;
}

function shapeEntries(
  { setting, schema, path }: { setting: MapSetting; schema: z.core.$ZodType; path: string },
  binding: Binding,
): unknown {
  const inner = schema instanceof z.ZodRecord ? schema.valueType : z.json();
  const entries = [...setting.entries].map(([key, value]) => {
    const held = shape({ setting: value, schema: inner, path: join(path, key) }, binding);
    // A name alone, `slow:`, is one with nothing special about it.
    return [key, held ?? (inner instanceof z.ZodObject ? {} : undefined)] as const;
  });
  return Object.fromEntries(entries);
}

function shapeSecret(setting: Setting, path: string, binding: Binding): unknown {
  if (setting.kind === 'nothing' || (setting.kind === 'text' && setting.text.trim() === '')) return undefined;
  if (setting.kind !== 'text' || !SecretName.safeParse(path).success) {
    binding.problems.push({
      spot: setting.spot,
      path,
      message: 'is a secret: expected text, under a name of letters, digits, _ . -',
    });
    return undefined;
  }
  binding.secrets.set(path, setting.text);
  return path;
}

function shapeText(
  { text, schema, path }: { text: string; schema: z.core.$ZodType; path: string },
  binding: Binding,
): unknown {
  binding.texts.set(path, text);
  const filled = binding.fill(text);
  if (!filled.ok) {
    binding.problems.push({ spot: binding.spots.get(path), path, message: filled.no });
    return undefined;
  }
  const value = filled.value;
  binding.values.set(path, value);
  if (schema instanceof z.ZodString) return value;
  if (value === '') return undefined;
  if (schema instanceof z.ZodEnum) return schema.options.find((option) => sameKey(String(option), value)) ?? value;
  if (schema instanceof z.ZodNumber && Number.isFinite(Number(value))) return Number(value);
  if (schema instanceof z.ZodBoolean) return SWITCHES[value.toLowerCase()] ?? value;
  if (schema instanceof z.ZodArray) return value.split(',').map((item) => item.trim());
  return value;
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
  1: true,
  0: false,
};

export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  // What is read first; what is made of it is the schema's own affair.
  if (schema instanceof z.ZodPipe && !(schema.in instanceof z.ZodTransform)) return unwrap(schema.in);
  return schema;
}

export const isSecret = (schema: z.core.$ZodType): boolean => z.globalRegistry.get(schema)?.['secret'] === true;

export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
