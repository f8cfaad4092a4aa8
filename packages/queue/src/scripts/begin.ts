import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * A worker begins a bake. The run token it brings becomes the only one that may report on it, so whoever had it before cannot any more.
 * KEYS: the record. ARGV: prefix, id, run, worker, now as text, now in ms.
 * Answers {'begun', the record}, {'cancelled', the record} for a bake that was told to stop and ends here, {'ended', state} or {'gone'};
 * to the same run again what it was answered before.
 */
export const beginScript = script(
  life,
  `
local _, id, run, worker, at, now = unpack(ARGV)
local state, stopping, former, reason = unpack(redis.call('HMGET', KEYS[1], 'state', 'stopping', 'run', 'stopReason'))
if not state then return { 'gone' } end
local word = former == run and ({ baking = 'begun', cancelled = 'cancelled' })[state]
if word then return { word, redis.call('HGETALL', KEYS[1]) } end
if stopping == '1' then
  redis.call('HSET', KEYS[1], 'run', run)
  cancelNow(id, reason, at, now)
  return { 'cancelled', redis.call('HGETALL', KEYS[1]) }
end
if not turn(id, 'baking', now) then return { 'ended', state } end
redis.call('HSET', KEYS[1], 'run', run, 'worker', worker, 'startedAt', at, 'phases', '')
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return { 'begun', redis.call('HGETALL', KEYS[1]) }
`,
);
