import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes whose command line or environment holds these words; only of this user's, or all as root. */
export function processesWith(words: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const said = readFileSync(`/proc/${name}/cmdline`, 'utf8') + readFileSync(`/proc/${name}/environ`, 'utf8');
      return said.includes(words) ? [Number(name)] : [];
    } catch {
      return []; // It has ended, or is not ours.
    }
  });
}
