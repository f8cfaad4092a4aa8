import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type BakeFailure, no, type Result, yes } from '@bakehouse/bake';

/** Where a worker finds the value of a secret that a recipe names. The first that has it wins. */
export interface SecretSources {
  /** `docker.bakeryDefaults.loginPassword` is looked up as `BAKEHOUSE_SECRET_DOCKER_BAKERYDEFAULTS_LOGINPASSWORD`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** A directory with a file per secret, as container platforms mount them; a newline at the end is not part of it. */
  directory: string | undefined;
  /** The worker's own settings files. */
  fromSettings: (name: string) => string | undefined;
}

/** Values by the name of the secret, or the failure that names the one this worker has not. `wanted` is by variable. */
export async function resolveSecrets(
  wanted: Readonly<Record<string, string>>,
  sources: SecretSources,
): Promise<Result<Readonly<Record<string, string>>, BakeFailure>> {
  const values: Record<string, string> = {};
  for (const [variable, name] of Object.entries(wanted)) {
    const value =
      sources.environment[environmentName(name)] ??
      (await fromDirectory(sources.directory, name)) ??
      sources.fromSettings(name);
    if (value === undefined) return no(missing(name, variable));
    values[name] = value;
  }
  return yes(values);
}

const environmentName = (name: string): string =>
  `BAKEHOUSE_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

async function fromDirectory(directory: string | undefined, name: string): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  try {
    return (await readFile(path.join(directory, name), 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`secret ${name}: its file in BAKEHOUSE_SECRETS_DIR cannot be read`, { cause });
  }
}

function missing(name: string, variable: string): BakeFailure {
  return {
    class: 'auth',
    message: `this worker has no secret '${name}', which the variable ${variable} needs`,
    evidence: [],
    next: `give the worker ${environmentName(name)}, a file '${name}' in BAKEHOUSE_SECRETS_DIR, or the setting itself`,
    leftovers: false,
  };
}
