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

const PARSERS: Record<PackageType, (text: string) => Result<OsPackage, string>> = {
  deb: parseDeb,
  rpm: (text) => yes(parseRpm(text)),
  nupkg: parseNupkg,
};
