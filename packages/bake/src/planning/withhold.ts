import { type Confidence, setApart } from '../confidential.ts';
import { type KeyParts, keyParts } from '../key.ts';
import type { BakeOrder, Choice } from '../order.ts';
import type { Offer } from '../provider.ts';
import { providers } from '../providers/index.ts';
import type { BakeRecipe } from '../recipe.ts';
import type { Refusal } from '../refusal.ts';
import type { BakeRequest } from '../request.ts';
import { no, type Result, yes } from '../result.ts';
import { printOf, type SealingKey } from '../seal.ts';
import type { Variables } from '../variable.ts';

/** The values that a request confides, by variable: for `seal`, and for nothing else. Empty for most requests. */
export interface Confided {
  confided: Variables;
}

/** What a request says of its own, and what the provider and the operator know to be secret. */
export const confidenceIn = (
  { provider, variables = {} }: BakeRequest,
  { offer, secrets }: { offer: Offer; secrets: Choice['secrets'] },
): Confidence => ({
  masked: offer.masked ?? [],
  secrets: [...(providers[provider]?.secrets ?? []), ...Object.keys(secrets)],
  asked: Object.keys(variables),
});

/** Takes out of a recipe what nobody may read, and leaves its names; refused where such things may not travel. */
export function withhold(
  recipe: BakeRecipe,
  confidence: Confidence,
  { mayTravel }: { mayTravel: boolean },
): Result<{ recipe: BakeRecipe } & Confided, Refusal> {
  const { open, confided } = setApart(recipe.variables, confidence);
  const names = Object.keys(confided);
  if (names.length === 0) return yes({ recipe, confided });
  if (!mayTravel) return no({ code: 'unsealable', variables: names });
  return yes({ recipe: { ...recipe, variables: open, confidential: names }, confided });
}

/** A confidential value changes the image as any other does: prints stand for them, so that equal secrets are equal bakes. */
export function confidentialParts(
  order: BakeOrder,
  { confidence, sealing }: { confidence: Confidence; sealing: SealingKey | undefined },
): KeyParts {
  const { open, confided } = setApart(order.choice.variables, confidence);
  const parts = keyParts({ ...order, choice: { ...order.choice, variables: open } });
  if (Object.keys(confided).length === 0) return parts;
  const printed = Object.entries(confided).map(([place, value]) => [place, printOf(sealing, { place, value })]);
  return { ...parts, confidential: Object.fromEntries(printed) };
}
