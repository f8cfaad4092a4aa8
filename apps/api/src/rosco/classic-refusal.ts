import type { Refusal } from '@bakehouse/bake';
import { classicMessage } from './classic-error.ts';

/** Why a classic create is refused: a word for a program, and the text that pipelines show. */
export interface ClassicRefusal {
  code: Refusal['code'] | 'unusable-id' | 'id-taken' | 'too-large';
  message: string;
}

export const refusedAs = (refusal: Refusal): ClassicRefusal => ({
  code: refusal.code,
  message: classicMessage(refusal),
});

export const unusableId = (id: string): ClassicRefusal => ({
  code: 'unusable-id',
  message: `request_id '${id}' cannot be used: it is up to 64 letters, digits, - and _, and begins with a letter or digit.`,
});

export const idTaken = (id: string): ClassicRefusal => ({
  code: 'id-taken',
  message: `request_id '${id}' is an earlier bake's; leave it out, or use another.`,
});

export const TOO_LARGE: ClassicRefusal = {
  code: 'too-large',
  message:
    'the packages, artifacts and attributes of this bake are larger than 1 MiB together; put large values into files that the template or its scripts fetch.',
};
