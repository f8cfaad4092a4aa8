import { namesForScripts } from '../names.ts';
import { script } from '../script.ts';

/**
 * Puts one compressed value in the place of an ended bake's log stream, to live as long as the record.
 * KEYS: the record, the stream, the sealed log. ARGV: prefix, id, the value ('' for a log without lines).
 * Answers whether it was sealed; a live bake's log is left alone, and that of a forgotten bake goes.
 */
export const sealScript = script(
  namesForScripts,
  `
local _, id, value = unpack(ARGV)
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'waiting' or state == 'baking' then return false end
local left = redis.call('PTTL', KEYS[1])
if state and value ~= '' and left > 0 and redis.call('EXISTS', KEYS[2]) == 1 then redis.call('SET', KEYS[3], value, 'PX', left) end
redis.call('DEL', KEYS[2])
redis.call('SREM', UNSEALED, id)
return true
`,
);
