import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Ends a waiting bake, tells a baking one to stop, leaves an ended one as it is.
 * KEYS: the record. ARGV: prefix, id, reason, now as text, now in ms. Answers {word} or {word, the record}.
 */
export const cancelScript = script(
  life,
  `
local _, id, reason, at, now = unpack(ARGV)
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return { 'unknown' } end
local word = 'ended'
if state == 'waiting' then
  cancelNow(id, reason, at, now)
  word = 'cancelled'
elseif state == 'baking' then
  tellToStop(id, reason)
  word = 'stopping'
end
return { word, redis.call('HGETALL', KEYS[1]) }
`,
);
