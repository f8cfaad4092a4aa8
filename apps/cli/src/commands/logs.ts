import { EXIT, EXIT_OF_END, type ExitCode } from '../exit-code.ts';
import { followLog, type LogNews } from '../follow-log.ts';
import { harmless, type Screen } from '../screen.ts';
import { type Connected, giveUp } from '../shell.ts';

export interface LogFlags {
  follow?: true;
  from?: number;
  tail?: number;
}

/** Prints what is kept of a bake's log; with `follow` goes on until the bake has ended, which is the exit code. */
export function logs(shell: Connected, id: string, flags: LogFlags): Promise<ExitCode> {
  const { follow, from: after = 0, tail } = flags;
  return follow ? followed(shell, id, { after, tail }) : printed(shell, id, { after, tail });
}

async function followed(
  shell: Connected,
  id: string,
  range: { after: number; tail: number | undefined },
): Promise<ExitCode> {
  const { bakery, screen, signal } = shell;
  for await (const news of followLog(bakery, id, { ...range, signal })) {
    if ('trouble' in news) return giveUp(shell, news.trouble);
    show(screen, news);
    if ('end' in news) return EXIT_OF_END[news.end];
  }
  return EXIT.bug;
}

async function printed(
  shell: Connected,
  id: string,
  range: { after: number; tail: number | undefined },
): Promise<ExitCode> {
  const query = { from: range.after > 0 ? String(range.after) : undefined, tail: range.tail?.toString() };
  const log = await shell.bakery.readLog(id, query);
  if (!log.ok) return giveUp(shell, log.no);
  const lines = log.value === '' ? [] : log.value.replace(/\n$/, '').split('\n');
  shell.screen.emit({ id, lines });
  for (const line of lines) shell.screen.print(harmless(line));
  return EXIT.ok;
}

function show(screen: Screen, news: Exclude<LogNews, { trouble: unknown }>): void {
  if ('lost' in news) screen.complain(`the log broke off (${news.lost.why}); connecting again`);
  else screen.emit(news);
  if ('line' in news) screen.print(harmless(news.line.text));
  if ('gap' in news) screen.print(screen.paint('dim', `… lines ${news.gap.from} to ${news.gap.to} were not kept …`));
}
