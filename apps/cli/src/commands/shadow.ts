import { no, type Result, yes } from '@bakehouse/bake';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { harmless } from '../screen.ts';
import { noReport, openReport, type Report } from '../shadow/report.ts';
import { openShadow, type Shadow } from '../shadow/shadow.ts';
import { tellSummary } from '../shadow/tally.ts';
import { giveUp, type Shell } from '../shell.ts';
import { openStops, type Stops } from '../stops.ts';
import type { Trouble } from '../trouble.ts';

export interface ShadowFlags {
  upstream: string;
  listen: string;
  api?: string;
  report?: string;
}

/** Passes every call to an existing bakery, and reports where ours would have answered otherwise; until Ctrl-C. */
export async function shadow(shell: Shell, flags: ShadowFlags): Promise<ExitCode> {
  const { screen } = shell;
  const plan = readFlags(flags, shell.url);
  if (!plan.ok) return giveUp(shell, plan.no);
  const report = flags.report === undefined ? yes(noReport) : await openReport(flags.report);
  if (!report.ok) return giveUp(shell, { kind: 'unusable-input', what: `--report ${flags.report}`, why: report.no });

  const stops = openStops();
  try {
    const opened = await openShadow({ ...plan.value, report: report.value, onBug: tellBug(shell) });
    screen.emit({ state: 'up', url: opened.url, upstream: plan.value.upstream.host });
    screen.print(`${opened.url} passes every call to ${plan.value.upstream.host}, and compares with ${plan.value.api}`);
    screen.print(`Ctrl-C ends it with a summary; kill -USR1 ${process.pid} prints one and goes on`);
    return await stayUp(shell, opened, { stops, report: report.value });
  } catch (cause) {
    return giveUp(shell, inTheWay(flags.listen, cause));
  } finally {
    stops.ignore();
  }
}

async function stayUp(
  shell: Shell,
  opened: Shadow,
  { stops, report }: { stops: Stops; report: Report },
): Promise<ExitCode> {
  const tell = () => {
    const summary = opened.summary();
    shell.screen.emit({ summary, linesLost: report.lost() });
    for (const line of tellSummary(summary)) shell.screen.print(harmless(line));
    if (report.lost() > 0)
      shell.screen.complain(`bakehouse: the report lacks ${report.lost()} lines that the disk did not take`);
  };
  process.on('SIGUSR1', tell);
  try {
    await stops.firstStop;
    const hurry = new AbortController();
    const late = setTimeout(() => hurry.abort(), FINISH_WITHIN_MS);
    stops.onFurther(() => hurry.abort());
    shell.screen.print(
      'no more calls are taken; open ones end, and what waits is compared. Ctrl-C again cuts that short',
    );
    await opened.close(hurry.signal);
    clearTimeout(late);
    tell();
    return EXIT.ok;
  } finally {
    process.off('SIGUSR1', tell);
  }
}

const tellBug =
  ({ screen }: Shell) =>
  (bug: unknown): void =>
    screen.complain(
      `bakehouse: a comparison failed, which is a bug, please report it: ${bug instanceof Error ? bug.stack : bug}`,
    );

/** Less than those wait who stop programs. */
const FINISH_WITHIN_MS = 20_000;

function readFlags(
  { upstream, listen, api: said }: ShadowFlags,
  url: string,
): Result<{ upstream: URL; listen: { host: string; port: number }; api: string }, Trouble> {
  const api = said ?? url;
  if (!isHttp(upstream)) return no(unusable(`--upstream ${upstream}`, 'write it as http://rosco:8087'));
  if (!isHttp(api)) return no(unusable(`--api ${api}`, 'write it as http://host:8087'));
  const [, host = '', port = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(listen) ?? [];
  if (port === '' || Number(port) > 65_535)
    return no(unusable(`--listen ${listen}`, 'write it as :8088, or as 0.0.0.0:8088'));
  const place = { host: bare(host) || '127.0.0.1', port: Number(port) };
  const target = new URL(upstream);
  if (isAt(target, place))
    return no(unusable(`--listen ${listen}`, 'that is where --upstream is; calls would go round'));
  return yes({ upstream: target, listen: place, api });
}

/** Without brackets, as a socket wants an address. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

function isAt({ protocol, hostname, port }: URL, place: { host: string; port: number }): boolean {
  const implied = protocol === 'https:' ? 443 : 80;
  const hosts = [bare(hostname), place.host];
  return Number(port || implied) === place.port && (hosts[0] === hosts[1] || hosts.every((host) => HERE.test(host)));
}

/** Names of one's own machine. */
const HERE = /^(localhost|127\.[\d.]+|0\.0\.0\.0|::1?)$/;

const isHttp = (text: string): boolean => /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '');

const unusable = (what: string, why: string): Trouble => ({ kind: 'unusable-input', what, why });

function inTheWay(listen: string, cause: unknown): Trouble {
  if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
  return {
    kind: 'in-the-way',
    what: `cannot listen on ${listen} (${cause.message})`,
    mend: 'choose another with --listen',
  };
}
