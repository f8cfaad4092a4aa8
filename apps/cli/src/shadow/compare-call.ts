import type { Result } from '@bakehouse/bake';
import { type Answer, isMembers, jsonOf, type Members, membersOf, messageOf } from './answer.ts';
import type { Asked } from './asked.ts';
import { compareCreate } from './compare-create.ts';
import { compareDelete } from './compare-delete.ts';
import { compareDetails } from './compare-details.ts';
import { compareOptions } from './compare-options.ts';
import { compareStatusBody } from './compare-status.ts';
import { type Difference, type Unread, unread, type Verdict } from './difference.ts';
import type { OurSide, Plan } from './our-side.ts';
import type { Passed } from './proxy.ts';
import { bytesOf, readAnswer } from './read-answer.ts';
import { secretsIn } from './secrets.ts';
import type { SeenBake, SeenBakes } from './seen-bakes.ts';

/** One call that went through upstream, and what its head said. */
export interface Call {
  asked: Asked;
  passed: Passed;
  atMs: number;
  /** Of its head, what our side is to know. */
  headers: Readonly<Record<string, string>>;
  /** Whether a header names an execution. */
  execution: 'some' | 'none';
  /** Whether nothing that takes keys from bakes was under way at the same time. */
  settled: boolean;
}

export interface Beside {
  api: OurSide;
  bakes: SeenBakes;
}

/** Asks our side what it would have answered, and compares. Remembers what upstream shows of its bakes for the calls that follow. */
export async function compareCall(call: Call, beside: Beside): Promise<Verdict> {
  const verdict = await compareRead(call, beside);
  if (verdict.unread) loseTrack(call.asked, beside.bakes);
  return verdict;
}

async function compareRead(call: Call, beside: Beside): Promise<Verdict> {
  const { asked, passed } = call;
  if (passed.end !== 'answered') return unread(passed.end === 'away' ? 'upstream-away' : 'caller-left');
  const answer = await readAnswer(passed);
  if (!answer.ok) return unread(answer.no);
  if (asked.kind !== 'other' && isBusy(answer.value)) return unread('upstream-busy');
  switch (asked.kind) {
    case 'create':
      return create(answer.value, { ...call, asked }, beside);
    case 'delete':
      return remove(answer.value, { ...call, asked }, beside);
    case 'options':
      return options(answer.value, await beside.api.show(asked.path));
    case 'status':
    case 'details':
      return show(answer.value, { ...asked, kind: asked.kind }, beside);
    default:
      return unread('nothing-to-ask');
  }
}

/** What a call may have done to the keys of bakes when nobody can say what it has done. */
export function loseTrack(asked: Asked, bakes: SeenBakes): void {
  if (asked.kind === 'cancel') bakes.found(asked.id, 'CANCELED');
  if (asked.kind === 'delete' || asked.kind === 'delete-requests' || isRebake(asked)) bakes.released();
}

const isRebake = (asked: Asked): boolean => asked.kind === 'create' && asked.rebake === 'yes';

/** Calls that take keys from bakes. */
export const disturbs = (asked: Asked): boolean =>
  ['cancel', 'delete', 'delete-requests'].includes(asked.kind) || isRebake(asked);

/** Upstream is about something else, and will say so to whoever asks again. */
const isBusy = ({ status, text }: Answer): boolean =>
  [502, 503, 504].includes(status) || (status === 400 && /^Unable to acquire lock /.test(messageOf(text) ?? ''));

type CallOf<Kind extends Asked['kind']> = Call & { asked: Extract<Asked, { kind: Kind }> };

async function create(answer: Answer, call: CallOf<'create'>, beside: Beside): Promise<Verdict> {
  const planned = await plan(call, beside.api);
  if (!planned.ok) return unread(planned.no);
  const { plan: ours, body } = planned.value;
  const execution = hasText(body['spinnaker_execution_id']) ? 'some' : call.execution;
  const differences = compareCreate(answer, ours, { execution });
  const contradictions =
    answer.status === 200 ? seeBake(membersOf(answer.text), { ours, body, call }, beside.bakes) : [];
  return { ours: ours.status, differences: [...differences, ...contradictions], secrets: secretsOf(ours, body) };
}

async function remove(answer: Answer, call: CallOf<'delete'>, beside: Beside): Promise<Verdict> {
  const planned = await plan(call, beside.api);
  if (!planned.ok) return unread(planned.no);
  const { plan: ours, body } = planned.value;
  beside.bakes.released(ours.classicKey ?? undefined);
  return { ours: null, differences: compareDelete(answer, ours), secrets: secretsOf(ours, body) };
}

function options(answer: Answer, ours: Result<Answer, Unread>): Verdict {
  if (answer.status === 304) return unread('no-body');
  if (!ours.ok) return unread(ours.no);
  return { ours: ours.value.status, differences: compareOptions(answer, ours.value), secrets: [] };
}

/** There is no such bake on our side to ask for: what upstream says is held against the plan of the create that it answered. */
function show(
  answer: Answer,
  { kind, id, region }: { kind: 'status' | 'details'; id: string; region: string },
  { bakes }: Beside,
): Verdict {
  if (kind === 'status') {
    if (answer.status !== 200) {
      bakes.found(id, 'gone');
      return unread('nothing-to-ask');
    }
    const contradictions = bakes.found(id, String(membersOf(answer.text)['state']));
    return { ours: null, differences: [...compareStatusBody(answer.text, id), ...contradictions], secrets: [] };
  }
  const bake = bakes.find(id);
  if (!bake) return unread('unseen-bake');
  // Before the bake is done there is nothing to show.
  if (answer.status === 400) return unread('nothing-to-ask');
  const contradictions = answer.status === 200 ? bakes.found(id, 'COMPLETED') : [];
  return { ours: null, differences: [...compareDetails(answer, bake, region), ...contradictions], secrets: [] };
}

async function plan(
  { asked: { region }, passed, headers }: CallOf<'create' | 'delete'>,
  api: OurSide,
): Promise<Result<{ plan: Plan; body: Members }, Unread>> {
  const bytes = bytesOf(passed.sent);
  if (!bytes.ok) return bytes;
  const planned = await api.plan(region, { bytes: bytes.value, headers });
  if (!planned.ok) return planned;
  const body = jsonOf(bytes.value.toString('utf8'));
  return { ok: true, value: { plan: planned.value, body: isMembers(body) ? body : {} } };
}

const secretsOf = (ours: Plan, body: Members): string[] =>
  secretsIn(body, ours.answer === 'taken' ? ours.recipe.confidential : []);

function seeBake(
  status: Members,
  { ours, body, call }: { ours: Plan; body: Members; call: CallOf<'create'> },
  bakes: SeenBakes,
): Difference[] {
  const { id, state } = status;
  if (ours.answer !== 'taken' || typeof id !== 'string') {
    loseTrack(call.asked, bakes);
    return [];
  }
  const creation = {
    rebake: call.asked.rebake,
    state: String(state),
    settled: call.settled,
    ownId: body['request_id'] === id,
  };
  return bakes.created(bakeOf(id, { ours, body, atMs: call.atMs }), creation);
}

function bakeOf(
  id: string,
  { ours, body, atMs }: { ours: Extract<Plan, { answer: 'taken' }>; body: Members; atMs: number },
): SeenBake {
  const { classicKey, key, recipe } = ours;
  const { provider, region, imageName, variables } = recipe;
  const texts = Object.entries(variables).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const named = (shape: RegExp) => texts.filter(([name]) => shape.test(name)).map(([, value]) => value);
  return {
    id,
    classicKey,
    key,
    recipe: { provider, region, imageName },
    ownNames: named(/image_name$/),
    copiedTo: named(/^copy_to_\d+$/),
    naming: { suffix: textOf(body['ami_suffix']) ?? undefined, askedMs: atMs },
    build: { build_info_url: textOf(body['build_info_url']), build_number: textOf(body['build_number']) },
  };
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
const hasText = (value: unknown): boolean => value !== null && value !== undefined && value !== '';
