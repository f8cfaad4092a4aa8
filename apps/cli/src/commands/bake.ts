import { type Bake, hasEnded } from '@bakehouse/bake';
import { z } from 'zod';
import type { Asked } from '../bakery.ts';
import { EXIT, EXIT_OF_END, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';
import { showBake, showEnd } from '../show-bake.ts';
import { watchBake } from '../watch-bake.ts';
import { type RequestFlags, readRequest } from './request.ts';

export interface BakeFlags extends RequestFlags {
  rebake?: true;
  idempotencyKey?: string;
  follow?: true;
}

/** Asks for a bake, and follows it if asked to. */
export async function bake(shell: Connected, flags: BakeFlags): Promise<ExitCode> {
  const request = await readRequest(flags);
  if (!request.ok) return giveUp(shell, request.no);
  const asked = await shell.bakery.ask(request.value, {
    rebake: flags.rebake ? 'yes' : 'no',
    idempotencyKey: flags.idempotencyKey,
  });
  if (!asked.ok) return giveUp(shell, asked.no);

  shell.screen.emit(asked.value.bake);
  shell.screen.print(sayAnswer(asked.value));
  if (flags.follow) return follow(shell, asked.value.bake);
  showBake(shell.screen, asked.value.bake, new Date());
  if (!hasEnded(asked.value.bake)) shell.screen.print(`follow it with: bakehouse logs -f ${asked.value.bake.id}`);
  return EXIT.ok;
}

/** Follows a bake to its end, which is the exit code. */
async function follow(shell: Connected, bake: Bake): Promise<ExitCode> {
  const ended = await watchBake(shell, bake, { after: 0, signal: shell.signal });
  if (!ended.ok) {
    const code = giveUp(shell, ended.no);
    if (code === EXIT.interrupted)
      shell.screen.complain(`bake ${bake.id} goes on; to stop it: bakehouse cancel ${bake.id}`);
    return code;
  }
  shell.screen.emit(ended.value);
  shell.screen.print(`bake ${ended.value.id}: ${ended.value.state}`);
  showEnd(shell.screen, ended.value);
  return hasEnded(ended.value) ? EXIT_OF_END[ended.value.state] : EXIT.missing;
}

/** Why there was no new bake; said by the api, in its own words. */
const AnsweredBy = z.object({ message: z.string() });

function sayAnswer({ as, bake }: Asked): string {
  if (as === 'taken') return `bake ${bake.id} is taken`;
  const told = AnsweredBy.safeParse(bake['answeredBy']);
  return `bake ${bake.id} answers this request${told.success ? `: ${told.data.message}` : ''}`;
}
