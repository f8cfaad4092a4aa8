import { script } from '../script.ts';
import { life } from './life.ts';

/**
 * Takes every trace of an ended bake away; a live one is left alone.
 * KEYS: the record, its stream, its sealed log, then the indexes it is in. ARGV: prefix, id, its key ('' when the record is gone already).
 */
export const forgetScript = script(
  life,
  `
local _, id, key = unpack(ARGV)
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'waiting' or state == 'baking' then return false end
if key ~= '' and redis.call('GET', name('key', key)) == id then redis.call('DEL', name('key', key)) end
dropUsers(id)
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
for i = 4, #KEYS do redis.call('ZREM', KEYS[i], id) end
for _, each in ipairs({ 'baked', 'failed', 'cancelled' }) do redis.call('ZREM', name('index', 'state:' .. each), id) end
redis.call('ZREM', ENDED, id)
redis.call('SREM', UNSEALED, id)
return true
`,
);
