// The count of tally.ts in Redis, in one script: what came of calls is noted and new ones are let go in one step.

import { script } from '../redis.ts';
import {
  ALONE_MS,
  BELIEVED_WINDOWS,
  CAREFUL_MS,
  FIRST_ALONE_MS,
  FIRST_REST_MS,
  FLIGHT_MS,
  LAST_REST_MS,
  LEAST_ESTIMATE,
  LEFT_TO_PEOPLE,
  MOST_FREES,
  PEEK_MS,
  RESERVE,
  SLACK,
} from './rules.ts';

/** Longer than whatever is remembered here counts. */
const REMEMBERED_MS = 3_600_000;
/** Who was not heard for so long is no longer one of those who share. */
const PEER_MS = 60_000;

/**
 * KEYS: state, calls under way, calls that count. ARGV: one JSON object: word, epoch, asks, settled, kept, tellsAlways, limit?, windowMs?,
 * now? (absent, the server's). Answers the epoch, then numbers in the order of redis.ts, -1 for what is not known. A
 * gateway of another epoch is told of this one and given nothing: it has things to tell first.
 */
export const EXCHANGE = script(`
local a = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = a.now or (tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local text = function(number) return string.format('%.0f', number) end
local raw = redis.call('GET', KEYS[1])
local s
if raw then s = cjson.decode(raw) else
  redis.call('DEL', KEYS[2], KEYS[3])
  s = { epoch = a.word .. text(now), granted = 0, done = 0, rests = 0, refusals = 0, refusedOrder = -1, turnedAway = -1, careful = a.tellsAlways,
    carefulUntil = 0, aloneKey = '', aloneUntil = 0, believedUntil = 0, resetsAt = 0, believedOrder = -1, peers = {} }
end
s.peers[a.word] = now
local peers = 0
for word, at in pairs(s.peers) do
  if at < now - ${PEER_MS} then s.peers[word] = nil else peers = peers + 1 end
end
local function keep()
  redis.call('SET', KEYS[1], cjson.encode(s), 'PX', ${REMEMBERED_MS})
  redis.call('PEXPIRE', KEYS[2], ${REMEMBERED_MS})
  redis.call('PEXPIRE', KEYS[3], ${REMEMBERED_MS})
end
if a.epoch ~= '' and a.epoch ~= s.epoch then
  keep()
  return { s.epoch }
end
for _, one in ipairs(a.kept) do redis.call('ZADD', KEYS[3], text(now + one.forMs), one.key) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(now))

local function limitNow()
  if not a.windowMs then return nil end
  local guess = nil
  if s.estimate and s.estimate >= ${LEAST_ESTIMATE} then guess = s.estimate end
  if not guess then return a.limit end
  if not a.limit then return guess end
  return math.min(a.limit, guess)
end

local function orderOf(key)
  local order, epoch = string.match(key, '^(%d+)@(.*)$')
  if epoch == s.epoch then return tonumber(order) end
  return s.granted
end

local function learn(said, order, passed)
  if said.limit then s.toldLimit = said.limit end
  if not said.remaining or order <= s.believedOrder then return end
  s.believedOrder = order
  local least = said.remaining - redis.call('ZCARD', KEYS[2]) - passed
  s.left = math.max(0, math.min(said.remaining, math.max(s.left or 0, least)))
  s.resetsAt = now + (said.resetsInMs or 0)
end

local function refuse(said, isOld)
  local told = nil
  if said.resetsInMs then told = now + math.max(${PEEK_MS}, said.resetsInMs) end
  if isOld then
    s.rests = math.max(s.rests, told or 0)
    return
  end
  s.refusals = s.refusals + 1
  s.refusedOrder = s.granted
  local doubled = math.min(${LAST_REST_MS}, ${FIRST_REST_MS} * 2 ^ math.min(10, s.refusals - 1))
  s.rests = told or (now + (a.windowMs or doubled))
  s.careful = true
  s.carefulUntil = s.rests + ${CAREFUL_MS}
  s.aloneKey = ''
  s.aloneUntil = 0
  if a.windowMs and not told then
    s.estimate = redis.call('ZCOUNT', KEYS[3], '(' .. text(now + math.floor(a.windowMs * ${SLACK})), '+inf')
    s.believedUntil = s.rests + ${BELIEVED_WINDOWS} * a.windowMs
  end
end

local function settle(one)
  local found = redis.call('ZREM', KEYS[2], one.key) == 1
  local order = s.granted
  if found then order = orderOf(one.key) end
  if s.aloneKey == one.key then
    s.aloneKey = ''
    s.aloneUntil = 0
  end
  if one.came == 'unused' then return end
  local passed = s.done - one.doneBefore
  s.done = s.done + 1
  learn(one.said, order, passed)
  local isOld = order <= s.refusedOrder
  if one.came == 'refused' then
    if not isOld then s.turnedAway = order end
    return refuse(one.said, isOld)
  end
  if a.windowMs then redis.call('ZADD', KEYS[3], text(now + a.windowMs), one.key) end
  if one.came == 'lost' then return end
  if order < s.turnedAway and s.estimate then s.estimate = s.estimate + 1 end
  if not isOld and s.careful and (limitNow() or s.left or now >= s.carefulUntil) then
    s.careful = false
    s.refusals = 0
  end
  if not s.estimate or now < s.believedUntil then return end
  if s.estimate < ${LEAST_ESTIMATE} then s.estimate = nil
  else s.estimate = math.max(s.estimate, redis.call('ZCARD', KEYS[3])) end
end

for _, one in ipairs(a.settled) do settle(one) end

local limit = limitNow()
local inWindow = redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
local byCount = limit and (limit - inWindow)
local isStale = s.resetsAt <= now
local all = math.min(byCount or math.huge, s.left or math.huge)
local reserve = 0
local basis = limit or s.toldLimit or 0
if basis >= ${LEAST_ESTIMATE} then reserve = math.ceil(basis * ${RESERVE}) end
local floors = { 0, reserve, math.max(reserve, math.ceil(basis * ${LEFT_TO_PEOPLE})) }
local mayTryCount = not byCount
  or (s.estimate and now >= s.believedUntil and (not a.limit or inWindow < a.limit))
local isAlone = s.aloneUntil > now
local most = math.huge
if s.careful then most = 1 end
if s.rests > now or (s.careful and isAlone) then most = 0 end
local given = { 0, 0, 0 }
local taken = 0
local goesAlone = s.careful
for at = 1, 3 do
  local some = math.max(0, math.min(a.asks[at], all - floors[at] - taken, most - taken))
  local isTried = (not s.left or s.left - floors[at] - taken >= 1 or isStale)
    and (not byCount or byCount - floors[at] - taken >= 1 or mayTryCount)
  if some == 0 and a.asks[at] > 0 and isTried and not isAlone and most - taken >= 1 then
    some = 1
    isAlone = true
    goesAlone = true
  end
  given[at] = some
  taken = taken + some
end
local first = s.granted + 1
for order = first, first + taken - 1 do
  redis.call('ZADD', KEYS[2], text(now + ${FLIGHT_MS}), text(order) .. '@' .. s.epoch)
end
s.granted = s.granted + taken
if s.left then s.left = math.max(0, s.left - taken) end
if goesAlone and taken > 0 then
  s.aloneKey = text(s.granted) .. '@' .. s.epoch
  s.aloneUntil = now + (s.refusedOrder < 0 and ${FIRST_ALONE_MS} or ${ALONE_MS})
  isAlone = true
end
keep()

local function short(floor)
  if not byCount then return 0 end
  return math.max(0, floor + 1 - (byCount - taken))
end
local waitMs = 0
if s.rests > now then waitMs = s.rests - now
elseif isAlone then waitMs = math.min(${PEEK_MS}, s.aloneUntil - now)
elseif s.left and s.left - floors[2] < 1 and not isStale then waitMs = s.resetsAt - now end

local isShort = taken < a.asks[1] + a.asks[2] + a.asks[3]
local rows = redis.call('ZRANGE', KEYS[3], 0, isShort and ${MOST_FREES - 1} or 0, 'WITHSCORES')
local told = -1
if s.left and not isStale then told = s.left end
local counted = -1
if byCount then counted = math.max(0, byCount - taken) end
local isTold = told >= 0 and (counted < 0 or told <= counted)
local answer = { s.epoch, given[1], given[2], given[3], first, s.done, waitMs, short(floors[1]), short(floors[2]),
  short(floors[3]) }
if isTold then
  for _, one in ipairs({ s.toldLimit or -1, told, s.resetsAt - now }) do answer[#answer + 1] = one end
else
  local resets = -1
  if byCount and rows[2] then resets = tonumber(rows[2]) - now end
  for _, one in ipairs({ limit or s.toldLimit or -1, counted, resets }) do answer[#answer + 1] = one end
end
answer[#answer + 1] = math.max(0, s.rests - now)
answer[#answer + 1] = s.careful and 1 or 0
answer[#answer + 1] = peers
if not isShort then rows = {} end
for at = 2, #rows, 2 do answer[#answer + 1] = tonumber(rows[at]) - now end
return answer
`);
