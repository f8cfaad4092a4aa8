import { readFile } from 'node:fs/promises';
import {
  checkSettings,
  explainSettingsProblem,
  maskedSettings,
  no,
  openCatalogue,
  type Result,
  type Settings,
  type SettingsProblem,
  yes,
} from '@bakehouse/bake';
import { SHIPPED_SETTINGS } from '../config.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { harmless } from '../screen.ts';
import { settingsTree } from '../settings-tree.ts';
import { giveUp, type Shell } from '../shell.ts';
import type { Trouble } from '../trouble.ts';

/** Says all that is wrong or odd in settings files, as they lie over the shipped ones, and what they enable. */
export async function checkSettingsFiles(shell: Shell, names: readonly string[]): Promise<ExitCode> {
  const { screen, environment } = shell;
  const files = await readFiles(names);
  if (!files.ok) return giveUp(shell, files.no);

  const { settings, problems, warnings } = checkSettings(files.value, environment.asItIs);
  const enabled = settings ? offered(settings) : [];
  const masked = settings ? maskedSettings(settings) : [];
  const odd = [...warnings, ...masked];
  screen.emit({ valid: settings !== undefined, problems: problems.map(flat), warnings: odd.map(flat), enabled });
  for (const problem of problems) screen.print(`${screen.paint('red', 'wrong')}    ${told(problem)}`);
  for (const warning of warnings) screen.print(`${screen.paint('yellow', 'ignored')}  ${told(warning)}`);
  for (const each of masked) screen.print(`${screen.paint('yellow', 'masked')}   ${told(each)}`);
  for (const { provider, baseImages } of enabled)
    screen.print(
      `${screen.paint('green', 'enabled')}  ${provider}: ${baseImages.map(harmless).join(', ') || 'no base images'}`,
    );
  screen.print(settings ? 'these settings can be used' : 'these settings cannot be used');
  return settings ? EXIT.ok : EXIT.refused;
}

/** Shows every setting that counts, with where it comes from. No value of a secret is shown. */
export async function showSettings(shell: Shell, names: readonly string[]): Promise<ExitCode> {
  const { screen, environment } = shell;
  const files = await readFiles(names.length > 0 ? names : named(environment.variables['BAKEHOUSE_SETTINGS']));
  if (!files.ok) return giveUp(shell, files.no);

  const { settings, problems } = checkSettings(files.value, environment.asItIs);
  if (!settings) return giveUp(shell, unusable(problems));
  const effective = settings.effective();
  screen.emit({ settings: effective });
  for (const { text, origin } of settingsTree(effective))
    screen.print(origin === '' ? text : `${text}  ${screen.paint('dim', `# ${origin}`)}`);
  return EXIT.ok;
}

const named = (list = ''): string[] =>
  list
    .split(':')
    .map((name) => name.trim())
    .filter((name) => name !== '');

async function readFiles(names: readonly string[]): Promise<Result<{ name: string; text: string }[], Trouble>> {
  const files: { name: string; text: string }[] = [];
  for (const name of [SHIPPED_SETTINGS, ...names]) {
    try {
      files.push({
        name: name === SHIPPED_SETTINGS ? 'settings/bakehouse.yml' : name,
        text: await readFile(name, 'utf8'),
      });
    } catch (cause) {
      return no({ kind: 'unusable-input', what: name, why: `cannot be read: ${whyOf(cause)}` });
    }
  }
  return yes(files);
}

const whyOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const unusable = (problems: readonly SettingsProblem[]): Trouble => ({
  kind: 'unusable-input',
  what: 'settings',
  why: `these cannot be used\n${problems.map((problem) => `  ${told(problem)}`).join('\n')}`,
});

const told = (problem: SettingsProblem): string => harmless(explainSettingsProblem(problem));

/** For a program: where it stands and what is said, without a nest. */
const flat = ({ spot, path: key, message }: SettingsProblem) => ({ ...spot, path: key, message });

const offered = (settings: Settings) =>
  [...openCatalogue(settings).offers].map(([provider, { baseImages }]) => ({
    provider,
    baseImages: baseImages.map(({ id }) => id),
  }));
