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
    }
  | { code: 'unknown-account'; provider: string; asked: string | undefined; offered: readonly string[] }
  | { code: 'no-source-image'; provider: string; base: string; because: string }
  | { code: 'unknown-lane'; asked: string; offered: readonly string[] }
  | { code: 'unknown-file'; field: 'template' | 'varFile'; asked: string; offered: readonly string[] }
  | { code: 'unsafe-path'; field: 'template' | 'varFile'; asked: string }
  | { code: 'unusable-name'; field: string; asked: string; rule: string };

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
      return `base '${refusal.base}' of ${refusal.provider} has no ${refusal.variant ? `${refusal.variant} ` : ''}settings for region '${refusal.asked}'; regions: ${list(refusal.offered)}`;
    case 'unknown-account':
      return refusal.asked === undefined
        ? `${refusal.provider} has no account in the settings (account: null); an operator adds one under accounts`
        : `account '${refusal.asked}' is not an account of ${refusal.provider}; accounts: ${list(refusal.offered)}`;
    case 'no-source-image':
      return `no source image for base '${refusal.base}' of ${refusal.provider}: ${refusal.because}`;
    case 'unknown-lane':
      return `lane '${refusal.asked}' does not exist; lanes: ${list(refusal.offered)}`;
    case 'unknown-file':
      return `${refusal.field} '${refusal.asked}' is not among the templates; there are: ${list(refusal.offered)}`;
    case 'unsafe-path':
      return `${refusal.field} '${refusal.asked}' leaves the template directory or is not written plainly; name a file inside it, e.g. local.json`;
    case 'unusable-name':
      return `${refusal.field} '${refusal.asked}' cannot be used: ${refusal.rule}`;
  }
}
