/** A key that a classic bakery reads, and what becomes of it here. */
export interface ClassicKey {
  /** In our spelling, as the classic bakery's own files have it. */
  key: string;
  /** What a file says under it. */
  value: string;
  becomes:
    | { as: 'honoured' | 'mapped'; setting: string; to: unknown }
    /** Told at the start, with a reason that speaks of this. */
    | { as: 'not needed'; because: string };
  /** The row of the migration page it stands in, where it is not a row of its own. */
  row?: string;
}

const clouds = ['alicloud', 'aws', 'azure', 'docker', 'google', 'huaweicloud', 'oracle', 'tencentcloud'];

const honoured = (setting: string, to: unknown): ClassicKey['becomes'] => ({ as: 'honoured', setting, to });
const mapped = (setting: string, to: unknown): ClassicKey['becomes'] => ({ as: 'mapped', setting, to });
const notNeeded = (because: string): ClassicKey['becomes'] => ({ as: 'not needed', because });

/** Every key of the classic bakery's configuration; its test and that of the migration page go by this list. */
export const CLASSIC_KEYS: readonly ClassicKey[] = [
  { key: 'server.port', value: '9087', becomes: notNeeded('PORT') },
  { key: 'rosco.configDir', value: '/srv/packer', becomes: notNeeded('BAKEHOUSE_TEMPLATES') },
  {
    key: 'rosco.jobs.local.timeoutMinutes',
    value: '45',
    becomes: mapped('bakehouse.limits.timeoutSeconds', 2700),
  },
  { key: 'rosco.polling.pollingIntervalSeconds', value: '15', becomes: notNeeded('nobody polls') },
  { key: 'rosco.polling.orphanedJobPollingIntervalSeconds', value: '30', becomes: notNeeded('nobody polls') },
  { key: 'rosco.polling.orphanedJobTimeoutMinutes', value: '30', becomes: notNeeded('BAKEHOUSE_LOCK_SECONDS') },
  { key: 'rosco.polling.waitForJobStartTimeoutMillis', value: '5000', becomes: notNeeded('at once') },
  { key: 'rosco.polling.waitForJobStartPollingIntervalMillis', value: '500', becomes: notNeeded('at once') },
  { key: 'redis.connection', value: 'redis://redis.example:6379', becomes: notNeeded('REDIS_URL') },
  { key: 'redis.timeout', value: '2000', becomes: notNeeded('503') },
  { key: 'packer.timestamp', value: 'true', becomes: notNeeded('time beside it') },
  { key: 'packer.additionalParameters', value: '[-parallel-builds=1]', becomes: notNeeded('variables or a varFile') },
  {
    key: 'templatesNeedingRoot',
    value: 'one.json,two.json',
    becomes: mapped('bakehouse.templatesNeedingRoot.1', 'two.json'),
  },
  {
    key: 'debianRepository',
    value: 'https://deb.example',
    becomes: mapped('bakehouse.repositories.deb', 'https://deb.example'),
  },
  {
    key: 'yumRepository',
    value: 'https://rpm.example',
    becomes: mapped('bakehouse.repositories.rpm', 'https://rpm.example'),
  },
  {
    key: 'chocolateyRepository',
    value: 'https://choco.example',
    becomes: mapped('bakehouse.repositories.nupkg', 'https://choco.example'),
  },
  { key: 'defaultCloudProviderType', value: 'docker', becomes: mapped('bakehouse.defaultProvider', 'docker') },
  ...clouds.flatMap((cloud): ClassicKey[] => [
    { key: `${cloud}.enabled`, value: 'true', becomes: honoured(`${cloud}.enabled`, true), row: '<provider>.enabled' },
    {
      key: `${cloud}.bakeryDefaults.templateFile`,
      value: 'mine.json',
      becomes: honoured(`${cloud}.bakeryDefaults.templateFile`, 'mine.json'),
      row: '<provider>.bakeryDefaults.*',
    },
  ]),
  { key: 'bakeAccount', value: 'harbour', becomes: mapped('bakehouse.bakeAccount', 'harbour') },
  {
    key: 'services.clouddriver.baseUrl',
    value: 'http://clouddriver.example:7002',
    becomes: mapped('bakehouse.imageSearchUrl', 'http://clouddriver.example:7002'),
  },
  { key: 'endpoints.status.enabled', value: 'false', becomes: mapped('bakehouse.statusCalls', false) },
  ...['helm.v2ExecutablePath', 'helm.v3ExecutablePath', 'helm.overridesFileThreshold'].map(manifest),
  ...['kustomize.v3ExecutablePath', 'kustomize.v4ExecutablePath', 'helmfile.executablePath'].map(manifest),
  ...['artifact-store.helm.expandOverrides', 'artifact-store.s3.enabled'].map((key) => ({
    ...manifest(key),
    row: 'artifact-store.*',
  })),
  { key: 'rosco.jobs.k8s.enabled', value: 'true', becomes: notNeeded('workers') },
  { key: 'rosco.jobs.k8s.defaultJobImage', value: 'rosco.example/job', becomes: notNeeded('workers') },
  { key: 'rosco.jobs.k8s.timeoutMinutes', value: '30', becomes: notNeeded('rosco.jobs.local.timeoutMinutes') },
  { key: 'rosco.jobs.fargate.enabled', value: 'true', becomes: notNeeded('workers'), row: 'rosco.jobs.fargate.*' },
  ...['spectator.applicationName', 'spectator.webEndpoint.enabled'].map((key) => ({
    ...{ key, value: 'true', becomes: notNeeded('/metrics') },
    row: 'spectator.*',
  })),
  { key: 'swagger.enabled', value: 'true', becomes: notNeeded('/docs'), row: 'swagger.*' },
];

function manifest(key: string): ClassicKey {
  return { key, value: '1', becomes: notNeeded('manifestBakery.baseUrl') };
}
