import { Command, InvalidArgumentError, Option } from 'commander';
import { bake } from './commands/bake.ts';
import { cancel } from './commands/cancel.ts';
import { catalogue } from './commands/catalogue.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { logs } from './commands/logs.ts';
import { ls } from './commands/ls.ts';
import { plan } from './commands/plan.ts';
import { checkSettingsFiles, showSettings } from './commands/settings.ts';
import { shadow } from './commands/shadow.ts';
import { status } from './commands/status.ts';
import { up } from './commands/up.ts';
import { workers } from './commands/workers.ts';
import { type Environment, FLAG_OF, StackEnvironment, type StackVariable } from './config.ts';
import { type ExitCode, explainExitCodes } from './exit-code.ts';
import { connected, openShell, type Shell } from './shell.ts';

/** The command line: what may be said, and which command it means. `end` is told the exit code. */
export function commandLine(environment: Environment, end: (code: ExitCode) => void): Command {
  const program = new Command('bakehouse')
    .description('Asks a bakery for machine images, and runs one.')
    .option('--url <url>', `the api (BAKEHOUSE_URL; ${environment.url})`)
    .option('--json', 'print JSON and nothing else: one document, or a line per event')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', `\nExit codes:\n${explainExitCodes()}`)
    .showSuggestionAfterError();
  const shell = () => openShell(environment, program.opts());
  const online = (run: Parameters<typeof connected>[1]) => connected(shell(), run);
  /** Commander inherits settings to commands that are made by their parent. */
  const say = (usage: string, description: string) => program.command(usage).description(description);
  const ends = async (run: Promise<ExitCode>) => end(await run);

  withRequestFlags(say('bake', 'ask for a bake'))
    .option('--rebake', 'bake again although an equal bake stands')
    .option('--idempotency-key <key>', 'your own name for this call: repeated within a day it gets the same bake')
    .option('-f, --follow', 'show the log until the end, which is the exit code')
    .action((flags) => ends(online((open) => bake(open, flags))));
  withRequestFlags(say('plan', 'show what a request comes to; touches nothing')).action((flags) =>
    ends(online((open) => plan(open, flags))),
  );
  say('status', 'show a bake')
    .argument('<id>', 'of the bake', bakeId)
    .action((id) => ends(online((open) => status(open, id))));
  say('logs', 'print the log of a bake')
    .argument('<id>', 'of the bake', bakeId)
    .option('-f, --follow', 'go on until the bake has ended, which is the exit code')
    .option('--from <number>', 'only lines after this number', count)
    .option('--tail <count>', 'only the last so many', atLeastOne)
    .action((id, flags) => ends(online((open) => logs(open, id, flags))));
  say('cancel', 'stop a bake')
    .argument('<id>', 'of the bake', bakeId)
    .option('--reason <text>', 'who or what asks; kept on the bake')
    .action((id, flags) => ends(online((open) => cancel(open, id, flags))));
  say('ls', 'list bakes, newest first')
    .option('--state <state>', 'waiting, baking, baked, failed or cancelled')
    .option('--provider <name>')
    .option('--label <name=value>')
    .option('--limit <count>', 'at most so many', count)
    .option('--cursor <cursor>', 'from the page before')
    .action((flags) => ends(online((open) => ls(open, flags))));
  say('catalogue', 'show what may be asked for').action(() => ends(online(catalogue)));
  say('workers', 'list the workers').action(() => ends(online(workers)));
  addUp(say('up', 'run Redis, the api and workers here until Ctrl-C'), shell, ends);
  say('demo', 'start a bakery, bake a real image, ask again, stop everything')
    .option('--provider <name>', 'local or docker', 'local')
    .option('--base <id>', 'base image', 'bookworm')
    .option('--package <name>', 'install this; may be repeated (default: hello)', collect)
    .addOption(dataOption())
    .action((flags) => ends(demo(shell(), { ...flags, package: flags.package ?? ['hello'] })));
  addSettings(say('settings', 'look at the settings; needs no api'), shell, ends);
  say('shadow', 'pass calls to an existing bakery, and report where ours would answer otherwise')
    .requiredOption('--upstream <url>', 'the bakery that answers')
    .option('--listen <[host]:port>', 'where calls come in; 127.0.0.1 if only a port is said', ':8088')
    .option('--api <url>', 'ours, that is asked beside it (default: --url)')
    .option('--report <file>', 'append a JSON line for each call')
    .action((flags) => ends(shadow(shell(), flags)));
  say('doctor', 'check whether all that a bakery needs is here').action(() => ends(doctor(shell())));
  return program;
}

function withRequestFlags(command: Command): Command {
  return command
    .option('--provider <name>', 'which cloud')
    .option('--region <name>', 'where the image shall exist')
    .option('--base <id>', 'base image; `bakehouse catalogue` lists them')
    .option('--package <name>', 'install this; may be repeated', collect)
    .option('--artifact <file>', 'name of a file that CI has built, to find packages among; may be repeated', collect)
    .option('--allow-missing', 'take packages as they are that no artifact is of')
    .option('--template <file>', 'template instead of the base image’s')
    .option('--var-file <file>', 'variable file beside the templates')
    .option(
      '--var <name=value>',
      'template variable; `name:=json` for other values than text; may be repeated',
      collectPair,
    )
    .option('--source-image <image>')
    .option('--image-name <name>')
    .option('--image-suffix <text>')
    .option('--account <name>')
    .option('--option <name=value>', 'option of the provider; may be repeated', collectPair)
    .option('--label <name=value>', 'for finding it again; may be repeated', collectPair)
    .option('--priority <1-10>', '1 is baked first', count)
    .option('--lane <name>', 'queue to wait in')
    .option('--file <file>', 'a request as JSON, - for standard input; the flags win over it');
}

function addSettings(command: Command, shell: () => Shell, ends: (run: Promise<ExitCode>) => Promise<void>): void {
  command
    .command('check')
    .description('say all that is wrong with settings files, and what they enable')
    .argument('<file...>', 'over the shipped settings, later wins per key')
    .action((files) => ends(checkSettingsFiles(shell(), files)));
  command
    .command('show')
    .description('show the settings that count and where each comes from; secrets stay hidden')
    .argument('[file...]', 'over the shipped settings (default: those of BAKEHOUSE_SETTINGS)')
    .action((files) => ends(showSettings(shell(), files)));
}

function addUp(command: Command, shell: () => Shell, ends: (run: Promise<ExitCode>) => Promise<void>): void {
  const variables = Object.keys(FLAG_OF) as StackVariable[];
  for (const variable of variables) {
    const { description = '' } = StackEnvironment.shape[variable];
    command.addOption(new Option(`${FLAG_OF[variable]} <value>`, `${description} (${variable})`));
  }
  command
    .option('--workers <count>', 'how many workers', workerCount, 1)
    .addOption(dataOption())
    .action((flags) => {
      const given = variables.map((variable) => [variable, flags[new Option(FLAG_OF[variable]).attributeName()]]);
      const settings = Object.fromEntries(given.filter(([, value]) => value !== undefined));
      return ends(up(shell(), { settings, workers: flags.workers, data: flags.data }));
    });
}

const dataOption = () => new Option('--data <directory>', 'what the bakery keeps').default('.bakehouse');

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** `a=text` or `a:=json`. */
function collectPair(text: string, before: Record<string, unknown> | undefined): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write name=value, or name:=json.');
  if (text[at - 1] !== ':') return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  try {
    return { ...before, [text.slice(0, at - 1)]: JSON.parse(text.slice(at + 1)) };
  } catch {
    throw new InvalidArgumentError(
      `what follows := must be JSON, e.g. ${text.slice(0, at - 1)}:=[1,2] or with = for text.`,
    );
  }
}

function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}

function atLeastOne(text: string): number {
  const number = count(text);
  if (number < 1) throw new InvalidArgumentError('must be at least 1.');
  return number;
}

function workerCount(text: string): number {
  const number = count(text);
  if (number < 1 || number > 64) throw new InvalidArgumentError('must be 1 to 64.');
  return number;
}

/** An empty one would be another call: the list. */
function bakeId(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('is empty; `bakehouse ls` shows the ids.');
  return text;
}
