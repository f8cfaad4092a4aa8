import type { SettingsProblem } from './problem.ts';
import { type Setting, sameKey } from './setting.ts';

/** What is told of a setting that changes nothing: once for all of it, or key by key where the keys below it have each their reason. */
export function tellIgnored(setting: Setting, path: string): SettingsProblem[] {
  const isManifold = NOT_NEEDED.some(({ key }) => key.length > path.length && fits(path, key));
  if (setting.kind === 'map' && setting.entries.size > 0 && isManifold)
    return [...setting.entries].flatMap(([name, inner]) => tellIgnored(inner, `${path}.${name}`));
  return [{ spot: setting.spot, path, message: whyIgnored(path) }];
}

/** Why a key changes nothing: that of a classic bakery with the reason, any other as what it is, most likely a slip. */
function whyIgnored(path: string): string {
  const about = NOT_NEEDED.filter(({ key }) => fits(key, path));
  const closest = about.toSorted((one, other) => other.key.length - one.key.length)[0];
  return closest ? `not needed here: ${closest.because}` : 'is not a setting here and changes nothing';
}

/** Whether a dotted path is a key, or below it. */
function fits(key: string, path: string): boolean {
  const keys = path.split('.');
  return key.split('.').every((word, index) => sameKey(word, keys[index] ?? ''));
}

interface NotNeeded {
  /** With all below it. */
  key: string;
  because: string;
}

const OF_WORKERS = 'bakes are run by workers, of which there may be any number, on Kubernetes and anywhere else';
const OF_OTHERS = 'manifests are baked by the bakery that manifestBakery.baseUrl names';

/** Keys that a classic bakery's files have, each with all below it; the longest that fits says why. */
const NOT_NEEDED: readonly NotNeeded[] = [
  { key: 'server', because: 'the api listens where HOST and PORT say; set these' },
  {
    key: 'server.port',
    because: 'the api listens where HOST and PORT say, and on 8087 if nothing does; set PORT to this one',
  },
  { key: 'redis', because: 'the queue is the Redis at REDIS_URL, of api and workers' },
  {
    key: 'redis.connection',
    because:
      'the queue is the Redis at REDIS_URL, of api and workers; the one of a classic bakery is not taken over unasked, since it may evict keys, and ours must not',
  },
  {
    key: 'redis.timeout',
    because: 'a call waits some seconds for Redis and is answered 503 then; a bake in hand waits until Redis is back',
  },
  { key: 'services.redis', because: 'the queue is the Redis at REDIS_URL, of api and workers' },
  {
    key: 'rosco.configDir',
    because:
      'templates, var files and scripts of your own lie over the shipped ones; name the directory of yours in BAKEHOUSE_TEMPLATES of the api',
  },
  {
    key: 'rosco.polling',
    because: 'workers tell the queue when a bake has ended; nobody polls',
  },
  {
    key: 'rosco.polling.orphanedJobTimeoutMinutes',
    because:
      'a worker that is silent for longer than its BAKEHOUSE_LOCK_SECONDS has lost its bakes to another; set that on the workers',
  },
  {
    key: 'rosco.polling.waitForJobStartTimeoutMillis',
    because: 'a create is answered at once and waits for no job',
  },
  {
    key: 'rosco.polling.waitForJobStartPollingIntervalMillis',
    because: 'a create is answered at once and waits for no job',
  },
  { key: 'rosco.jobs.local', because: 'a worker runs Packer itself; of this section only timeoutMinutes is read' },
  { key: 'rosco.jobs.k8s', because: OF_WORKERS },
  {
    key: 'rosco.jobs.k8s.timeoutMinutes',
    because: `${OF_WORKERS}; how long one may take is rosco.jobs.local.timeoutMinutes`,
  },
  { key: 'rosco.jobs.fargate', because: OF_WORKERS },
  { key: 'packer.timestamp', because: 'each line of a log has its time beside it' },
  {
    key: 'packer.additionalParameters',
    because:
      'how Packer is called is fixed, since its records are read and not its prose; put values into variables or a varFile, and the rest into the template',
  },
  { key: 'packer', because: 'the worker finds Packer by PACKER_BIN' },
  { key: 'helm', because: OF_OTHERS },
  { key: 'kustomize', because: OF_OTHERS },
  { key: 'helmfile', because: OF_OTHERS },
  { key: 'cf', because: OF_OTHERS },
  {
    key: 'artifact-store',
    because: `${OF_OTHERS}, and images are not stored as artifacts`,
  },
  { key: 'endpoints', because: 'of this section only status.enabled is read; the other calls are always there' },
  { key: 'management', because: '/health, /ready and /metrics are always there' },
  {
    key: 'spectator',
    because: '/metrics is always there, for Prometheus, with the classic names among ours',
  },
  { key: 'metrics', because: '/metrics is always there, for Prometheus' },
  { key: 'swagger', because: 'the API describes itself at /docs' },
  { key: 'logging', because: 'LOG_LEVEL says how much is logged' },
  {
    key: 'spring.config.import',
    because: 'files are read that BAKEHOUSE_SETTINGS names, in that order; name this one there',
  },
  {
    key: 'spring',
    because: 'nothing here is built with Spring; of this section only the profile of a document is read',
  },
  { key: 'services', because: 'of the other services only clouddriver.baseUrl is asked, for images by name' },
  {
    key: 'netflix',
    because: 'of this section only account and environment are read, as the account of image searches',
  },
  { key: 'retrofit', because: 'other services are asked in one way, which has no settings' },
  { key: 'retrofit2', because: 'other services are asked in one way, which has no settings' },
  { key: 'ok-http-client', because: 'other services are asked in one way, which has no settings' },
  { key: 'default', because: 'it names what other services of Spinnaker share' },
  { key: 'global', because: 'it names what other services of Spinnaker share' },
  { key: 'spinnaker', because: 'it is about other services of Spinnaker' },
  { key: 'fiat', because: 'there is no authorization here; a proxy in front knows your users' },
  { key: 'security', because: 'there is no authentication here; a proxy in front knows your users' },
  { key: 'x509', because: 'there is no authentication here; a proxy in front knows your users' },
  { key: 'hystrix', because: 'nothing here is built with it' },
  { key: 'resilience4j', because: 'nothing here is built with it' },
  { key: 'eureka', because: 'nothing here is built with it' },
];

/** Those of them that an environment may say, as a classic bakery lets it. */
export const NOT_NEEDED_KEYS: readonly string[] = [
  'server.port',
  'redis.connection',
  'redis.timeout',
  'rosco.configDir',
  'rosco.polling.pollingIntervalSeconds',
  'rosco.polling.orphanedJobPollingIntervalSeconds',
  'rosco.polling.orphanedJobTimeoutMinutes',
  'rosco.polling.waitForJobStartTimeoutMillis',
  'rosco.polling.waitForJobStartPollingIntervalMillis',
  'rosco.jobs.k8s.enabled',
  'rosco.jobs.k8s.defaultJobImage',
  'rosco.jobs.k8s.timeoutMinutes',
  'rosco.jobs.fargate.enabled',
  'packer.timestamp',
  'packer.additionalParameters',
  'helm.v2ExecutablePath',
  'helm.v3ExecutablePath',
  'helm.overridesFileThreshold',
  'kustomize.v3ExecutablePath',
  'kustomize.v4ExecutablePath',
  'helmfile.executablePath',
  'artifact-store.helm.expandOverrides',
  'artifact-store.s3.enabled',
  'spectator.applicationName',
  'spectator.webEndpoint.enabled',
  'swagger.enabled',
];
