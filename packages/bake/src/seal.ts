import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { z } from 'zod';
import { canonicalText } from './canonical.ts';
import { no, type Result, yes } from './result.ts';
import { type Value, Variables } from './variable.ts';

/** What api and workers share and nobody else has. It shows nothing of itself in a log or in JSON. */
export interface SealingKey {
  /** Tells two keys apart and gives neither away. */
  readonly id: string;
  readonly sealing: KeyObject;
  readonly printing: KeyObject;
}

/** Reads 32 bytes, written as hex or base64; a "no" says what was expected and never what was read. */
export function readSealingKey(text: string): Result<SealingKey, string> {
  const written = text.trim();
  const bytes = Buffer.from(written, HEX.test(written) ? 'hex' : 'base64');
  if ((!HEX.test(written) && !BASE64.test(written)) || bytes.length !== 32) {
    return no(
      `is not a sealing key: 32 random bytes as 64 hex digits or as base64, e.g. from 'openssl rand -hex 32'; this has ${written.length} characters`,
    );
  }
  return yes({
    id: derive(bytes, 'id').subarray(0, 6).toString('base64url'),
    sealing: createSecretKey(derive(bytes, 'seal')),
    printing: createSecretKey(derive(bytes, 'print')),
  });
}

const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;

/** A key for each use, so that what is learnt of one says nothing of the others. */
const derive = (key: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `bakehouse sealing 1 ${use}`, 32));

/**
 * Values as text that only a holder of the key can read, and only for the same `place`: moved elsewhere it does not open.
 * `nonce` is 12 random bytes, new for each call.
 */
export function seal(
  values: Variables,
  { key, nonce, place }: { key: SealingKey; nonce: Uint8Array; place: string },
): string {
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`a nonce has ${NONCE_BYTES} bytes, not ${nonce.length}`);
  const cipher = createCipheriv(CIPHER, key.sealing, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(place));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(values), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [SEALED, key.id, Buffer.from(nonce).toString('base64url'), sealed.toString('base64url')].join('.');
}

/** The same as open text, for a bakery without a key. */
export const leaveOpen = (values: Variables): string => `${OPEN}.${JSON.stringify(values)}`;

/** Why sealed values cannot be read. */
export type Unreadable = 'no-key' | 'another-key' | 'damaged';

/** Values from the text that `seal` or `leaveOpen` made; `damaged` is also what was sealed for another place. */
export function unseal(
  text: string,
  { key, place }: { key: SealingKey | undefined; place: string },
): Result<Variables, Unreadable> {
  if (text.startsWith(`${OPEN}.`)) return asVariables(text.slice(OPEN.length + 1));
  const [version, id, nonce = '', sealed = '', ...more] = text.split('.');
  if (version !== SEALED || more.length > 0) return no('damaged');
  if (!key) return no('no-key');
  if (id !== key.id) return no('another-key');
  const bytes = { nonce: Buffer.from(nonce, 'base64url'), sealed: Buffer.from(sealed, 'base64url') };
  const isWhole = bytes.nonce.length === NONCE_BYTES && bytes.sealed.length > TAG_BYTES;
  // Base64 has spare bits at its end, which decoding ignores.
  const isPlain = bytes.nonce.toString('base64url') === nonce && bytes.sealed.toString('base64url') === sealed;
  if (!isWhole || !isPlain) return no('damaged');
  const opened = decipher(bytes.sealed, { key, nonce: bytes.nonce, place });
  return opened === undefined ? no('damaged') : asVariables(opened);
}

/**
 * Stands for a value where it may not be: equal for equal ones, and without the key no help in guessing it. A value that travels open for lack
 * of a key has a plain digest.
 */
export function printOf(key: SealingKey | undefined, { place, value }: { place: string; value: Value }): string {
  const hash = key ? createHmac('sha256', key.printing) : createHash('sha256');
  return hash.update(canonicalText([place, value])).digest('base64url');
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = 'sealed1';
const OPEN = 'open';

const boundTo = (place: string): Buffer => Buffer.from(`bakehouse ${SEALED} ${place}`);

function decipher(
  sealed: Buffer,
  { key, nonce, place }: { key: SealingKey; nonce: Buffer; place: string },
): string | undefined {
  const tag = sealed.subarray(-TAG_BYTES);
  const opener = createDecipheriv(CIPHER, key.sealing, nonce, { authTagLength: TAG_BYTES })
    .setAAD(boundTo(place))
    .setAuthTag(tag);
  try {
    return Buffer.concat([opener.update(sealed.subarray(0, -TAG_BYTES)), opener.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function asVariables(text: string): Result<Variables, 'damaged'> {
  const parsed = JsonVariables.safeParse(text);
  return parsed.success ? yes(parsed.data) : no('damaged');
}

const JsonVariables = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(Variables);
