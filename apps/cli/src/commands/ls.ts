import type { Bake } from '@bakehouse/bake';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { duration } from '../quantities.ts';
import { type Connected, giveUp } from '../shell.ts';
import { spansOf, stateOf } from '../show-bake.ts';
import { table } from '../table.ts';

export interface ListFlags {
  state?: string;
  provider?: string;
  label?: string;
  limit?: number;
  cursor?: string;
}

const HEADINGS = ['ID', 'STATE', 'PROVIDER', 'IMAGE', 'ASKED', 'TOOK'];

/** Lists bakes, newest first. */
export async function ls(shell: Connected, { state, provider, label, limit, cursor }: ListFlags): Promise<ExitCode> {
  const listed = await shell.bakery.list({ state, provider, label, limit: limit?.toString(), cursor });
  if (!listed.ok) return giveUp(shell, listed.no);
  const { bakes, cursor: next } = listed.value;
  shell.screen.emit(listed.value);
  if (bakes.length === 0) shell.screen.print('no bakes');
  else for (const line of table(HEADINGS, bakes.map(row))) shell.screen.print(line);
  if (next !== undefined) shell.screen.print(`more with: --cursor ${next}`);
  return EXIT.ok;
}

function row(bake: Bake): string[] {
  const took = spansOf(bake, new Date()).reduce((sum, { ms }) => sum + ms, 0);
  return [bake.id, stateOf(bake), bake.recipe.provider, bake.recipe.imageName, bake.askedAt, duration(took)];
}
