import type { BakeEnd, BakeInHand } from '@bakehouse/queue';
import type { Logger } from 'pino';
import type { Meters } from './meters.ts';

/** Bakes, and tells the log and the meters what happened; every line of the log names the bake. */
export async function watched(
  hand: BakeInHand,
  { log, meters, bake }: { log: Logger; meters: Meters; bake: () => Promise<BakeEnd> },
): Promise<BakeEnd> {
  const { id, recipe, attempt, signal } = hand;
  const bakeLog = log.child({ bake: id, attempt, image: recipe.imageName });
  const begun = performance.now();
  const told = (state: string, failure: string) => {
    const seconds = (performance.now() - begun) / 1000;
    meters.ended({ provider: recipe.provider, state, class: failure, seconds });
    return { state, class: failure, seconds };
  };

  meters.begun({ provider: recipe.provider });
  bakeLog.info({ provider: recipe.provider, template: recipe.template }, 'bake begun');
  signal.addEventListener('abort', () => bakeLog.info({ reason: signal.reason }, 'bake told to stop'), { once: true });
  try {
    const end = await bake();
    if (end === 'stopped') bakeLog.info(told('stopped', String(signal.reason)), 'bake stopped');
    else if (end.outcome.ok) bakeLog.info({ ...told('baked', ''), artifacts: end.outcome.value }, 'bake good');
    else bakeLog.warn({ ...told('failed', end.outcome.no.class), failure: end.outcome.no }, 'bake failed');
    return end;
  } catch (error) {
    bakeLog.error({ ...told('failed', 'host'), err: error }, 'bake broke');
    throw error;
  }
}
