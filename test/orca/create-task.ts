import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../../packages/bake/src/result.ts';
import { type BakeStatus, BaseImage, parsed } from './answers.ts';
import { type ChildStage, toBody } from './body.ts';
import type { Call } from './call.ts';
import type { Execution } from './execution.ts';
import { findTargetPackage } from './find-target-package.ts';
import { packageTypeOfSystem } from './package-type.ts';
import type { Step } from './persist.ts';
import { isGood, isTriedAtOnce } from './reaction.ts';
import { readStatus, troubleOf, unreadable } from './trouble.ts';
import type { Answer, Ask, Silence } from './wire.ts';

const TRIES = 5;

/** Orca's create task, once: the base image's package type, the packages by their CI artifacts, then the request, up to five times. */
export async function create(
  child: ChildStage,
  { execution, ask, betweenTriesMs }: { execution: Execution; ask: Ask; betweenTriesMs: number },
): Promise<Step<BakeStatus>> {
  const type = await packageTypeOf(child, ask);
  if (type.is !== 'done') return type;

  const packageType = PACKAGE_TYPES[type.value];
  const found = findTargetPackage(child.stage, execution, {
    packageType,
    extractBuildDetails: true,
    extractVersion: false,
    allowMissingPackageInstallation: false,
  });
  if (!found.ok) return { is: 'terminal', because: `the packages were not found: ${JSON.stringify(found.no)}` };

  const call: Call = {
    name: 'create',
    method: 'POST',
    path: `/api/v1/${child.region}/bake${child.rebake ? '?rebake=1' : ''}`,
    body: toBody(found.value, { packageType: type.value }),
  };
  const answer = await askUpTo(TRIES, call, { ask, betweenTriesMs });
  if (!answer.ok || !isGood(answer.value.status)) return troubleOf(call, answer);
  const status = readStatus(answer);
  return status ? { is: 'done', value: status } : unreadable(call, answer);
}

const PACKAGE_TYPES = { DEB: 'deb', RPM: 'rpm', NUPKG: 'nupkg' } as const;

async function packageTypeOf({ stage }: ChildStage, ask: Ask): Promise<Step<keyof typeof PACKAGE_TYPES>> {
  const { cloudProviderType = 'aws', baseOs } = stage.context;
  if (typeof baseOs !== 'string') return { is: 'done', value: packageTypeOfSystem(null) === 'rpm' ? 'RPM' : 'DEB' };
  const call: Call = { name: 'options', method: 'GET', path: `/bakeOptions/${cloudProviderType}/baseImages/${baseOs}` };
  const answer = await ask(call);
  if (!answer.ok || !isGood(answer.value.status)) return troubleOf(call, answer);
  const image = BaseImage.safeParse(parsed(answer.value.body));
  return image.success ? { is: 'done', value: image.data.packageType } : unreadable(call, answer);
}

/** At once, and again where the answer is no decision of the bakery's. */
async function askUpTo(
  tries: number,
  call: Call,
  { ask, betweenTriesMs }: { ask: Ask; betweenTriesMs: number },
): Promise<Result<Answer, Silence>> {
  const answer = await ask(call);
  const status = answer.ok ? answer.value.status : undefined;
  if (isGood(status) || !isTriedAtOnce(status) || tries === 1) return answer;
  await pause(betweenTriesMs);
  return askUpTo(tries - 1, call, { ask, betweenTriesMs });
}
