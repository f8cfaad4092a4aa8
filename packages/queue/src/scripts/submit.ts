import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Takes a bake in, or says who stands for its key. Atomic, so of any number of equal calls one is `taken`.
 * KEYS: the new record. ARGV: prefix, id, key, `join`|`supersede`, bundle digest, idempotency key ('' for none), its fingerprint,
 * now as text, now in ms, the execution group that asks ('' for somebody outside executions), how many index names follow, those names, then the record's fields and values.
 * Answers {word, the record of a bake that waited and was superseded, whose job can go, whether BullMQ knows the answered bake's job, the record}; `bundle-missing` has only the word, and changed nothing.
 */
export const submitScript = script(
  life,
  `
local _, id, key, ifTwin, digest, once, fingerprint, at = unpack(ARGV, 1, 8)
local now, group, indexes = tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11])

local function answer(word, of, superseded)
  local record = name('bake', of)
  local former = superseded and redis.call('HGETALL', name('bake', superseded)) or {}
  return { word, former, redis.call('EXISTS', job(redis.call('HGET', record, 'lane'), of)), redis.call('HGETALL', record) }
end

local function remember(of)
  if once == '' then return end
  redis.call('HSET', name('once', once), 'id', of, 'fingerprint', fingerprint)
  redis.call('PEXPIRE', name('once', once), DAY)
end

if once ~= '' then
  local told = redis.call('HMGET', name('once', once), 'id', 'fingerprint')
  local state, removed = unpack(redis.call('HMGET', name('bake', told[1] or ''), 'state', 'removed'))
  if state and not removed then
    if told[2] ~= fingerprint then return answer('key-reused', told[1]) end
    join(told[1], group)
    return answer('repeat', told[1])
  end
end

-- A bake that is being stopped has left its key already, so a twin has an image or will have one.
local twin = redis.call('GET', name('key', key))
local twinState = twin and redis.call('HGET', name('bake', twin), 'state')
local standing = twinState == 'waiting' or twinState == 'baking' or twinState == 'baked'

-- Who asks for what stands under that very id has asked before, and lost the answer.
local isAgain = standing and ifTwin == 'join' and twin == id
if redis.call('EXISTS', KEYS[1]) == 1 and not isAgain then return answer('id-taken', id) end

if standing and ifTwin == 'join' then
  remember(twin)
  join(twin, group)
  return answer('twin', twin)
end

if redis.call('EXISTS', name('bundle', digest)) == 0 then return { 'bundle-missing' } end

local superseded
if standing and twinState == 'waiting' then
  cancelNow(twin, 'superseded by ' .. id, at, now)
  superseded = twin
elseif standing and twinState == 'baking' then
  tellToStop(twin, 'superseded by ' .. id)
end

local sequence = redis.call('INCR', SEQUENCE)
redis.call('HSET', KEYS[1], 'state', 'waiting', 'sequence', sequence, 'key', key, 'bundle', digest, 'attempts', 0, unpack(ARGV, 12 + indexes))
redis.call('SET', name('key', key), id)
for i = 12, 11 + indexes do enlist(ARGV[i], id, KEYS[1]) end
redis.call('ZADD', name('index', 'all'), sequence, id)
redis.call('ZADD', name('index', 'state:waiting'), sequence, id)
redis.call('SADD', name('bundle-users', digest), id)
redis.call('PERSIST', name('bundle', digest))
use(id, group)
remember(id)
return answer('taken', id, superseded)
`,
);
