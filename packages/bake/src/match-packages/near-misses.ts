import type { PackageType } from '../os-package/package-type.ts';
import { parsePackage } from '../os-package/parse.ts';
import { withoutExtension } from './package-file.ts';

/** The artifacts that a caller may have meant, nearest first: at most three, and none that is too far off to be a slip. */
export function nearMisses(asked: string, artifacts: readonly string[], type: PackageType): string[] {
  const wanted = plain(nameIn(asked, type));
  const near = [...new Set(artifacts)].slice(0, MOST_ARTIFACTS).flatMap((artifact) => {
    const distance = distanceOf(wanted, plain(nameIn(artifact, type)));
    return distance === undefined ? [] : [{ artifact, distance }];
  });
  return near
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ artifact }) => artifact);
}

/** Answering must not take long, whatever a caller sends. */
const MOST_ARTIFACTS = 500;
const LONGEST_NAME = 40;

/** What its family reads as the name; the file may stand in a directory, or be of another family. */
function nameIn(text: string, type: PackageType): string {
  const file = text.slice(text.lastIndexOf('/') + 1);
  const parsed = parsePackage(type, withoutExtension(file, type) ?? file.replace(/\.(deb|rpm|nupkg)$/i, ''));
  return (parsed.ok && parsed.value.name) || file;
}

/** Case and what stands between words are what people get wrong first. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.]/g, '').slice(0, LONGEST_NAME);

/** How many characters differ, where that is at most a third of them; a name that begins with the other is next to it. */
function distanceOf(one: string, other: string): number | undefined {
  const most = Math.ceil(one.length / 3);
  if (Math.abs(one.length - other.length) <= most) {
    const distance = editDistance(one, other);
    if (distance <= most) return distance;
  }
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length > 2 && long.startsWith(short) ? most : undefined;
}

/** How many characters must be added, taken away or exchanged (Levenshtein). */
function editDistance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 0; row < one.length; row += 1) {
    const line = [row + 1];
    for (let column = 0; column < other.length; column += 1) {
      const exchanged = (before[column] ?? 0) + (one[row] === other[column] ? 0 : 1);
      line.push(Math.min(exchanged, (before[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    before = line;
  }
  return before.at(-1) ?? 0;
}
