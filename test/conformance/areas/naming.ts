import { z } from 'zod';
import { appVersionOf, buildOfImage, isAppVersionOf, parseAppVersion } from '../../../packages/bake/src/app-version.ts';
import { imageNameOf } from '../../../packages/bake/src/image-name.ts';
import { PackageType } from '../../../packages/bake/src/os-package/package-type.ts';
import { packagesParameter } from '../../../packages/bake/src/os-package/packages-parameter.ts';
import { parsePackage } from '../../../packages/bake/src/os-package/parse.ts';
import { azureImageName, managedImageName } from '../../../packages/bake/src/providers/azure/name.ts';
import { dockerVersion, nameDockerImage, targetTag } from '../../../packages/bake/src/providers/docker/name.ts';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';
import { type RequestedPackages, requestedPackages } from '../../../packages/bake/src/requested-packages.ts';
import { type Result, yes } from '../../../packages/bake/src/result.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, deviation, failed, notYet, type Verdict } from '../verdict.ts';
import { checkPackageMatch } from './package-match.ts';
import { toNaming, WireNaming } from './wire-naming.ts';

/** The areas of `naming`. */
export const NAMING_CHECKS: Readonly<Record<string, Check>> = {
  deb: (vector) => checkParse('deb', vector),
  rpm: (vector) => checkParse('rpm', vector),
  nupkg: (vector) => checkParse('nupkg', vector),
  appVersion: (vector) => compare(vector.expected, nameOf(vector).appVersion),
  imageName: (vector) => compare(vector.expected, nameOf(vector).imageName),
  packagesParameter: (vector) => compare(vector.expected, nameOf(vector).packages),
  'image-name': (vector) => compare(vector.expected, nameOf(vector)),
  docker: checkDocker,
  azure: checkAzure,
  frigga: checkAppVersion,
  packageMatch: checkPackageMatch,
};

/** A crash of the reference is answered by a refusal. Anything else is compared. */
function compareResult({ expected }: Vector, got: Result<unknown, unknown>): Verdict {
  const crash = z.object({ error: z.string().startsWith('crash:') }).safeParse(expected);
  if (crash.success) return got.ok ? failed(got.value) : deviation('D16');
  return got.ok ? compare(expected, got.value) : failed({ refused: got.no });
}

function checkParse(type: PackageType, vector: Vector): Verdict {
  const { packageName, packageNames } = ParseInput.parse(vector.input);
  if (!packageNames) return compareResult(vector, parsePackage(type, packageName ?? null));
  const read = requestedPackages({ packages: packageNames.map((name) => name ?? '') }, type);
  return compareResult(vector, read.ok ? yes(read.value.packages) : read);
}

const ParseInput = z.object({
  packageName: z.string().nullish(),
  packageNames: z.array(z.string().nullable()).optional(),
});

const NamingInput = z.object({
  op: z.string().optional(),
  packageType: z.string().toLowerCase().pipe(PackageType),
  clockMillis: z.number().default(0),
  nowMillis: z.number().optional(),
  request: WireNaming,
});

function nameOf({ input }: Vector): { imageName: string; appVersion: string | null; packages: string } {
  const { type, request, requested, now } = readNaming(input);
  return {
    imageName: imageNameOf(request, requested.first, now),
    appVersion: appVersionOf(requested.first, type, request.ci),
    packages: packagesParameter(type, requested.packages),
  };
}

function readNaming(input: unknown): {
  type: PackageType;
  request: BakeRequest;
  requested: RequestedPackages;
  now: Date;
} {
  const { packageType: type, request: wire, clockMillis, nowMillis } = NamingInput.parse(input);
  const request = toNaming(wire);
  const requested = requestedPackages(request, type);
  if (!requested.ok) throw new Error(`refused: ${JSON.stringify(requested.no)}`);
  return { type, request, requested: requested.value, now: new Date(nowMillis ?? clockMillis) };
}

function checkDocker(vector: Vector): Verdict {
  const { op } = NamingInput.parse(vector.input);
  const { type: packageType, request, requested, now } = readNaming(vector.input);
  if (op === 'targetImageTag') return compare(vector.expected, targetTag(request, now));
  if (op === 'appVersion') {
    return compare(vector.expected, dockerVersion({ first: requested.first, packageType, ci: request.ci }, now));
  }
  const named = nameDockerImage(request, { packageType, now });
  return compareResult(vector, named.ok ? yes(named.value.imageName) : named);
}

function checkAzure(vector: Vector): Verdict {
  const { op, request: wire } = NamingInput.parse(vector.input);
  const { requested, now } = readNaming(vector.input);
  const baseName = wire.base_name ?? null;
  const said = {
    baseName,
    baseLabel: wire.base_label ?? null,
    base: wire.base_os ?? null,
    osType: wire.os_type ?? null,
  };
  const imageName = azureImageName({ ...said, first: requested.first }, now);
  if (op === 'imageName' || !imageName.ok) return compareResult(vector, imageName);
  return compare(
    vector.expected,
    managedImageName(imageName.value, { buildNumber: wire.build_number ?? null, baseName, now }),
  );
}

const FriggaInput = z.object({
  op: z.enum(['parse', 'matchesPackage', 'jenkinsDetails']),
  appversion: z.string().nullable(),
  packageName: z.string().default(''),
  buildHost: z.string().nullable().default(null),
});

function checkAppVersion({ input, expected }: Vector): Verdict {
  const parsed = FriggaInput.safeParse(input);
  if (!parsed.success) return notYet('another kind of question');
  const { op, appversion, packageName, buildHost } = parsed.data;
  if (op === 'parse') return compare(expected, parseAppVersion(appversion));
  return compare(
    expected,
    op === 'matchesPackage' ? isAppVersionOf(appversion, packageName) : buildOfImage(appversion, buildHost),
  );
}
