import { EXIT, type ExitCode } from './exit-code.ts';

/** Why a command cannot go on, when that is nobody's bug. */
export type Trouble =
  | { kind: 'away'; url: string; why: string }
  | { kind: 'not-ready'; url: string; message: string; retryAfter: string | null }
  | { kind: 'refused'; status: number; message: string; issues: readonly { path: string; message: string }[] }
  | { kind: 'unknown-bake'; id: string; url: string }
  | { kind: 'foreign'; url: string; why: string }
  | { kind: 'unusable-input'; what: string; why: string }
  | { kind: 'broken-stack'; part: string; why: string; lastLines: readonly string[]; log: string | null }
  | { kind: 'in-the-way'; what: string; mend: string }
  | { kind: 'interrupted' };

/** What the shell learns of each. */
export const EXIT_OF_TROUBLE: Readonly<Record<Trouble['kind'], ExitCode>> = {
  away: EXIT.missing,
  'not-ready': EXIT.missing,
  refused: EXIT.refused,
  'unknown-bake': EXIT.refused,
  foreign: EXIT.missing,
  'unusable-input': EXIT.refused,
  'broken-stack': EXIT.missing,
  'in-the-way': EXIT.missing,
  interrupted: EXIT.interrupted,
};

/** What happened, to which thing, and what to do about it; one line or more. */
export function explainTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'away':
      return `cannot reach the api at ${trouble.url} (${trouble.why}); start one with \`npm start\` or \`bakehouse up\`, or name another with --url or BAKEHOUSE_URL`;
    case 'not-ready':
      return `the api at ${trouble.url} cannot serve now: ${trouble.message}; try again${trouble.retryAfter === null ? ' later' : ` in ${trouble.retryAfter} s`}`;
    case 'refused':
      return explainRefusal(trouble);
    case 'unknown-bake':
      return `there is no bake ${trouble.id} at ${trouble.url}; \`bakehouse ls\` shows those that are kept`;
    case 'foreign':
      return `what answers at ${trouble.url} does not speak like a Bakehouse api of this version: ${trouble.why}; check --url and BAKEHOUSE_URL`;
    case 'unusable-input':
      return `${trouble.what}: ${trouble.why}`;
    case 'broken-stack':
      return [
        `${trouble.part} ${trouble.why}`,
        ...(trouble.lastLines.length > 0 ? ['its last words:', ...trouble.lastLines.map((line) => `  ${line}`)] : []),
        ...(trouble.log === null ? [] : [`all of it: ${trouble.log}`]),
      ].join('\n');
    case 'in-the-way':
      return `${trouble.what}; ${trouble.mend}`;
    case 'interrupted':
      return 'interrupted';
  }
}

/** The issues say what the message says, member by member; so where there are any they are enough. */
function explainRefusal({ status, message, issues }: Extract<Trouble, { kind: 'refused' }>): string {
  const lines = issues.map(({ path, message: wrong }) => `  ${path || 'request'}: ${wrong}`);
  return [`the api refused the request (HTTP ${status})${issues.length > 0 ? ':' : `: ${message}`}`, ...lines].join(
    '\n',
  );
}
