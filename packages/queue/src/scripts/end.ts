import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * The run that has a bake lays it down: for good, or to wait again. Without an image, a bake that was told to stop is cancelled whatever else is said.
 * KEYS: the record, then the indexes an image puts it in. ARGV: prefix, id, run, the state it comes to, what a return to waiting does to the attempt (`used`|`unused`),
 * now as text, now in ms, then fields and values that state needs.
 * Answers {'done', state, the record}, also when the same run asks again; {'done', state} when it waits again, or was abandoned under its hands; or {'not-yours', state or 'gone'}.
 */
export const endScript = script(
  life,
  `
local _, id, run, to, attempt, at, now = unpack(ARGV, 1, 7)
local state, holder, stopping, reason, abandoned = unpack(redis.call('HMGET', KEYS[1], 'state', 'run', 'stopping', 'stopReason', 'abandoned'))
if holder ~= run then return { 'not-yours', state or 'gone' } end

local function done(came)
  if came == 'waiting' or abandoned then return { 'done', came } end
  return { 'done', came, redis.call('HGETALL', KEYS[1]) }
end

if state ~= 'baking' then return done(state) end

if stopping == '1' and to ~= 'baked' then
  cancelNow(id, reason, at, now)
  return done('cancelled')
end

if #ARGV > 7 then redis.call('HSET', KEYS[1], unpack(ARGV, 8)) end
if to == 'waiting' then
  redis.call('HDEL', KEYS[1], 'worker', 'startedAt', 'phases')
  if attempt == 'unused' then redis.call('HINCRBY', KEYS[1], 'attempts', -1) end
else
  redis.call('HSET', KEYS[1], 'finishedAt', at)
  for i = 2, #KEYS do enlist(KEYS[i], id, KEYS[1]) end
end
turn(id, to, now)
return done(to)
`,
);
