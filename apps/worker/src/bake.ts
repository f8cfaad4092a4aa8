import {
  type BakeOutcome,
  no,
  type PackerReport,
  providers,
  readArtifacts,
  type SealingKey,
  wordsIn,
  yes,
} from '@bakehouse/bake';
import {
  allowedEnvironment,
  keepFiles,
  type Packer,
  type PackerRun,
  runPacker,
  type Stage,
  type validate,
  withStage,
} from '@bakehouse/packer';
import type { BakeEnd, BakeInHand } from '@bakehouse/queue';
import { openConfided } from './confided.ts';
import { excuseInvalid, excuseOverrun } from './excuse.ts';
import { rootFor } from './root.ts';
import { resolveSecrets, type SecretSources } from './secrets.ts';

/** What a worker brings to every bake. */
export interface Bakehouse {
  packer: Packer;
  validate: typeof validate;
  secrets: SecretSources;
  /** Opens what requests confide; the api's own. */
  sealing: SealingKey | undefined;
  /** The worker's own environment, and the names in it that its operator lets Packer see besides those a provider needs. */
  environment: Readonly<Record<string, string | undefined>>;
  passEnvironment: readonly string[];
  /** Templates that this worker builds as root. */
  rootTemplates: readonly string[];
  stagesDir: string;
  imagesDir: string;
  cacheDir: string;
}

/** One bake, start to finish: stage, validate, run, read, keep. */
export async function bake(hand: BakeInHand, house: Bakehouse): Promise<BakeEnd> {
  const { id, attempt, recipe } = hand;
  await hand.enter('staging');
  const { rootTemplates } = house;
  const root = await rootFor(recipe, { rootTemplates, environment: allowedEnvironment(house.environment, []) });
  if (!root.ok) return { outcome: root };
  const secrets = await resolveSecrets(recipe.secrets, house.secrets);
  if (!secrets.ok) return { outcome: secrets };
  const confided = openConfided(hand, house.sealing);
  if (!confided.ok) return { outcome: confided };

  const order = {
    id,
    attempt,
    recipe,
    bundle: await hand.bundle(),
    secrets: secrets.value,
    confided: confided.value,
    root: house.stagesDir,
    imagesDir: house.imagesDir,
    cacheDir: house.cacheDir,
  };
  const hidden = [...Object.values(secrets.value), ...wordsIn(confided.value)];
  return withStage(order, (stage) => bakeInStage(hand, stage, { house, secrets: hidden, sudo: root.value }));
}

async function bakeInStage(
  hand: BakeInHand,
  stage: Stage,
  { house, secrets, sudo }: { house: Bakehouse; secrets: readonly string[]; sudo: readonly string[] },
): Promise<BakeEnd> {
  const { recipe, signal } = hand;
  const names = [...(providers[recipe.provider]?.environment ?? []), ...house.passEnvironment];
  const environment = allowedEnvironment(house.environment, names);
  let isSilent = true;
  const tell = (lines: readonly string[]) => {
    isSilent = false;
    return hand.say(lines);
  };
  const kitchen = { packer: house.packer, environment, secrets, signal, tell };

  await hand.enter('validating');
  const validation = await house.validate(stage, recipe, kitchen);
  if (validation.ended === 'stopped') return 'stopped';
  if (validation.ended === 'invalid') {
    await hand.say(validation.errors);
    return { outcome: no(excuseInvalid(validation.errors, { template: recipe.template, packer: house.packer })) };
  }

  await hand.enter('building');
  const run = await runPacker(stage, recipe, { ...kitchen, sudo });
  if (run.ended === 'stopped') {
    if (run.killed)
      await hand.say(['— Packer did not end within its grace and was killed; what it had made may be left —']);
    return 'stopped';
  }

  if (isSilent && run.ended === 'exited') await hand.say([wordsForSilence(run.report)]);
  await hand.enter('publishing');
  return { outcome: await outcomeOf(run, { hand, stage, packer: house.packer }) };
}

/** A log is never empty: where Packer printed nothing, it says what pipelines have always shown then. */
function wordsForSilence({ exitCode }: PackerReport): string {
  if (exitCode === 0) return 'No output from command.';
  if (exitCode === null) return 'Process was killed.';
  return `Process exited with an error: ${exitCode} (Exit value: ${exitCode})`;
}

async function outcomeOf(
  run: Exclude<PackerRun, { ended: 'stopped' }>,
  { hand, stage, packer }: { hand: BakeInHand; stage: Stage; packer: Packer },
): Promise<BakeOutcome> {
  const { id, recipe } = hand;
  if (run.ended === 'overran') return no(excuseOverrun(run, recipe.limits));
  if (run.refused) return no(excuseInvalid(run.report.lastErrors, { template: recipe.template, packer }));

  const outcome = readArtifacts(run.report, recipe);
  if (!outcome.ok) return outcome;
  return yes(await keepFiles(stage, outcome.value, { id, imageName: recipe.imageName }));
}
