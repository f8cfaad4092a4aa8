/** What a look at one thing came to. `missing` is what a bakery cannot be run without; `note` may be as it is. */
export interface Finding {
  name: string;
  state: 'ok' | 'note' | 'missing';
  /** What was found, in one line. */
  found: string;
  /** What a person would do about it. */
  mend?: string;
}

export const fine = (name: string, found: string): Finding => ({ name, state: 'ok', found });
export const noted = (name: string, found: string, mend?: string): Finding => ({
  name,
  state: 'note',
  found,
  ...(mend && { mend }),
});
export const lacking = (name: string, found: string, mend: string): Finding => ({
  name,
  state: 'missing',
  found,
  mend,
});
