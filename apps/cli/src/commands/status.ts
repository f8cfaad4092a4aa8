import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';
import { showBake } from '../show-bake.ts';

/** Shows one bake. */
export async function status(shell: Connected, id: string): Promise<ExitCode> {
  const found = await shell.bakery.find(id);
  if (!found.ok) return giveUp(shell, found.no);
  shell.screen.emit(found.value);
  showBake(shell.screen, found.value, new Date());
  return EXIT.ok;
}
