import { namesForScripts } from '../names.ts';

/** What is kept beyond its time when nobody makes rounds to forget it, and how long a bundle waits for its next user. */
const DAY_MS = 86_400_000;

/**
 * The life of a bake, put before every script that changes one: `turn(id, to, now)` is the only way from state to state.
 * It answers false, and changes nothing, for a step that no bake may take. With an end go all its duties: the key is freed
 * (or, of a baked bake, kept as long as the record), the bundle loses a user, what was confided goes, time to live begins, followers are told.
 * The caller has written the fields that the new state needs.
 */
export const life = `${namesForScripts}
local DAY = ${DAY_MS}
local MAY = {
  waiting = { baking = true, failed = true, cancelled = true },
  baking = { baking = true, waiting = true, baked = true, failed = true, cancelled = true },
}

local function leaveKey(id, record, state)
  local standing = name('key', redis.call('HGET', record, 'key'))
  if redis.call('GET', standing) ~= id then return end
  if state == 'baked' then
    redis.call('PEXPIRE', standing, redis.call('HGET', record, 'keepMs') + DAY)
  else
    redis.call('DEL', standing)
  end
end

local function leaveBundle(id, record)
  local digest = redis.call('HGET', record, 'bundle')
  redis.call('SREM', name('bundle-users', digest), id)
  if redis.call('EXISTS', name('bundle-users', digest)) == 0 then redis.call('PEXPIRE', name('bundle', digest), DAY) end
end

local function close(id, record, state, now)
  local keep = tonumber(redis.call('HGET', record, 'keepMs'))
  redis.call('HDEL', record, 'stopping', 'confided')
  leaveKey(id, record, state)
  leaveBundle(id, record)
  redis.call('ZADD', ENDED, now + keep, id)
  redis.call('PEXPIRE', record, keep + DAY)
  redis.call('PEXPIRE', name('log', id), keep + DAY)
  redis.call('PUBLISH', name('said', id), 'ended')
end

local function turn(id, to, now)
  local record = name('bake', id)
  local from, sequence = unpack(redis.call('HMGET', record, 'state', 'sequence'))
  if not from or not MAY[from] or not MAY[from][to] then return false end
  redis.call('HSET', record, 'state', to)
  redis.call('ZREM', name('index', 'state:' .. from), id)
  redis.call('ZADD', name('index', 'state:' .. to), sequence, id)
  if to ~= 'waiting' and to ~= 'baking' then close(id, record, to, now) end
  return true
end

-- An index outlives the longest stay of its bakes; rounds empty it before that.
local function enlist(index, id, record)
  local sequence, keep = unpack(redis.call('HMGET', record, 'sequence', 'keepMs'))
  redis.call('ZADD', index, sequence, id)
  if redis.call('PTTL', index) < keep + 30 * DAY then redis.call('PEXPIRE', index, keep + 30 * DAY) end
end

local function cancelNow(id, reason, at, now)
  redis.call('HSET', name('bake', id), 'reason', reason, 'finishedAt', at)
  return turn(id, 'cancelled', now)
end

local function tellToStop(id, reason)
  local record = name('bake', id)
  if redis.call('HGET', record, 'stopping') ~= '1' then redis.call('HSET', record, 'stopping', '1', 'stopReason', reason) end
  leaveKey(id, record, 'stopping')
  redis.call('PUBLISH', STOP, id)
end
`;
