/** Names differ by the time of their making alone when the rest of them is equal. */
export interface Naming {
  /** The request's own text in place of the time. */
  suffix: string | undefined;
  /** When the bake was asked for, in milliseconds. */
  askedMs: number;
}

/** Whether two names of one image are the same but for the clock: milliseconds around the asking, where nobody has asked for them by a suffix. */
export function isSameName(upstream: string, ours: string, naming: Naming): boolean {
  return upstream === ours || masked(upstream, naming) === masked(ours, naming);
}

function masked(name: string, { suffix, askedMs }: Naming): string {
  return name.replaceAll(/(?<!\d)\d{13}(?!\d)/g, (millis) =>
    millis !== suffix && Math.abs(Number(millis) - askedMs) < AROUND_MS ? '<time>' : millis,
  );
}

/** A bakery may take its time, and its clock may go wrong. */
const AROUND_MS = 3 * 3_600_000;
