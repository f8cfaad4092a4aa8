import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Removes the bake that stands for a key; where none stands, the last one of that key if it failed.
 * KEYS: the key's own, the index of the key's bakes. ARGV: prefix, reason, now as text, now in ms.
 * Answers {id, the state it was in, lane, the record if it waited}, or false when there is no such bake.
 */
export const removeScript = script(
  life,
  `
local _, reason, at, now = unpack(ARGV)
local id = redis.call('GET', KEYS[1])
if not id then
  local last = redis.call('ZRANGE', KEYS[2], 0, 0, 'REV')[1] or ''
  local state, removed = unpack(redis.call('HMGET', name('bake', last), 'state', 'removed'))
  if state == 'failed' and not removed then id = last end
end
if not id or redis.call('EXISTS', name('bake', id)) == 0 then return false end
return remove(id, reason, at, now)
`,
);
