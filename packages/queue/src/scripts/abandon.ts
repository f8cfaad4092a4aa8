import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Ends a bake that nobody will lay down any more, unless it has moved on since its caller looked: cancelled when it was told to stop, else failed.
 * KEYS: the record. ARGV: prefix, id, the state and the run ('' for none) it was seen with, the failure, now as text, now in ms.
 * Answers {the state it came to, the record}, or false.
 */
export const abandonScript = script(
  life,
  `
local _, id, seenState, seenRun, failure, at, now = unpack(ARGV)
local state, run, stopping, reason = unpack(redis.call('HMGET', KEYS[1], 'state', 'run', 'stopping', 'stopReason'))
if state ~= seenState or (run or '') ~= seenRun or (state ~= 'waiting' and state ~= 'baking') then return false end
if stopping == '1' then
  redis.call('HSET', KEYS[1], 'abandoned', '1')
  cancelNow(id, reason, at, now)
  return { 'cancelled', redis.call('HGETALL', KEYS[1]) }
end
redis.call('HSET', KEYS[1], 'failure', failure, 'finishedAt', at, 'abandoned', '1')
turn(id, 'failed', now)
return { 'failed', redis.call('HGETALL', KEYS[1]) }
`,
);
