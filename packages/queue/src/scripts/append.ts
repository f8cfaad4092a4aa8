import { namesForScripts } from '../names.ts';
import { script } from '../script.ts';

/**
 * Adds lines to the log of a bake, for the run that has it. An entry's id is the number of its last line, so a cursor is a line number.
 * The head is kept and the tail is kept; what falls out between is deleted, and shows as missing numbers.
 * KEYS: the record, the log. ARGV: prefix, id, run, which batch of this run (1, 2, …: a batch that comes again is not written again),
 * lines joined by newlines, how many, bytes of head to keep, bytes of tail to keep.
 * Answers the number of the last line, or false for a run that has the bake no more.
 */
export const appendScript = script(
  namesForScripts,
  `
local _, id, run, batch, text, count, head, tail = unpack(ARGV)
local record, log = KEYS[1], KEYS[2]
local state, holder, writer, written, last = unpack(redis.call('HMGET', record, 'state', 'run', 'logRun', 'logBatch', 'logLast'))
if state ~= 'baking' or holder ~= run then return false end
if writer == run and tonumber(batch) <= tonumber(written) then return tonumber(last) end

last = redis.call('HINCRBY', record, 'logLast', count)
redis.call('HSET', record, 'logRun', run, 'logBatch', batch)
redis.call('XADD', log, last .. '-0', 'lines', text)
redis.call('SADD', UNSEALED, id)

local headBytes, headLast = unpack(redis.call('HMGET', record, 'logHeadBytes', 'logHeadLast'))
if tonumber(headBytes or 0) < tonumber(head) then
  redis.call('HINCRBY', record, 'logHeadBytes', #text)
  redis.call('HSET', record, 'logHeadLast', last)
else
  local tailBytes = redis.call('HINCRBY', record, 'logTailBytes', #text)
  while tailBytes > tonumber(tail) do
    local oldest = redis.call('XRANGE', log, (headLast + 1) .. '-0', '+', 'COUNT', 2)
    if #oldest < 2 then break end
    redis.call('XDEL', log, oldest[1][1])
    tailBytes = redis.call('HINCRBY', record, 'logTailBytes', -#oldest[1][2][2])
  end
end
redis.call('PUBLISH', name('said', id), last)
return last
`,
);
