import { findAccount } from '../../account.ts';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { type Result, yes } from '../../result.ts';
import type { Variables } from '../../variable.ts';
import { AzureOptions } from './options.ts';
import type { AzureAccount, AzureBaseImage, AzureSettings } from './settings.ts';

/** The request's `sourceImage` is part of the classic key and of nothing else here: what to start from is said by options. */
export function chooseAzure(request: BakeRequest, settings: AzureSettings): Result<Choice, Refusal> {
  const options = readOptions(AzureOptions, request);
  if (!options.ok) return options;
  const base = baseImageOf(request, { options: options.value, settings });
  if (!base.ok) return base;
  const { templateFile } = settings.bakeryDefaults;
  const ready = readyToBake(request, { provider: 'azure', baseImage: base.value, templateFile });
  if (!ready.ok) return ready;
  const account = accountOf(request, settings);
  if (!account.ok) return account;

  const { publisher, customManagedImage } = options.value;
  const market = publisher === undefined ? base.value : options.value;
  return yes({
    ...ready.value,
    sourceImage: sourceImageOf(request, market, { customManagedImage }),
    variables: {
      azure_location: request.region,
      azure_image_publisher: market.publisher ?? null,
      azure_image_offer: market.offer ?? null,
      azure_image_sku: market.sku ?? null,
      azure_custom_managed_image_name: customManagedImage ?? null,
      ...accountVariables(account.value),
    },
    secrets: secretsOf(account.value),
    distinct: askedNames(options.value),
  });
}

/** `account:publisher:offer:sku:label:name`, as far as the request says them. */
export function classicAzureKeyPart(request: BakeRequest, settings: AzureSettings): Result<string | null, Refusal> {
  const options = readOptions(AzureOptions, request);
  if (!options.ok) return options;
  const account = accountOf(request, settings);
  if (!account.ok) return account;

  const { publisher, offer, sku, customManagedImage, baseLabel, baseName } = options.value;
  // Pipelines know keys by the word that the classic bakery prints for what is missing.
  const market = publisher === undefined ? undefined : [publisher, offer ?? 'null', sku ?? 'null'].join(':');
  const parts = [account.value.name, customManagedImage ?? market, baseLabel, baseName].filter((part) => part);
  return yes(parts.join(':') || null);
}

const accountOf = (request: BakeRequest, { accounts }: AzureSettings): Result<AzureAccount, Refusal> =>
  findAccount(request, { provider: 'azure', accounts });

/** A configured one, or what the options make of a request without: windows unless they say linux. */
function baseImageOf(
  request: BakeRequest,
  { options, settings }: { options: AzureOptions; settings: AzureSettings },
): Result<AzureBaseImage, Refusal> {
  if (request.base !== undefined) {
    const found = findBaseImage(request, { provider: 'azure', entries: settings.bakeryDefaults.baseImages });
    return found.ok ? yes(found.value.baseImage) : found;
  }
  const { osType = 'windows', customManagedImage, packageType } = options;
  return yes({
    id: osType,
    osType,
    packageType: packageType ?? (osType === 'linux' ? 'deb' : 'nupkg'),
    templateFile: `azure-${osType}${customManagedImage === undefined ? '' : '-managed-image'}.pkr.hcl`,
  });
}

/** A managed image does not change the template of a configured base image; empty where only the template knows. */
function sourceImageOf(
  { base }: BakeRequest,
  { publisher, offer, sku }: Pick<AzureBaseImage, 'publisher' | 'offer' | 'sku'>,
  { customManagedImage }: AzureOptions,
): string {
  const market = [publisher, offer, sku].filter((part) => part).join(':');
  return base === undefined ? (customManagedImage ?? market) : market || (customManagedImage ?? '');
}

/** Parts of a name that a caller asked for set an image apart, those that we derive do not. An empty one was asked for too. */
const askedNames = ({ baseName, baseLabel, system }: AzureOptions): string[] =>
  Object.entries({ baseName, baseLabel, system }).flatMap(([part, said]) =>
    said === undefined ? [] : `${part}: ${said}`,
  );

const accountVariables = ({ packerResourceGroup, subscriptionId, tenantId, objectId }: AzureAccount): Variables => ({
  azure_resource_group: packerResourceGroup ?? null,
  azure_subscription_id: subscriptionId ?? null,
  azure_tenant_id: tenantId ?? null,
  azure_object_id: objectId ?? null,
});

const secretsOf = ({ clientId, appKey }: AzureAccount): Choice['secrets'] => ({
  ...(clientId !== undefined && { azure_client_id: clientId }),
  ...(appKey !== undefined && { azure_client_secret: appKey }),
});
