import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Takes an execution group off bakes it uses, and removes those that nobody else uses.
 * KEYS: the index of the group's bakes. ARGV: prefix, group, reason, now as text, now in ms, how many bakes at most.
 * Answers {how many bakes are left to look at, for each removed one {id, the state it was in, lane, the record if it waited}}.
 */
export const releaseScript = script(
  life,
  `
local _, group, reason, at, now, most = unpack(ARGV)
local removed = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, most - 1)) do
  redis.call('ZREM', KEYS[1], id)
  local users = name('users', id)
  local isLast = redis.call('SREM', users, group) == 1 and redis.call('EXISTS', users) == 0
  if isLast and redis.call('EXISTS', name('bake', id)) == 1 then table.insert(removed, remove(id, reason, at, now)) end
end
return { redis.call('ZCARD', KEYS[1]), removed }
`,
);
