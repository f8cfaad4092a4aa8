import type { Stage } from './execution.ts';

/** The part of a bake stage that bakes in one region. */
export interface ChildStage {
  region: string;
  stage: Stage;
  rebake: boolean;
}

/** A bake request as Orca writes it: the whole context of the stage, its own names in snake case and what is in them as it stands, without nulls. */
export function toBody(
  context: Readonly<Record<string, unknown>>,
  { packageType }: { packageType: string },
): Record<string, unknown> {
  const members = Object.entries({ ...context, packageType }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(members.map(([name, value]) => [toSnakeCase(name), value]));
}

const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
