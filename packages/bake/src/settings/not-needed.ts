import { sameKey } from './setting.ts';

/** Why a key changes nothing: that of a classic bakery with the reason, any other as what it is, most likely a slip. */
export function whyIgnored(path: string): string {
  const keys = path.split('.');
  const fits = NOT_NEEDED.filter(({ key }) => key.split('.').every((word, index) => sameKey(word, keys[index] ?? '')));
  const closest = fits.toSorted((one, other) => other.key.length - one.key.length)[0];
  return closest ? `not needed here: ${closest.because}` : 'is not a setting here and changes nothing';
}

/** Keys that a classic bakery's files have, each with all below it; the longest that fits says why. */
const NOT_NEEDED: readonly { key: string; because: string }[] = [
  { key: 'server', because: 'the api listens where HOST and PORT say' },
  { key: 'redis', because: 'the queue is the Redis at REDIS_URL' },
  {
    key: 'rosco.configDir',
    because:
      'templates, var files and scripts of your own lie over the shipped ones; name this directory in BAKEHOUSE_TEMPLATES of the api',
  },
  { key: 'rosco.polling', because: 'workers tell the queue when a bake has ended; nobody polls' },
  { key: 'rosco.jobs.local', because: 'a worker runs Packer itself; of this section only timeoutMinutes is read' },
  { key: 'rosco.jobs.k8s', because: 'bakes are run by workers, of which there may be any number, on Kubernetes too' },
  { key: 'rosco.jobs.fargate', because: 'bakes are run by workers, of which there may be any number' },
  { key: 'packer.timestamp', because: 'each line of a log has its time beside it' },
  {
    key: 'packer.additionalParameters',
    because:
      'how Packer is called is fixed, since its records are read and not its prose; put values into variables or a varFile, and the rest into the template',
  },
  { key: 'packer', because: 'the worker finds Packer by PACKER_BIN' },
  { key: 'helm', because: 'manifests are not baked here' },
  { key: 'kustomize', because: 'manifests are not baked here' },
  { key: 'helmfile', because: 'manifests are not baked here' },
  { key: 'cf', because: 'manifests are not baked here' },
  { key: 'artifact-store', because: 'manifests are not baked here, and images are not stored as artifacts' },
  { key: 'endpoints', because: 'of this section only status.enabled is read; the other calls are always there' },
  { key: 'management', because: '/health, /ready and /metrics are always there' },
  { key: 'spectator', because: '/metrics is always there, for Prometheus' },
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
