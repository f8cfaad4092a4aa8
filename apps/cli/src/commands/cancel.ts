import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';

/** Stops a bake. One that bakes is told to stop; it ends when its Packer has cleared away. */
export async function cancel(shell: Connected, id: string, { reason }: { reason?: string }): Promise<ExitCode> {
  const answer = await shell.bakery.cancel(id, reason);
  if (!answer.ok) return giveUp(shell, answer.no);
  const bake = answer.value;
  shell.screen.emit(bake);
  const told: Readonly<Record<typeof bake.state, string>> = {
    waiting: 'is being cancelled',
    baking: 'is told to stop; it ends when Packer has cleared away what it made',
    baked: 'had ended before: baked',
    failed: 'had ended before: failed',
    cancelled: 'is cancelled',
  };
  shell.screen.print(`bake ${bake.id} ${told[bake.state]}`);
  return EXIT.ok;
}
