import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';
import { table } from '../table.ts';

/** Shows what may be asked for. */
export async function catalogue(shell: Connected): Promise<ExitCode> {
  const offered = await shell.bakery.catalogue();
  if (!offered.ok) return giveUp(shell, offered.no);
  const { providers, lanes } = offered.value;
  shell.screen.emit(offered.value);
  const rows = providers.flatMap(({ provider, baseImages }) =>
    baseImages.map(({ id, packageType, shortDescription }) => [provider, id, packageType, shortDescription ?? '']),
  );
  for (const line of table(['PROVIDER', 'BASE', 'PACKAGES', ''], rows)) shell.screen.print(line);
  shell.screen.print(
    `lanes: ${lanes.map(({ lane, cap }) => (cap === null ? lane : `${lane} (${cap} at once)`)).join(', ')}`,
  );
  return EXIT.ok;
}
