import { z } from 'zod';
import { findAccount } from '../../account.ts';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import type { Variables } from '../../variable.ts';
import type { OracleAccount, OracleSettings } from './settings.ts';

/** The account says where, the settings say from which image: a request's region and source image change neither, as pipelines rely on. */
export function chooseOracle(request: BakeRequest, settings: OracleSettings): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;
  const account = accountOf(request, settings);
  if (!account.ok) return account;

  const { baseImages, templateFile, availabilityDomain, instanceShape, subnetId } = settings.bakeryDefaults;
  const entry = findBaseImage(request, { provider: 'oracle', entries: baseImages });
  if (!entry.ok) return entry;
  const { baseImage, virtualizationSettings: source } = entry.value;
  if (!source) return no({ code: 'unready-base-image', provider: 'oracle', asked: baseImage.id, rule: SOURCELESS });
  const ready = readyToBake(request, { provider: 'oracle', baseImage, templateFile });
  if (!ready.ok) return ready;

  const { name = '', privateKeyPassphrase } = account.value;
  const sourceImage = source.baseImageId ?? '';
  return yes({
    ...ready.value,
    sourceImage,
    variables: {
      ...accountVariables(account.value),
      oracle_availability_domain: availabilityDomain ?? null,
      oracle_instance_shape: instanceShape ?? null,
      oracle_subnet_id: subnetId ?? null,
      oracle_base_image_id: sourceImage,
      oracle_ssh_user_name: source.sshUserName ?? null,
    },
    secrets: privateKeyPassphrase ? { oracle_pass_phrase: privateKeyPassphrase } : {},
    distinct: [name],
  });
}

/** A source image, which changes nothing here. */
export const inVainOnOracle = ({ sourceImage }: BakeRequest): Refusal | undefined =>
  sourceImage === undefined ? undefined : SOURCE_IMAGE;

export const accountOf = (request: BakeRequest, { accounts }: OracleSettings): Result<OracleAccount, Refusal> =>
  findAccount(request, { provider: 'oracle', accounts });

const SOURCELESS =
  'it has no virtualizationSettings in the settings; an operator writes baseImageId and sshUserName there';

const SOURCE_IMAGE: Refusal = {
  code: 'malformed-request',
  issues: [
    {
      path: 'sourceImage',
      message:
        'is not looked at by oracle, where the base says what to start from; name another base, or set the variable oracle_base_image_id',
    },
  ],
};

const accountVariables = (account: OracleAccount): Variables => ({
  oracle_compartment_id: account.compartmentId ?? null,
  oracle_tenancy_id: account.tenancyId ?? null,
  oracle_user_id: account.userId ?? null,
  oracle_fingerprint: account.fingerprint ?? null,
  oracle_ssh_private_key_file_path: account.sshPrivateKeyFilePath ?? null,
  oracle_region: account.region ?? null,
});
