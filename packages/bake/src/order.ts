import type { Bundle } from './bundle.ts';
import type { PackageType } from './os-package/package-type.ts';
import type { BakeRequest } from './request.ts';
import type { SecretName, Variables } from './variable.ts';

/** What a provider settles on for a request: plain data, so that an order can be compared and hashed. */
export interface Choice {
  sourceImage: string;
  template: string;
  packageType: PackageType;
  /** What changes the image. All of it is in the key, so nothing that only names the image belongs here. */
  variables: Variables;
  /** Variables whose value only a worker may know, by the name of the secret. */
  secrets: Readonly<Record<string, SecretName>>;
  /** What sets two bakes apart on this cloud, beyond the words every cloud shares: region, account and the like. */
  distinct: readonly string[];
}

/** A request with nothing left to default. Two equal orders are the same bake. */
export interface BakeOrder {
  request: BakeRequest;
  choice: Choice;
  bundle: Bundle;
}
