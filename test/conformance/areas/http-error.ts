import { z } from 'zod';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import type { Vector } from '../vector.ts';
import { compare, deviation, failed, notYet, PASSED, type Verdict } from '../verdict.ts';
import { inHouse } from './house.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const Input = z.strictObject({
  method: z.enum(METHODS),
  path: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Text is sent as it is. */
  body: z.unknown().optional(),
  enabledProviders: z.array(z.string()).default([]),
  baseImages: z.record(z.string(), z.array(z.string())).default({}),
});
type Input = z.infer<typeof Input>;

const Expected = z.strictObject({
  status: z.number(),
  body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  emptyBody: z.boolean().default(false),
  optional: z.record(z.string(), z.unknown()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
});
type Expected = z.infer<typeof Expected>;

interface Got {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

/** A call to a bakery that has no bakes, with the providers of the vector. */
export async function checkHttpError({ input, config = {}, expected }: Vector): Promise<Verdict> {
  const call = Input.safeParse(input);
  const wanted = Expected.safeParse(expected);
  if (!call.success || !wanted.success)
    return notYet(`nobody compares this: ${z.prettifyError(call.error ?? wanted.error ?? new z.ZodError([]))}`);
  const got = await inHouse({ more: JSON.stringify({ ...settingsOf(call.data), ...config }) }, async ({ api }) => {
    const { method, path: url, headers, body } = call.data;
    const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await api.inject({ method, url, headers: typed, ...payload });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body };
  });
  return judge(call.data, wanted.data, got);
}

/** Keys stand in some of the messages: they are the classic bakery's. */
const settingsOf = ({ enabledProviders, baseImages }: Input): object => ({
  defaultCloudProviderType: 'aws',
  ...Object.fromEntries(
    Object.entries(providers).map(([name, { section }]) => [
      section,
      { enabled: enabledProviders.includes(name), ...sectionOf(name, baseImages[name] ?? []) },
    ]),
  ),
  bakehouse: { bakeKey: 'rosco' },
});

const sectionOf = (name: string, ids: readonly string[]): object => ({
  ...ACCOUNTS_OF[name],
  bakeryDefaults: {
    templateFile: 'local.json',
    baseImages: ids.map((id) => ({
      baseImage: { id, packageType: 'deb' },
      virtualizationSettings: SOURCES_OF[name] ?? {},
    })),
  },
});

/** What a base image needs so that it can be configured at all. */
const SOURCES_OF: Readonly<Record<string, unknown>> = {
  alicloud: [{ region: 'any', instanceType: 'any', sourceImage: 'any', sshUserName: 'any' }],
  aws: [{ region: 'any', virtualizationType: 'hvm', instanceType: 'any', sourceAmi: 'any', sshUserName: 'any' }],
  docker: { sourceImage: 'any' },
  gce: { sourceImage: 'any' },
  huaweicloud: [{ region: 'any', instanceType: 'any', sourceImageId: 'any', sshUserName: 'any' }],
  local: { sourceImage: 'any' },
  oracle: { baseImageId: 'any', sshUserName: 'any' },
  tencentcloud: [{ region: 'any', zone: 'any', instanceType: 'any', sourceImageId: 'any', sshUserName: 'any' }],
};

const ACCOUNTS_OF: Readonly<Record<string, object>> = {
  azure: { accounts: [{ name: 'any', clientId: 'any', subscriptionId: 'any', tenantId: 'any' }] },
  gce: { accounts: [{ name: 'any', project: 'any' }] },
  oracle: { accounts: [{ name: 'any', region: 'any', compartmentId: 'any', tenancyId: 'any', userId: 'any' }] },
};

/** Where another status is meant, the row that means it; then what the answer says, member by member. */
function judge(call: Input, wanted: Expected, got: Got): Verdict {
  if (got.status !== wanted.status) return judgeStatus(call, wanted, got);
  const missing = Object.entries(wanted.headers).filter(([name, value]) => !isSaid(name, value, got.headers));
  if (missing.length > 0) return failed({ ...got, 'not in the headers': Object.fromEntries(missing) });
  if (wanted.emptyBody) return compare('', got.text);
  if (wanted.body === undefined) return PASSED;
  if (typeof wanted.body === 'string') return compare(wanted.body, got.text);
  return judgeBody(wanted.body, { ...wanted, said: z.record(z.string(), z.unknown()).parse(JSON.parse(got.text)) });
}

function judgeStatus({ method, path, headers }: Input, wanted: Expected, got: Got): Verdict {
  if (path.startsWith('/api/v2/manifest/')) return got.status === 501 ? deviation('D19') : failed(got);
  const isOfPage = Object.keys(headers).some((name) => /^(origin|sec-fetch-site)$/i.test(name));
  if (got.status === 403 && isOfPage) return deviation('D22');
  if (wanted.status !== 500) return failed(got);
  const isOutside = !Object.keys(headers).some((name) => name.toLowerCase() === 'x-spinnaker-execution-id');
  if (method === 'POST' && got.status === 200 && isOutside) return deviation('D7');
  return got.status < 500 ? deviation('D16') : failed(got);
}

/** Of the methods that may be asked instead, those are looked for that the reference names. */
function isSaid(name: string, value: string, headers: Got['headers']): boolean {
  const said = String(headers[name.toLowerCase()] ?? '');
  if (name.toLowerCase() !== 'allow') return said === value;
  const methods = said.split(/, */);
  return value.split(/, */).every((method) => methods.includes(method));
}

function judgeBody(
  wanted: Readonly<Record<string, unknown>>,
  { optional, said }: Pick<Expected, 'optional'> & { said: Record<string, unknown> },
): Verdict {
  const { timestamp: _ignored, ...members } = said;
  const more = Object.keys(members).filter((name) => !(name in wanted) && !(name in optional));
  const asked = Object.fromEntries(Object.entries(members).filter(([name]) => !more.includes(name)));
  const mayBe = Object.entries(optional).filter(([name]) => name in members);
  const same = compare({ ...wanted, ...Object.fromEntries(mayBe) }, shortened(asked, wanted['message']));
  if (same.is !== 'passed') return same;
  if (more.length === 0) return PASSED;
  return more.every((name) => OURS.includes(name)) ? deviation('D12') : failed(said);
}

/** What a refused request could ask for instead follows the reference's words. */
function shortened(said: Record<string, unknown>, message: unknown): Record<string, unknown> {
  const { message: ours } = said;
  if (typeof message !== 'string' || typeof ours !== 'string') return said;
  return [' ', '. '].some((joint) => ours.startsWith(`${message}${joint}`)) ? { ...said, message } : said;
}

/** Members that say more about a failure to those who know them. */
const OURS: readonly string[] = ['issues', 'failure'];
