import { env } from 'node:process';
import type { Packer } from '../toolchain.ts';
import { packerAt } from './a-recipe.ts';

const { BAKEHOUSE_TEST_PACKERS: wanted } = env;

/** The Packers that tests run on: those of `BAKEHOUSE_TEST_PACKERS` (`:`-separated paths), else the installed one. */
export const packersToTry = (): Promise<readonly Packer[]> =>
  Promise.all((wanted || 'packer').split(':').map(packerAt));

/** Whether a Packer is at least that version; labels like `-dev` are not looked at. */
export function isSince({ version }: Pick<Packer, 'version'>, wanted: string): boolean {
  const numbers = (text: string): number[] => (text.split('-')[0] ?? '').split('.').map(Number);
  const than = numbers(wanted);
  const difference = numbers(version).map((number, index) => number - (than[index] ?? 0));
  return (difference.find((part) => part !== 0) ?? 0) >= 0;
}
