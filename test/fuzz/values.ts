import fc, { type Arbitrary } from 'fast-check';
import type { OpenApi, Schema } from './document.ts';

/** Makes values that a schema of the document takes. `known` are good ones by the name of a member: a bakery knows no other words. */
export function valuesOf({ components }: OpenApi, known: Readonly<Record<string, readonly unknown[]>>) {
  const of = (schema: Schema, { name = '', depth = 0 } = {}): Arbitrary<unknown> => {
    const words = known[name];
    const made = bySchema(schema, { name, depth });
    return words === undefined ? made : fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...words) }, made);
  };

  const bySchema = (schema: Schema, place: { name: string; depth: number }): Arbitrary<unknown> => {
    if (place.depth > DEEPEST) return fc.constant(null);
    const next = { ...place, depth: place.depth + 1 };
    const choices = schema.anyOf ?? schema.oneOf ?? referredTo(schema);
    if (choices) return fc.oneof(...choices.map((choice) => of(choice, next)));
    const words = 'const' in schema ? [schema.const] : schema.enum;
    if (words) return fc.constantFrom(...words);
    const types = [schema.type ?? 'any'].flat();
    return fc.oneof(...types.map((type) => byType(type, { schema, place: next })));
  };

  const referredTo = ({ $ref }: Schema): readonly Schema[] | undefined =>
    $ref === undefined ? undefined : [components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}];

  const byType = (
    type: string,
    { schema, place }: { schema: Schema; place: { name: string; depth: number } },
  ): Arbitrary<unknown> => {
    switch (type) {
      case 'string':
        return text(schema);
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 100, 1e9) });
      case 'number':
        return fc.double({ min: schema.minimum ?? -5, max: schema.maximum ?? 100, noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(of(schema.items ?? {}, place), { minLength: schema.minItems ?? 0, maxLength: 3 });
      case 'object':
        return object(schema, place);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  };

  const object = (
    { properties = {}, required = [], additionalProperties }: Schema,
    { depth }: { depth: number },
  ): Arbitrary<unknown> => {
    const members = Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, of(schema, { name, depth })]),
    );
    const usual = Object.keys(properties).filter((name) => required.includes(name) || name in known);
    const rest = Object.keys(properties).filter((name) => !usual.includes(name));
    // With all that may be said, hardly anything would be taken.
    const named = fc.subarray(rest, { maxLength: Math.min(rest.length, MOST_MORE) }).chain((more) =>
      fc.record(Object.fromEntries([...usual, ...more].map((name) => [name, members[name] ?? fc.constant(null)])), {
        noNullPrototype: true,
      }),
    );
    if (typeof additionalProperties !== 'object') return named;
    const more = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), of(additionalProperties, { depth }), {
      maxKeys: 3,
    });
    return fc.tuple(more, named).map(([one, other]) => ({ ...one, ...other }));
  };

  return of;
}

const DEEPEST = 6;
const MOST_MORE = 2;

function text({ pattern, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (pattern !== undefined) return matching(pattern);
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40) });
}

/** A pattern that fast-check cannot turn round is answered by any text. */
function matching(pattern: string): Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'));
  } catch {
    return fc.string();
  }
}

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** What no schema has in mind. */
export const oddValues: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    'é'.repeat(200),
    '../../etc/passwd',
    '$(id)',
    '{{user `x`}}',
    '\r\nX-A: b',
    '%00',
    ' ',
  ),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -1, 0.1, 1e308, '', null, true, [], {}, [[[]]]),
  fc.constantFrom('constructor', '__proto__', 'toString', 'prototype').map((name) => ({ [`x${name}`]: { [name]: 1 } })),
  fc.integer({ min: 1, max: 5000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 2, max: 200 }).map(nested),
);

/** A value with one of its members, or all of it, replaced by another, left out, or joined by one more. */
export const nearly = (value: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.tuple(value, fc.nat(), oddValues, fc.integer({ min: 0, max: 5 })).map(([made, at, odd, how]) => {
    if (made === null || typeof made !== 'object' || Array.isArray(made) || how === 0) return odd;
    const names = Object.keys(made);
    const name = names[at % Math.max(1, names.length)] ?? 'x';
    if (how === 1) return { ...made, [`odd ${at}`]: odd };
    if (how === 2) return Object.fromEntries(Object.entries(made).filter(([each]) => each !== name));
    return { ...made, [name]: odd };
  });
