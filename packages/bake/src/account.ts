import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { no, type Result, yes } from './result.ts';

/** The account a request names, else the first one of the settings. */
export function findAccount<Account extends { name?: string | undefined }>(
  { account: asked }: BakeRequest,
  { provider, accounts }: { provider: string; accounts: readonly Account[] },
): Result<Account, Refusal> {
  const account = asked === undefined ? accounts[0] : accounts.find(({ name }) => name === asked);
  if (account) return yes(account);
  return no({ code: 'unknown-account', provider, asked, offered: accounts.flatMap(({ name }) => name ?? []) });
}
