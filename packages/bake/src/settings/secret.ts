import { SecretName } from '../variable.ts';

/**
 * A setting that is a secret. Reading settings puts its dotted path in the place of its value, so that a value can get no further than
 * the worker who asks for it by that name.
 */
export const Secret = SecretName.meta({ secret: true });
