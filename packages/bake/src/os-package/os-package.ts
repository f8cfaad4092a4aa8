/** What the text of one package says about it. Absent (`null`) and empty are different, as the text was. */
export interface OsPackage {
  name: string | null;
  /** Of what is packaged, with its epoch if it has one. */
  version: string | null;
  /** Of the packaging: deb's revision, rpm's release; a nupkg's pre-release or metadata. */
  release: string | null;
  arch: string | null;
}

/** What no text at all says. */
export const NAMELESS: OsPackage = { name: null, version: null, release: null, arch: null };
