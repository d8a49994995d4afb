// What a Redis does with a lane in one step: append what was not seen, and read with what was lost.

import { script } from '../redis.ts';

/**
 * The lane's epoch: a word kept beside the stream, gone with it, and the replication id of the server, another one after
 * a failover, which may have cost acknowledged entries.
 */
const EPOCH = `
local function epochOf(key, fresh)
  local word = redis.call('GET', key)
  if not word then
    word = fresh
    redis.call('SET', key, word)
  end
  local server = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or ''
  return word .. '.' .. string.sub(server, 1, 8)
end
`;

/** Seen, else appended and remembered: one step. KEYS: stream, epoch, once… ARGV: age, length, fresh epoch, oldest, n, then (keys, body)… */
export const APPEND = script(`${EPOCH}
local epoch = epochOf(KEYS[2], ARGV[3])
local told = { epoch }
-- Each entry names the one before it: who reads on at the end sees whether something between was trimmed.
local before = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for at = 1, #info, 2 do
    if info[at] == 'last-generated-id' then before = info[at + 1] end
  end
end
local key, arg = 3, 6
for _ = 1, tonumber(ARGV[5]) do
  local keys = tonumber(ARGV[arg])
  if redis.call('EXISTS', KEYS[key]) == 1 then
    told[#told + 1] = false
  else
    local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'e', epoch, 'b', ARGV[arg + 1], 'p', before)
    before = id
    for at = key, key + keys - 1 do redis.call('SET', KEYS[at], id, 'PX', ARGV[1]) end
    told[#told + 1] = id
  end
  key = key + keys
  arg = arg + 2
end
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[4])
return told
`);

/** KEYS: stream, epoch. ARGV: fresh epoch, epoch and id of the mark, how many. */
export const READ = script(`${EPOCH}
local epoch = epochOf(KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return { epoch, '', '0-0', {} } end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
local of = {}
for at = 1, #info, 2 do of[info[at]] = info[at + 1] end
local last = of['last-generated-id']
-- Trimming leaves no word of how far it went: whoever is behind the first entry may have lost something, once any is gone.
local bound = ''
if of['entries-added'] ~= of['length'] then
  bound = last
  if of['first-entry'] then bound = of['first-entry'][1] end
end
-- The same stream on another server lost its end at most: what was told before is not told again.
local from = '-'
if ARGV[3] ~= '' and string.match(ARGV[2], '^[^.]+') == string.match(epoch, '^[^.]+') then from = '(' .. ARGV[3] end
return { epoch, bound, last, redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[4]) }
`);

/** KEYS: stream, epoch. ARGV: fresh epoch, how many. */
export const READ_BACK = script(`${EPOCH}
return { epochOf(KEYS[2], ARGV[1]), redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[2]) }
`);
