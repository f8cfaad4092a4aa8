/**
 * What a template needs that this Packer has not, by the lines with which Packer refuses it; `undefined` where the fault is the
 * template's own. Packer has worded it in these ways from 1.6 to 1.16, one line each.
 */
export function whatIsLacking(lines: readonly string[]): string | undefined {
  for (const { says, thing } of WAYS) {
    const at = lines.findIndex((line) => says.test(line));
    if (at < 0) continue;
    const [, first = '', second = ''] = says.exec(lines[at] ?? '') ?? [];
    return thing({ first, second, after: lines.slice(at + 1) });
  }
  return undefined;
}

interface Found {
  first: string;
  second: string;
  /** The lines below the one that says it. */
  after: readonly string[];
}

interface Way {
  says: RegExp;
  thing: (found: Found) => string;
}

/** The more telling ones first. */
const WAYS: readonly Way[] = [
  {
    says: /^Error: Unsupported Packer Core version/,
    thing: ({ after }) => `another version of Packer${constraintIn(after)}`,
  },
  { says: /This template requires Packer version (\S+) or higher/, thing: ({ first }) => `Packer ${first} or newer` },
  // Blocks that came with 1.7; other unknown blocks are the template's own fault.
  {
    says: /^Blocks of type "(required_plugins|data|error-cleanup-provisioner|hcp_packer_registry)" are not expected here/,
    thing: ({ first }) => `Packer 1.7 or newer, for its block ${first}`,
  },
  { says: /^Error: Missing plugins/, thing: ({ after }) => `the plugin ${pluginsIn(after)}` },
  {
    says: /no plugin installed for (\S+) (.*?)\s*$/,
    thing: ({ first, second }) => `the plugin ${first} ${second}`.trim(),
  },
  { says: /(?:Incompatible API version|protocol version 4 and lower)/, thing: () => 'plugins that fit this Packer' },
  { says: /Unknown source type "?([\w-]+)/, thing: ({ first }) => `the builder ${first}` },
  {
    says: /Unknown (builder|provisioner|post-processor) (?:type )?"?([\w-]+)/,
    thing: ({ first, second }) => `the ${first} ${second}`,
  },
  { says: /Unknown data type "?([\w-]+)/, thing: ({ first }) => `the data source ${first}` },
  {
    says: /(provisioner|post-processor) type not found: ([\w-]+)/,
    thing: ({ first, second }) => `the ${first} ${second}`,
  },
  {
    says: /The (builder|provisioner|post-processor|datasource) ([\w-]+) is unknown by Packer/,
    thing: ({ first, second }) => `the ${first} ${second}`,
  },
];

/** `required_version = ">= 1.9.0"` is drawn below the title where Packer has the source at hand. */
function constraintIn(lines: readonly string[]): string {
  const constraint = lines.map((line) => /required_version\s*=\s*"([^"]+)"/.exec(line)?.[1]).find((found) => found);
  return constraint ? ` (${constraint})` : '';
}

function pluginsIn(lines: readonly string[]): string {
  const listed = lines.flatMap((line) => /^\* (\S+ .*?)\s*$/.exec(line)?.[1] ?? []);
  return listed.length > 0 ? listed.join(', ') : 'it names';
}
