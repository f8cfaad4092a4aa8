import { API_CHECKS } from './areas/api.ts';
import { WIRE_CHECKS } from './areas/api-wire.ts';
import { checkArtifacts } from './areas/artifacts.ts';
import { HOUSE_CHECKS } from './areas/house-checks.ts';
import { NAMING_CHECKS } from './areas/naming.ts';
import { PROVIDER_CHECKS } from './areas/provider.ts';
import type { Vector } from './vector.ts';
import { type Check, failed, notYet, type Verdict } from './verdict.ts';

/** Holds one vector against the code. An error of our own is a failure of that vector, never the end of the run. */
export async function check(vector: Vector): Promise<Verdict> {
  const answer = CHECKS[vector.function === undefined ? vector.area : `provider ${vector.function}`];
  if (!answer) return notYet('no code answers this area');
  try {
    return await answer(vector);
  } catch (error) {
    return failed(`threw ${error instanceof Error ? error.stack : String(error)}`);
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  ...NAMING_CHECKS,
  ...API_CHECKS,
  ...WIRE_CHECKS,
  ...HOUSE_CHECKS,
  artifacts: checkArtifacts,
  ...Object.fromEntries(Object.entries(PROVIDER_CHECKS).map(([name, answer]) => [`provider ${name}`, answer])),
};
