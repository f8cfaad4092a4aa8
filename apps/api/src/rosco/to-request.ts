import { type BakeRequest, no, parseRequest, type Refusal, type Result } from '@bakehouse/bake';
import { type ClassicBody, meaningOf } from './bake-body.ts';

/** A classic request in our own words. What only names a classic habit (`user`, `store_type`, `instance_type`) has no word here. */
export function toRequest(
  sent: ClassicBody,
  { region, defaultProvider }: { region: string; defaultProvider: string },
): Result<BakeRequest, Refusal> {
  const body = meaningOf(sent);
  const provider = body.cloud_provider_type ?? defaultProvider;
  const attributes = unroll(body.extended_attributes ?? {});
  if (!attributes.ok) return attributes;
  return parseRequest({
    provider,
    region,
    base: body.base_os?.trim() || undefined,
    packages: words(body.package ?? ''),
    packageArtifacts: body.package_artifacts?.map((artifact) => present(artifact)),
    template: body.template_file_name,
    varFile: body.var_file_name,
    variables: attributes.value,
    sourceImage: body.base_ami,
    imageName: body.ami_name,
    imageSuffix: body.ami_suffix,
    account: body.account_name,
    upgrade: body.upgrade,
    options: present(OPTIONS_OF[provider]?.(body) ?? {}),
    ci: present({
      job: body.job,
      number: body.build_number,
      url: body.build_info_url,
      host: body.build_host,
      commit: body.commit_hash,
    }),
  });
}

/** The members of a classic request that only one provider knows. */
const OPTIONS_OF: Readonly<Record<string, (body: ClassicBody) => Record<string, unknown>>> = {
  aws: ({ vm_type, base_label, enhanced_networking }) => ({
    vmType: vm_type,
    baseLabel: base_label,
    enhancedNetworking: enhanced_networking,
  }),
  azure: (body) => ({
    baseLabel: body.base_label,
    baseName: body.base_name,
    // An empty base image is none, but it still stands in the name where the osType would.
    system: body.base_os === '' ? '' : undefined,
    publisher: body.publisher,
    offer: body.offer,
    sku: body.sku,
    customManagedImage: body.custom_managed_image_name,
    osType: body.os_type,
    packageType: body.package_type?.toLowerCase(),
  }),
  docker: ({ organization }) => ({ organization }),
};

/** Two attributes are lists in one text: `copy_to: "a,b"` is `copy_to_1: "a"` and `copy_to_2: "b"`. Empty items are not counted, blank ones are. */
function unroll(attributes: Readonly<Record<string, unknown>>): Result<Record<string, unknown>, Refusal> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (!LISTS.includes(name)) entries.push([name, value]);
    else if (typeof value !== 'string') return no(unusable(name, NOT_TEXT));
    else {
      const items = value.split(',').filter((item) => item !== '');
      if (items.length > MOST_ITEMS) return no(unusable(name, `has ${items.length} items; ${MOST_ITEMS} is the most`));
      entries.push(...items.map((item, index): [string, unknown] => [`${name}_${index + 1}`, item.trim()]));
    }
  }
  return { ok: true, value: Object.fromEntries(entries) };
}

const LISTS = ['copy_to', 'share_with'];

/** As many as a request may have packages; no cloud has as many regions. */
const MOST_ITEMS = 500;

const NOT_TEXT = 'is not text; write the items in one text, separated by commas';

const unusable = (name: string, message: string): Refusal => ({
  code: 'malformed-request',
  issues: [{ path: `extended_attributes.${name}`, message }],
});

const words = (text: string): string[] => text.split(/[ \t\n\r\f]+/).filter((word) => word !== '');

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
