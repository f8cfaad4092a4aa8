/** Why a request was not taken. Each is the caller's to mend. */
export type Refusal =
  | { code: 'malformed-request'; issues: readonly RequestIssue[] }
  | { code: 'unknown-provider'; asked: string; offered: readonly string[] }
  | { code: 'unknown-base-image'; provider: string; asked: string | undefined; offered: readonly string[] }
  | { code: 'unready-base-image'; provider: string; asked: string; rule: string }
  | {
      code: 'unknown-region';
      provider: string;
      base: string;
      asked: string;
      variant?: string;
      offered: readonly string[];
      /** Variants and their regions that would do beside the one asked for: `hvm in eu-west-1`. */
      others?: readonly string[];
    }
  | { code: 'unknown-account'; provider: string; asked: string | undefined; offered: readonly string[] }
  | { code: 'no-source-image'; provider: string; base: string | undefined; because: string }
  | { code: 'unknown-lane'; asked: string; offered: readonly string[] }
  | { code: 'unknown-file'; field: 'template' | 'varFile'; asked: string; offered: readonly string[] }
  | { code: 'unsafe-path'; field: 'template' | 'varFile'; asked: string }
  | { code: 'unsealable'; variables: readonly string[] }
  | { code: 'unusable-name'; field: string; asked: string; rule: string }
  /** `count` is how many artifacts there were to look among. */
  | { code: 'missing-packages'; missing: readonly MissingPackage[]; count: number }
  | { code: 'conflicting-artifacts'; path: string; asked: string; found: readonly Finding[] }
  | { code: 'build-without-artifacts'; where: string };

/** A package that no artifact is of. */
export interface MissingPackage {
  path: string;
  asked: string;
  /** How a file of it is named. */
  file: string;
  /** The artifacts that may have been meant. */
  near: readonly string[];
}

/** An artifact, and which list of a request it is in. */
export interface Finding {
  where: string;
  artifact: string;
}

/** What is wrong with one member of a request; `path` as in `packages[2]`, empty for the whole. */
export interface RequestIssue {
  path: string;
  message: string;
}

const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));

/** What was refused, which value, and what would be taken instead. */
export function explainRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'malformed-request':
      return refusal.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
    case 'unknown-provider':
      return `provider '${refusal.asked}' is not offered here; offered: ${list(refusal.offered)}`;
    case 'unknown-base-image':
      return refusal.asked === undefined
        ? `base is missing, and ${refusal.provider} needs one; offered: ${list(refusal.offered)}`
        : `base '${refusal.asked}' is not a base image of ${refusal.provider}; offered: ${list(refusal.offered)}`;
    case 'unready-base-image':
      return `base '${refusal.asked}' of ${refusal.provider} cannot be baked on: ${refusal.rule}`;
    case 'unknown-region':
      return explainRegion(refusal);
    case 'unknown-account':
      return refusal.asked === undefined
        ? `${refusal.provider} has no account in the settings (account: null); an operator adds one under accounts`
        : `account '${refusal.asked}' is not an account of ${refusal.provider}; accounts: ${list(refusal.offered)}`;
    case 'no-source-image':
      return `no source image for ${refusal.base === undefined ? '' : `base '${refusal.base}' of `}${refusal.provider}: ${refusal.because}`;
    case 'unknown-lane':
      return `lane '${refusal.asked}' does not exist; lanes: ${list(refusal.offered)}`;
    case 'unknown-file':
      return `${refusal.field} '${refusal.asked}' is not among the templates; there are: ${list(refusal.offered)}`;
    case 'unsafe-path':
      return `${refusal.field} '${refusal.asked}' leaves the template directory or is not written plainly; name a file inside it, e.g. local.json`;
    case 'unsealable':
      return `the value of ${list(refusal.variables)} is secret, by its name or by the settings, and this bakery has no key to seal it with; an operator gives api and workers one (BAKEHOUSE_SEALING_KEY_FILE), or writes the value into the settings, under secretVariables of the provider; what is no secret needs another name`;
    case 'unusable-name':
      return `${refusal.field} '${refusal.asked}' cannot be used: ${refusal.rule}`;
    case 'missing-packages':
      return `${refusal.missing.map(explainMissing).join('; ')}; artifacts looked at: ${refusal.count}. allowMissing: true takes such packages as they are`;
    case 'conflicting-artifacts':
      return `package '${refusal.asked}' is found in several artifacts: ${refusal.found.map(({ where, artifact }) => `${artifact} in ${where}`).join(', ')}; hand over the build that is meant and leave out the other`;
    case 'build-without-artifacts':
      return `${refusal.where} is a CI build that archived nothing, and there are no other artifacts to look among; have the job archive its packages, or leave ci.artifacts out`;
  }
}

function explainRegion(refusal: Extract<Refusal, { code: 'unknown-region' }>): string {
  const { base, provider, asked, variant, offered, others = [] } = refusal;
  const instead = others.length > 0 ? `; of other types: ${others.join(', ')}` : '';
  return `base '${base}' of ${provider} has no ${variant ? `${variant} ` : ''}settings for region '${asked}'; regions: ${list(offered)}${instead}`;
}

/** What was looked for, and what stands near it. */
export function explainMissing({ asked, file, near }: MissingPackage): string {
  const like = near.length > 0 ? `; near it: ${near.join(', ')}` : '';
  return `package '${asked}' is none of the artifacts: no ${file} among them${like}`;
}
