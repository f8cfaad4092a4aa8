import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import type { FoundImage, ImageQuery } from '../../image-query.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { PackageType } from '../../os-package/package-type.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import type { Variables } from '../../variable.ts';
import { isImageId, pickImage } from './find-image.ts';
import { type AwsSettings, type AwsVirtualization, VmType } from './settings.ts';
import { sourceAt } from './source-tree.ts';

/** The options that only aws has. */
const AwsOptions = z.strictObject({
  /** Instead of the settings' default. */
  vmType: VmType.optional(),
  /** Which of a base image's releases, where the settings list source images by it. */
  baseLabel: z.enum(['release', 'candidate', 'previous', 'unstable', 'foundation']).optional(),
  /** Asks for an image with the elastic network adapter. */
  enhancedNetworking: z.boolean().optional(),
});
type AwsOptions = z.infer<typeof AwsOptions>;

/** What an operator says, and the account whose images are searched for a request that names none. */
export interface AwsHouse {
  settings: AwsSettings;
  bakeAccount: string;
}

/** `found` is what a search for `imageQueryOf` brought; without one, Packer searches for a source image that is given by its name. */
export function chooseAws(
  request: BakeRequest,
  house: AwsHouse,
  found: readonly FoundImage[] | undefined,
): Result<Choice, Refusal> {
  const footing = findFooting(request, house.settings);
  if (!footing.ok) return footing;
  const { ready, virtualization, options } = footing.value;
  const source = findSource(footing.value, { request, house, found });
  if (!source.ok) return source;

  const { bakeryDefaults } = house.settings;
  return yes({
    ...ready,
    sourceImage: source.value,
    variables: {
      aws_region: request.region,
      ...instanceVariables(virtualization),
      ...sourceVariables(source.value, footing.value, request),
      aws_subnet_id: bakeryDefaults.awsSubnetId ?? null,
      aws_vpc_id: bakeryDefaults.awsVpcId ?? null,
      aws_associate_public_ip_address: bakeryDefaults.awsAssociatePublicIpAddress ?? null,
      aws_ena_support: options.enhancedNetworking === true ? true : null,
    },
    secrets: secretsOf(bakeryDefaults),
    // A caller's own `aws_region` may hide the region in the variables. The account is not here: it says where to search, and what was found is.
    distinct: [request.region],
  });
}

/** The search that a source image given by its name needs. */
export function imageQueryOf(request: BakeRequest, { settings, bakeAccount }: AwsHouse): ImageQuery | undefined {
  const footing = findFooting(request, settings);
  if (!footing.ok || footing.value.source === undefined || isImageId(footing.value.source)) return undefined;
  const { region, account = bakeAccount } = request;
  return { provider: 'aws', name: footing.value.source, account, region };
}

/** Region, vm type and network adapter, in the words of the classic key. */
export function classicKeyPartOf(request: BakeRequest, settings: AwsSettings): Result<string, Refusal> {
  const options = readOptions(AwsOptions, request);
  if (!options.ok) return options;
  const { vmType = settings.bakeryDefaults.defaultVirtualizationType, enhancedNetworking } = options.value;
  return yes(`${request.region}:${vmType}:enhancedNW${enhancedNetworking === true ? 'Enabled' : 'Disabled'}`);
}

/** What request and settings say before anything is searched for. */
interface Footing {
  base: string;
  options: AwsOptions;
  vmType: VmType;
  ready: { template: string; packageType: PackageType };
  virtualization: AwsVirtualization;
  /** The id or the name of the image to start from; `undefined` where nobody says. */
  source: string | undefined;
}

function findFooting(request: BakeRequest, settings: AwsSettings): Result<Footing, Refusal> {
  const options = readOptions(AwsOptions, request);
  if (!options.ok) return options;
  const { baseImages, templateFile, defaultVirtualizationType } = settings.bakeryDefaults;
  const entry = findBaseImage(request, { provider: 'aws', entries: baseImages });
  if (!entry.ok) return entry;
  const { baseImage, virtualizationSettings } = entry.value;
  const base = baseImage.id;

  const { vmType = defaultVirtualizationType } = options.value;
  const fitting = virtualizationSettings.filter(({ virtualizationType }) => virtualizationType === vmType);
  const virtualization = fitting.find(({ region }) => region === request.region);
  if (!virtualization) {
    const offered = [...new Set(fitting.flatMap(({ region }) => region ?? []))];
    const others = othersThan(vmType, virtualizationSettings);
    return no({
      code: 'unknown-region',
      provider: 'aws',
      base,
      asked: request.region,
      variant: vmType,
      offered,
      others,
    });
  }
  const ready = readyToBake(request, { provider: 'aws', baseImage, templateFile });
  if (!ready.ok) return ready;
  const source =
    request.sourceImage ||
    virtualization.sourceAmi ||
    sourceAt(settings.base, propertyOf(request, base, options.value));
  return yes({ base, options: options.value, vmType, ready: ready.value, virtualization, source });
}

/** Where a base image can be baked on another vm type. */
const othersThan = (vmType: VmType, settings: readonly AwsVirtualization[]): string[] => {
  const others = settings.flatMap(({ region, virtualizationType: type }) =>
    region !== undefined && type !== undefined && type !== vmType ? `${type} in ${region}` : [],
  );
  return [...new Set(others)];
};

/** Where the settings may say the source image. What the request leaves out is written `null`, even if it has a default: operators' files have it so. */
const propertyOf = ({ region }: BakeRequest, base: string, { vmType, baseLabel }: AwsOptions): string =>
  [base, vmType ?? null, baseLabel ?? null, region].map(String).join('.');

/** An id as it is; for a name what was found, or the name itself where nobody could be asked. */
function findSource(
  { base, source, options, vmType, virtualization: { mostRecent } }: Footing,
  { request, house, found }: { request: BakeRequest; house: AwsHouse; found: readonly FoundImage[] | undefined },
): Result<string, Refusal> {
  const { region, account = house.bakeAccount } = request;
  const wanted = `vm type ${vmType}, region ${region}, label ${options.baseLabel ?? 'null'}, account ${account}`;
  const refuse = (because: string) => no({ code: 'no-source-image' as const, provider: 'aws', base, because });
  if (source === undefined) {
    const property = `aws.base.${propertyOf(request, base, options)}`;
    return refuse(`the settings name none (${wanted}); an operator sets its sourceAmi, or ${property}`);
  }
  if (isImageId(source) || found === undefined) return yes(source);
  const picked = pickImage(found, { vmType, region, mostRecent });
  if (picked.ok) return picked;
  return refuse(`it is searched by its name '${source}' (${wanted}), and ${picked.no}; name one that is there`);
}

function instanceVariables(virtualization: AwsVirtualization): Variables {
  const { instanceType, sshUserName, winRmUserName, spotPrice, spotPriceAutoProduct } = virtualization;
  return {
    aws_instance_type: instanceType ?? null,
    aws_ssh_username: sshUserName ?? null,
    aws_winrm_username: winRmUserName ?? null,
    aws_spot_price: spotPrice ?? null,
    aws_spot_price_auto_product: spotPrice === 'auto' ? (spotPriceAutoProduct ?? null) : null,
  };
}

/** An image, or what Packer has to search for, unless the caller's own variables name the image. */
function sourceVariables(source: string, { vmType, virtualization }: Footing, request: BakeRequest): Variables {
  if (isImageId(source) || request.variables?.['aws_source_ami']) return { aws_source_ami: source };
  // The owners in the settings are those of the image that they name; a caller's may be one that was baked here.
  const own = request.sourceImage ? ['self'] : [];
  return {
    aws_source_ami_name: source,
    aws_source_ami_owners: [...new Set([...own, ...virtualization.sourceAmiOwners])].join(','),
    aws_source_ami_virtualization_type: EC2_WORD[vmType],
    aws_source_ami_most_recent: virtualization.mostRecent,
  };
}

const EC2_WORD: Record<VmType, string> = { hvm: 'hvm', pv: 'paravirtual' };

const secretsOf = ({ awsAccessKey, awsSecretKey }: AwsSettings['bakeryDefaults']): Choice['secrets'] =>
  awsAccessKey && awsSecretKey ? { aws_access_key: awsAccessKey, aws_secret_key: awsSecretKey } : {};
