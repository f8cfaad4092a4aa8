import { Redis } from 'ioredis';
import { DEFAULT_PREFIX, namesUnder, OWNERS } from '../names.ts';

/** What is in Redis that nobody will ever take away: keys that have neither an owner, as `OWNERS` says, nor a time to live; a sentence each. */
export async function unownedKeys(redisUrl: string, prefix: string = DEFAULT_PREFIX): Promise<string[]> {
  const redis = new Redis(redisUrl);
  try {
    const keys = (await redis.keys('*')).filter((key) => key.startsWith(`${prefix}:`));
    const states = await statesOf(redis, { keys, prefix });
    const found = await Promise.all(keys.map((key) => complaintOf(redis, { key, prefix, keys, states })));
    return found.flatMap((complaint) => complaint ?? []);
  } finally {
    redis.disconnect();
  }
}

interface Place {
  key: string;
  prefix: string;
  keys: readonly string[];
  /** Of each bake that has a record. */
  states: ReadonlyMap<string, string>;
}

async function statesOf(
  redis: Redis,
  { keys, prefix }: { keys: readonly string[]; prefix: string },
): Promise<Map<string, string>> {
  const bakes = keys.filter((key) => key.startsWith(`${prefix}:bake:`));
  const pairs = bakes.map(
    async (key) => [key.slice(`${prefix}:bake:`.length), (await redis.hget(key, 'state')) ?? ''] as const,
  );
  return new Map(await Promise.all(pairs));
}

async function complaintOf(redis: Redis, place: Place): Promise<string | undefined> {
  const { key, prefix } = place;
  const [kind = '', ...words] = key.slice(prefix.length + 1).split(':');
  if (kind.startsWith('bakes-')) return ofBullMq(redis, { ...place, lane: kind, rest: words.join(':') });
  if (!(kind in OWNERS)) return `${key} is of no known kind`;
  if ((await redis.pttl(key)) > 0) return undefined;
  return OWNED[kind as keyof typeof OWNERS](redis, { ...place, rest: words.join(':') });
}

type Owned = (redis: Redis, place: Place & { rest: string }) => Promise<string | undefined>;

const isLive = ({ states }: Place, id: string): boolean => ['waiting', 'baking'].includes(states.get(id) ?? '');

const ofLiveBake: Owned = async (_redis, place) =>
  isLive(place, place.rest) ? undefined : `${place.key} stays for ever, and its bake does not live`;

/** Members of a set that are bakes must have a record. */
const ofItsBakes: Owned = async (redis, { key, states }) => {
  const isSorted = (await redis.type(key)) === 'zset';
  const ids = isSorted ? await redis.zrange(key, 0, -1) : await redis.smembers(key);
  const gone = ids.filter((id) => !states.has(id));
  return gone.length > 0 ? `${key} holds ${gone.join(', ')}, of which there is no record` : undefined;
};

const mortal: Owned = async (_redis, { key }) => `${key} has no time to live`;
const single: Owned = async () => undefined;

/** Indexes by a caller's word have a time to live at all times; these have none. */
const OWN_INDEXES = /^(all|state:\w+)$/;

/** What is wrong with a key of each kind that has no time to live. */
const OWNED: Readonly<Record<keyof typeof OWNERS, Owned>> = {
  bake: async (redis, place) => {
    const { key, keys, prefix, rest } = place;
    if (!isLive(place, rest)) return `${key} has ended, and stays for ever`;
    const job = namesUnder(prefix).job((await redis.hget(key, 'lane')) ?? '', rest);
    return keys.includes(job) ? undefined : `${key} lives, and has no job`;
  },
  log: ofLiveBake,
  users: ofLiveBake,
  'sealed-log': mortal,
  key: async (redis, place) => ofLiveBake(redis, { ...place, rest: (await redis.get(place.key)) ?? '' }),
  once: mortal,
  bundle: async (_redis, { key, keys, prefix, rest }) =>
    keys.includes(`${prefix}:bundle-users:${rest}`) ? undefined : `${key} has no users, and stays for ever`,
  'bundle-users': async (redis, place) => {
    const dead = (await redis.smembers(place.key)).filter((id) => !isLive(place, id));
    return dead.length > 0 ? `${place.key} holds ${dead.join(', ')}, which do not live` : undefined;
  },
  index: (redis, place) => (OWN_INDEXES.test(place.rest) ? ofItsBakes : mortal)(redis, place),
  ended: ofItsBakes,
  unsealed: ofItsBakes,
  sequence: single,
  rounds: mortal,
  worker: mortal,
  workers: single,
};

/** BullMQ's own: its lists and its few counters, and jobs as long as one of the lists has them. */
async function ofBullMq(
  redis: Redis,
  { key, prefix, lane, rest }: Place & { lane: string; rest: string },
): Promise<string | undefined> {
  if ([...LISTS, ...COUNTERS].includes(rest) || METRICS.test(rest) || (await redis.pttl(key)) > 0) return undefined;
  const [id = '', ...more] = rest.split(':');
  if (more.length > 0) return `${key} is none of BullMQ’s usual keys`;
  const places = await Promise.all(LISTS.map((list) => holds(redis, `${prefix}:${lane}:${list}`, id)));
  return places.includes(true) ? undefined : `${key} is a job in none of BullMQ’s lists`;
}

const LISTS = [
  'wait',
  'active',
  'paused',
  'prioritized',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
  'stalled',
];
const COUNTERS = ['meta', 'id', 'pc', 'events', 'marker', 'limiter', 'stalled-check'];

/** Of each end; the data are as many points as its options say. */
const METRICS = /^metrics:(completed|failed)(:data)?$/;

async function holds(redis: Redis, list: string, id: string): Promise<boolean> {
  switch (await redis.type(list)) {
    case 'list':
      return (await redis.lpos(list, id)) !== null;
    case 'zset':
      return (await redis.zscore(list, id)) !== null;
    case 'set':
      return (await redis.sismember(list, id)) === 1;
    default:
      return false;
  }
}
