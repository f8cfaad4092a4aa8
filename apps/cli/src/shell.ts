import { type Bakery, openBakery } from './bakery.ts';
import type { Environment } from './config.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { openScreen, type Screen } from './screen.ts';
import { listenForStops, type StopSignal } from './stops.ts';
import { EXIT_OF_TROUBLE, explainTrouble, type Trouble } from './trouble.ts';

/** What a command works with. */
export interface Shell {
  screen: Screen;
  environment: Environment;
  /** The api's, as `--url` or the environment says. */
  url: string;
}

/** A shell with a line to the api, and a signal that fires when the user has had enough. */
export interface Connected extends Shell {
  bakery: Bakery;
  signal: AbortSignal;
}

/** Opens the terminal as the flags of every command say. */
export function openShell(environment: Environment, { json, url }: { json?: true; url?: string }): Shell {
  const outlets = { stdout: process.stdout, stderr: process.stderr, plain: environment.plain };
  const screen = openScreen(outlets, json ? 'program' : 'person');
  return { environment, screen, url: url ?? environment.url };
}

/** Runs a command that talks to the api. The first Ctrl-C ends its calls, a second one this program. */
export async function connected(shell: Shell, run: (shell: Connected) => Promise<ExitCode>): Promise<ExitCode> {
  if (!/^https?:$/.test(URL.canParse(shell.url) ? new URL(shell.url).protocol : '')) {
    return giveUp(shell, { kind: 'unusable-input', what: `--url ${shell.url}`, why: 'write it as http://host:8087' });
  }
  const enough = new AbortController();
  let by: StopSignal | undefined;
  const ignore = listenForStops(({ signal, count }) => {
    if (count > 1) process.exit(EXIT.interrupted);
    by = signal;
    enough.abort();
  });
  try {
    const code = await run({ ...shell, bakery: openBakery(shell.url, enough.signal), signal: enough.signal });
    return code === EXIT.interrupted && by === 'SIGTERM' ? EXIT.terminated : code;
  } finally {
    ignore();
  }
}

/** Says what is wrong and what to do about it; answers with what the shell shall learn. */
export function giveUp({ screen }: Shell, trouble: Trouble): ExitCode {
  screen.complain(`bakehouse: ${explainTrouble(trouble)}`);
  return EXIT_OF_TROUBLE[trouble.kind];
}
