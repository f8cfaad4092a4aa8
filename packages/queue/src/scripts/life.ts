import { namesForScripts } from '../names.ts';

/** What is kept beyond its time when nobody makes rounds to forget it, and how long a bundle waits for its next user. */
const DAY_MS = 86_400_000;

/** A bake that so many executions use counts as used by everybody. */
const MANY_USERS = 1_000;

/**
 * The life of a bake, put before every script that changes one: `turn(id, to, now)` is the only way from state to state.
 * It answers false, and changes nothing, for a step that no bake may take. With an end go all its duties: the key is freed
 * (or, of a baked bake, kept as long as the record), the bundle loses a user, what was confided goes, time to live begins, followers are told.
 * The caller has written the fields that the new state needs.
 */
export const life = `${namesForScripts}
local DAY = ${DAY_MS}
local MANY_USERS = ${MANY_USERS}
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
  redis.call('PEXPIRE', name('users', id), keep + DAY)
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

local function dropUsers(id)
  for _, group in ipairs(redis.call('SMEMBERS', name('users', id))) do redis.call('ZREM', name('index', 'execution:' .. group), id) end
  redis.call('DEL', name('users', id))
end

-- A bake that anybody outside executions uses has no set of users any more, and no execution's release removes it.
local function use(id, group)
  local users, record = name('users', id), name('bake', id)
  if group == '' or redis.call('SCARD', users) >= MANY_USERS then return dropUsers(id) end
  redis.call('SADD', users, group)
  enlist(name('index', 'execution:' .. group), id, record)
  local left = redis.call('PTTL', record)
  if left > 0 then redis.call('PEXPIRE', users, left) end
end

local function join(id, group)
  if redis.call('EXISTS', name('users', id)) == 1 then use(id, group) end
end

-- From here on nobody can join it, a live one ends, and the rounds forget it when it has: its time is over at once.
local function remove(id, reason, at, now)
  local record = name('bake', id)
  local state, lane = unpack(redis.call('HMGET', record, 'state', 'lane'))
  redis.call('HSET', record, 'removed', '1', 'keepMs', 0)
  dropUsers(id)
  leaveKey(id, record, 'removed')
  if state == 'waiting' then
    cancelNow(id, reason, at, now)
  elseif state == 'baking' then
    tellToStop(id, reason)
  else
    redis.call('ZADD', ENDED, now, id)
  end
  return { id, state, lane, state == 'waiting' and redis.call('HGETALL', record) or {} }
end
`;
