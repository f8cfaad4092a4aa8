import { no, type Result, yes } from '../result.ts';
import type { OsPackage } from './os-package.ts';
import { splitWithoutTail } from './split.ts';

/**
 * Reads `Name.Of.It.1.2.3-release+metadata`, as NuGet and Chocolatey name files: an id with dots, and a semantic version behind one more
 * dot. Nothing parts the two, so the version begins at the first whole number after the first word; an id that holds a number by itself
 * is cut there. The release is what semantic versions call the pre-release, or else the build metadata with its `+`. There is never an
 * arch.
 */
export function parseNupkg(text: string): Result<OsPackage, string> {
  // The extension is a dot of any kind before `nupkg`, the first one, anywhere: the classic reading.
  const name = text.replace(/[^\n\r\u0085\u2028\u2029]nupkg/u, '');
  const tokens = name.split('.').filter((token) => token !== '');
  const [first, second] = tokens;
  if (first === undefined || second === undefined) return yes(named(name));
  if (tokens.length === 2) return yes(readPair(first, second));

  const start = versionStart(tokens);
  if (start > 0) return yes({ ...readTail(tokens.slice(start).join('.')), name: tokens.slice(0, start).join('.') });
  return readMetadata(tokens);
}

const named = (name: string): OsPackage => ({ name, version: null, release: null, arch: null });

function readPair(name: string, second: string): OsPackage {
  if (isWholeNumber(second)) return { ...named(name), version: second };
  if (beginsRelease(second)) return { ...named(name), ...cutAt(second, second.indexOf('-')) };
  return named(`${name}.${second}`);
}

/** Index of the token where the version begins, never the first one; -1 for none. A whole number wins over an earlier `4-beta`. */
function versionStart(tokens: readonly string[]): number {
  const number = tokens.findIndex((token, index) => index > 0 && isWholeNumber(token));
  return number > 0 ? number : tokens.findIndex((token, index) => index > 0 && beginsRelease(token));
}

function readTail(tail: string): Pick<OsPackage, 'version' | 'release' | 'arch'> {
  const hyphen = tail.indexOf('-');
  if (hyphen >= 0) return { ...cutAt(tail, hyphen), arch: null };
  const plus = tail.indexOf('+');
  if (plus >= 0) return { version: tail.slice(0, plus), release: tail.slice(plus), arch: null };
  return { version: tail, release: null, arch: null };
}

const cutAt = (text: string, at: number): Pick<OsPackage, 'version' | 'release'> => ({
  version: text.slice(0, at),
  release: text.slice(at + 1),
});

/** No version: metadata may still name a release, and what stands behind it is lost. */
function readMetadata(tokens: readonly string[]): Result<OsPackage, string> {
  const at = tokens.findIndex((token) => token.includes('+'));
  if (at < 0) return yes(named(tokens.join('.')));
  const [word, metadata] = splitWithoutTail(tokens[at] ?? '', '+');
  if (word === undefined || metadata === undefined)
    return no('it has a + with nothing behind it; name the metadata or leave the + out');
  return yes({ ...named(`${tokens.slice(0, at).join('.')}.${word}`), release: `+${metadata}` });
}

const beginsRelease = (token: string): boolean => /^\d.*-/s.test(token);

/** A 32-bit number in decimal, sign and leading zeros allowed. */
const isWholeNumber = (token: string): boolean =>
  /^[+-]?\d+$/.test(token.trim()) && Number(token) >= -(2 ** 31) && Number(token) < 2 ** 31;
