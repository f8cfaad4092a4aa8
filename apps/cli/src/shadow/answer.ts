/** A whole answer, read. */
export interface Answer {
  status: number;
  text: string;
}

/** An object of JSON, read from the wire. */
export type Members = Readonly<Record<string, unknown>>;

/** What a body says as JSON; `undefined` for one that is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The members of a body that is an object, else none. */
export function membersOf(text: string): Members {
  const value = jsonOf(text);
  return isMembers(value) ? value : {};
}

/** The text of an error: `message` of the usual body, the first of `messages` of the one that bake options have, `null` for an empty body. */
export function messageOf(text: string): string | null {
  if (text === '') return null;
  const { message, messages } = membersOf(text);
  if (typeof message === 'string') return message;
  const [first] = Array.isArray(messages) ? messages : [];
  return typeof first === 'string' ? first : '';
}
