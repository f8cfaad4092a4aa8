/** What the text of one package says about it. Absent (`null`) and empty are different, as the text was. */
export interface OsPackage {
  name: string | null;
  version: string | null;
  release: string | null;
  arch: string | null;
}

export const NAMELESS: OsPackage = { name: null, version: null, release: null, arch: null };
