import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Takes execution groups off bakes they use, and removes those that nobody else uses.
 * KEYS: the index of each group's bakes. ARGV: prefix, reason, now as text, now in ms, how many bakes at most, the groups.
 * Answers {how many bakes are left to look at, for each removed one {id, the state it was in, lane, the record if it waited}}.
 */
export const releaseScript = script(
  life,
  `
local _, reason, at, now, most = unpack(ARGV)
local left, removed = 0, {}
for g, index in ipairs(KEYS) do
  local ids = redis.call('ZRANGE', index, '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, most)
  most = most - #ids
  for _, id in ipairs(ids) do
    redis.call('ZREM', index, id)
    local users = name('users', id)
    local isLast = redis.call('SREM', users, ARGV[5 + g]) == 1 and redis.call('EXISTS', users) == 0
    if isLast and redis.call('EXISTS', name('bake', id)) == 1 then table.insert(removed, remove(id, reason, at, now)) end
  end
  left = left + redis.call('ZCARD', index)
end
return { left, removed }
`,
);
