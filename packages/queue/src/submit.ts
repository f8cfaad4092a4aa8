import { type Bake, type BakePlan, type BakerySettings, endingOf, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import type { Submission, SubmitOptions } from './bake-queue.ts';
import { keepBundle } from './bundles.ts';
import { type Names, tagOf } from './names.ts';
import type { Producing } from './producing.ts';
import { type BakeRecord, recordOf, toBake, writeRecord } from './record.ts';
import { runScript } from './script.ts';
import { submitScript } from './scripts/submit.ts';
import type { Store } from './store.ts';

/** Takes a plan in: one step in Redis decides who bakes, then BullMQ is told. Whoever dies in between, the next equal call or the rounds tell it. */
export async function submit(
  { store, lanes, settings, onEnd }: Producing & { settings: BakerySettings },
  plan: BakePlan,
  how: SubmitOptions,
): Promise<Submission> {
  if (!IS_ID.test(how.id)) throw new TypeError(`'${how.id}' cannot be a bake's id: letters, digits, _ . and -`);
  const wanted = writeRecord(plan, how, settings);
  let answer = await ask(store, { plan, how, wanted });
  if (answer.word === 'bundle-missing') {
    await keepBundle(store, plan.bundle);
    answer = await ask(store, { plan, how, wanted });
  }
  if (answer.word === 'bundle-missing')
    throw new Error(`Redis lost the bundle ${plan.bundle.digest} right after it was kept; ask again`);

  const { superseded } = answer;
  const ending = superseded && endingOf(superseded);
  if (ending) onEnd(ending);

  const bake = toBake(answer.record);
  if (!bake)
    throw new Error(
      `bake ${how.id} was answered without a record: is something else writing under ${store.names.prefix}?`,
    );
  // A job that is there before its bake is that of a forgotten one with the same id.
  const isStale = answer.word === 'taken' && answer.hasJob;
  if (isStale) await lanes.drop(bake);
  if (bake.state === 'waiting' && (isStale || !answer.hasJob)) await lanes.deliver(bake, answer.record);
  if (superseded) await lanes.drop(superseded);
  return asSubmission(answer.word, bake);
}

/** BullMQ refuses job ids that have colons, and would do so after the record is written. */
const IS_ID = /^[\w.-]{1,128}$/;

function asSubmission(word: Exclude<Answer['word'], 'bundle-missing'>, bake: Bake): Submission {
  if (word === 'twin' || word === 'repeat') return { answer: 'joined', because: word, bake };
  return { answer: word, bake };
}

const Answer = z.union([
  z.tuple([z.literal('bundle-missing')]).transform(([word]) => ({ word })),
  z
    .tuple([
      z.enum(['taken', 'twin', 'repeat', 'key-reused', 'id-taken']),
      z.array(z.string()),
      z.number(),
      z.array(z.string()),
    ])
    .transform(([word, former, jobs, flat]) => ({
      word,
      superseded: toBake(recordOf(former)),
      hasJob: jobs === 1,
      record: recordOf(flat),
    })),
]);
type Answer = z.infer<typeof Answer>;

async function ask(
  { redis, names }: Store,
  { plan, how, wanted }: { plan: BakePlan; how: SubmitOptions; wanted: BakeRecord },
): Promise<Answer> {
  const { id, now, ifTwin, idempotency, group = '' } = how;
  const indexes = indexesOf(names, plan);
  const told = await runScript(redis, submitScript, {
    keys: [names.bake(id)],
    args: [
      ...[
        names.prefix,
        id,
        plan.key,
        ifTwin,
        plan.bundle.digest,
        idempotency?.key ?? '',
        idempotency?.fingerprint ?? '',
      ],
      ...[instantOf(now), now.getTime(), tagOf(group), indexes.length, ...indexes, ...Object.entries(wanted).flat()],
    ],
  });
  return Answer.parse(told);
}

/** Where a bake is found by the words of its plan; `rounds` takes it out of the same places. */
export function indexesOf(
  names: Names,
  { key, labels, recipe }: Pick<BakePlan, 'key' | 'labels' | 'recipe'>,
): string[] {
  const { provider, label, key: ofKey, image } = names.index;
  return [
    provider(recipe.provider),
    ofKey(key),
    image(recipe.imageName),
    ...Object.entries(labels).map(([name, value]) => label(`${name}=${value}`)),
  ];
}
