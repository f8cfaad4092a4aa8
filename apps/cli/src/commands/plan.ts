import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';
import { type RequestFlags, readRequest } from './request.ts';

/** Shows what a request comes to, and touches nothing. */
export async function plan(shell: Connected, flags: RequestFlags): Promise<ExitCode> {
  const request = await readRequest(flags);
  if (!request.ok) return giveUp(shell, request.no);
  const planned = await shell.bakery.plan(request.value);
  if (!planned.ok) return giveUp(shell, planned.no);
  shell.screen.emit(planned.value);
  shell.screen.print(JSON.stringify(planned.value, null, 2));
  return EXIT.ok;
}
