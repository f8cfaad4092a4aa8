import type { PackerBuild, PackerRecord, PackerReport } from '../packer-report.ts';
import { withoutRepeats } from './candidates.ts';

/**
 * Whether a post-processor took away what an earlier one only passed on: then records and manifest still name it, and it is gone. Each
 * post-processor leaves one record and so does the builder, so that one too few which nothing explains is the one that was destroyed.
 */
export function wasDestroyed(build: PackerBuild, result: PackerRecord, notices: PackerReport['notices']): boolean {
  const ran = postProcessorsOf(build.target, notices);
  if (ran.some((type) => !Object.hasOwn(POST_PROCESSORS, type))) return false;

  const records = build.records.filter(({ builderId }) => builderId !== REGISTRY);
  if (ran.length + 1 - records.length <= explained(ran, records)) return false;
  // What the destroyer itself made is there.
  return !ran.some((type) => POST_PROCESSORS[type]?.destroys && POST_PROCESSORS[type].makes === result.builderId);
}

interface PostProcessor {
  /** Builder id of the records it makes; `null` when it hands on what it got. */
  makes: string | null;
  /** Does away with what it got, if the template does not say otherwise. */
  destroys: boolean;
}

const keeping = (makes: string | null): PostProcessor => ({ makes, destroys: false });
const destroying = (makes: string): PostProcessor => ({ makes, destroys: true });

/** The post-processors whose ways are known. */
const POST_PROCESSORS: Readonly<Record<string, PostProcessor>> = {
  manifest: keeping(null),
  'shell-local': keeping(null),
  'docker-save': keeping(null),
  checksum: keeping('packer.post-processor.checksum'),
  artifice: keeping('packer.post-processor.artifice'),
  'docker-tag': keeping('packer.post-processor.docker-tag'),
  'docker-push': keeping('packer.post-processor.docker-import'),
  'docker-import': destroying('packer.post-processor.docker-import'),
  compress: destroying('packer.post-processor.compress'),
  'amazon-import': destroying('packer.post-processor.amazon-import'),
  'alicloud-import': destroying('packer.post-processor.alicloud-import'),
  'huaweicloud-import': destroying('packer.post-processor.huaweicloud-import'),
  'googlecompute-import': destroying('packer.post-processor.googlecompute-import'),
  'googlecompute-export': destroying('packer.post-processor.googlecompute-export'),
  vagrant: destroying('mitchellh.post-processor.vagrant'),
};

/** A record that Packer's registry adds: no post-processor's. */
const REGISTRY = 'packer.post-processor.hpc-packer-registry';

function postProcessorsOf(target: string, notices: PackerReport['notices']): string[] {
  const prefix = `==> ${target}: Running post-processor: `;
  const named = notices
    .filter((notice) => notice.startsWith(prefix))
    .map((notice) => notice.slice(prefix.length).trim());
  return named.map((name) => /\(type ([^)]+)\)$/.exec(name)?.[1] ?? name);
}

/** How many records may be missing with nothing destroyed: the builder's own, and those of runs whose artifacts are the same. */
function explained(ran: readonly string[], records: readonly PackerRecord[]): number {
  const made = withoutRepeats(records.filter((record) => !isBuildersOwn(record)));
  const makers = new Set(ran.map((type) => POST_PROCESSORS[type]?.makes ?? null));
  makers.delete(null);
  const alike = [...makers].map((id) => {
    const runs = ran.filter((type) => POST_PROCESSORS[type]?.makes === id).length;
    return Math.max(0, runs - made.filter(({ builderId }) => builderId === id).length);
  });
  return alike.reduce((sum, missing) => sum + missing, records.some(isBuildersOwn) ? 0 : 1);
}

const isBuildersOwn = ({ builderId, id }: PackerRecord): boolean =>
  !builderId.includes('.post-processor.') ||
  (builderId === 'packer.post-processor.docker-import' && id.startsWith('sha256:'));
