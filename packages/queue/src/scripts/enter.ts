import { script } from '../script.ts';

/**
 * Writes down that a phase has begun; nothing for a run that has the bake no more, or the same phase again.
 * KEYS: the record. ARGV: run, phase, now as text.
 */
export const enterScript = script(`
local state, run, phases = unpack(redis.call('HMGET', KEYS[1], 'state', 'run', 'phases'))
if state ~= 'baking' or run ~= ARGV[1] then return end
if string.match(phases, '(%a+)@[^@]*$') == ARGV[2] then return end
redis.call('HSET', KEYS[1], 'phases', phases .. ARGV[2] .. '@' .. ARGV[3] .. ' ')
`);
