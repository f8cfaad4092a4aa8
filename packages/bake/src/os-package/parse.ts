import { type Result, yes } from '../result.ts';
import { parseDeb } from './deb.ts';
import { parseNupkg } from './nupkg.ts';
import { NAMELESS, type OsPackage } from './os-package.ts';
import type { PackageType } from './package-type.ts';
import { parseRpm } from './rpm.ts';

/** Reads one package as its family writes it. The refusal says what is wrong with the text and how to write it. */
export function parsePackage(type: PackageType, text: string | null): Result<OsPackage, string> {
  return text === null || text === '' ? yes(NAMELESS) : PARSERS[type](text);
}

/** Reads packages in their order and leaves out those without a name; one that cannot be read refuses all. */
export function parsePackages(type: PackageType, texts: readonly (string | null)[]): Result<OsPackage[], string> {
  const packages: OsPackage[] = [];
  for (const text of texts) {
    const parsed = parsePackage(type, text);
    if (!parsed.ok) return parsed;
    if (parsed.value.name) packages.push(parsed.value);
  }
  return yes(packages);
}

const PARSERS: Record<PackageType, (text: string) => Result<OsPackage, string>> = {
  deb: parseDeb,
  rpm: (text) => yes(parseRpm(text)),
  nupkg: parseNupkg,
};
