import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * A worker begins a bake. The run token it brings becomes the only one that may report on it, so whoever had it before cannot any more.
 * KEYS: the record. ARGV: prefix, id, run, worker, now as text, now in ms.
 * Answers {'begun', the record} (also when the same run asks again), {'ended', state} or {'gone'}. A bake that was told to stop ends here.
 */
export const beginScript = script(
  life,
  `
local _, id, run, worker, at, now = unpack(ARGV)
local state, stopping, former, reason = unpack(redis.call('HMGET', KEYS[1], 'state', 'stopping', 'run', 'stopReason'))
if not state then return { 'gone' } end
if state == 'baking' and former == run then return { 'begun', redis.call('HGETALL', KEYS[1]) } end
if stopping == '1' then
  cancelNow(id, reason, at, now)
  return { 'ended', 'cancelled' }
end
if not turn(id, 'baking', now) then return { 'ended', state } end
redis.call('HSET', KEYS[1], 'run', run, 'worker', worker, 'startedAt', at, 'phases', '')
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return { 'begun', redis.call('HGETALL', KEYS[1]) }
`,
);
