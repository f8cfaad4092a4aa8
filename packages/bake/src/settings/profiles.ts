import { no, type Result, yes } from '../result.ts';
import type { SettingsProblem } from './problem.ts';
import { type Setting, settingAt } from './setting.ts';

/** The classic bakery's own, where the environment names none. */
const CLASSIC_PROFILES = ['test', 'local'];

/** The profiles whose parts of a file count. */
export function activeProfiles(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const said = environment['SPRING_PROFILES_ACTIVE'];
  return said ? wordsOf(said) : CLASSIC_PROFILES;
}

/** Whether one document of a file counts. The refusal is of a condition that nobody here can answer. */
export function isActive(document: Setting, profiles: readonly string[]): Result<boolean, SettingsProblem> {
  const cloud = settingAt(document, 'spring.config.activate.on-cloud-platform');
  if (cloud) return no(refusal(cloud, 'cannot be answered here; leave the condition out, or the document'));

  const condition = settingAt(document, 'spring.config.activate.on-profile') ?? settingAt(document, 'spring.profiles');
  // `spring.profiles` is a condition in old files, and in all others a map with settings of its own.
  if (!condition || condition.kind === 'map') return yes(true);
  const words = conditionWords(condition);
  if (words.length === 0 || words.some((word) => /[&|()]/.test(word)))
    return no(
      refusal(
        condition,
        `expected names of profiles, e.g. 'prod' or '!prod', separated by commas; & and | are not read`,
      ),
    );
  return yes(
    words.some((word) => (word.startsWith('!') ? !profiles.includes(word.slice(1).trim()) : profiles.includes(word))),
  );
}

function conditionWords(condition: Setting): string[] {
  if (condition.kind === 'text') return wordsOf(condition.text);
  if (condition.kind !== 'list') return [];
  return condition.items.flatMap((item) => (item.kind === 'text' ? wordsOf(item.text) : []));
}

const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const refusal = ({ spot }: Setting, message: string): SettingsProblem => ({
  spot,
  path: 'spring: the condition of this document',
  message,
});
