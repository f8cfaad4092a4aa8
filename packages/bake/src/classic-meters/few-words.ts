/** Words of callers that may become labels: so few that no caller can fill a metrics store with them. */
export interface FewWords {
  /** The word as a label, for one that has proved to mean something; it is known from now on if there is room. */
  learn: (word: string) => string;
  /** The word as a label if it is known, else `other`. */
  say: (word: string) => string;
}

/** Regions stand in paths, and a caller may write anything there. */
export const fewRegions = (): FewWords => fewWords(50);

export function fewWords(most: number): FewWords {
  const known = new Set<string>();
  const say = (word: string) => (known.has(word) ? word : 'other');
  return {
    learn: (word) => {
      if (known.size < most && /^[\w.-]{1,64}$/.test(word)) known.add(word);
      return say(word);
    },
    say,
  };
}
