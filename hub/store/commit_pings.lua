-- Commit the judged pings of many technicians at once: for each technician all or nothing.
-- ARGV: key prefix; live channel; keys a generation holds; seconds it lives;
--   msgpack list of groups {resource, version before, version after, state, {{device, {fresh keys}, {keys to check}, tidy}}};
--   what the groups add to the stream, one list with a list for each; how many messages they tell, and those likewise.
-- Answers, per group: "" (committed) or {version, state, {known keys}} (judge again).
-- What is only passed on stays as the caller packed it, beside the numbers of the groups (from 0) that do not count:
-- strings that pass through Lua are what costs, and calls: few of them are made per technician, the rest once per commit.
local prefix, channel, generation, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local groups, entry, messages, told = cmsgpack.unpack(ARGV[5]), ARGV[6], tonumber(ARGV[7]), ARGV[8]

local resources = {}
for i, group in ipairs(groups) do resources[i] = group[1] end
local versions = redis.call('HMGET', prefix .. 'versions', unpack(resources))

local function known_keys(devices)
  local known = {}
  for _, device in ipairs(devices) do
    if #device[3] > 0 then
      for _, generation_name in ipairs({':new', ':old'}) do
        local found = redis.call('SMISMEMBER', prefix .. 'seen:' .. device[1] .. generation_name, unpack(device[3]))
        for i, is_member in ipairs(found) do
          if is_member == 1 then known[#known + 1] = device[1] .. device[3][i] end
        end
      end
    end
  end
  return known
end

local function remember_keys(devices)
  for _, device in ipairs(devices) do
    local name = prefix .. 'seen:' .. device[1] .. ':new'
    if #device[2] > 0 then redis.call('SADD', name, unpack(device[2])) end
    if #device[3] > 0 then redis.call('SADD', name, unpack(device[3])) end
    if device[4] then
      redis.call('EXPIRE', name, lifetime)
      if redis.call('SCARD', name) >= generation then
        redis.call('RENAME', name, prefix .. 'seen:' .. device[1] .. ':old')
        redis.call('SADD', name, '') -- so that the new generation has an expiry from its first key on
        redis.call('EXPIRE', name, lifetime)
      end
    end
  end
end

local answers, new_versions, new_states, skipped = {}, {}, {}, {}
for i, group in ipairs(groups) do
  local resource, before, after, state, devices = group[1], group[2], group[3], group[4], group[5]
  local version = versions[i] or ''
  local known = version == after and {} or known_keys(devices)
  answers[i] = ''
  if version == after then -- an earlier try committed it, whose answer was lost
    skipped[#skipped + 1] = i - 1
  elseif version ~= before or #known > 0 then
    skipped[#skipped + 1] = i - 1
    answers[i] = {version, redis.call('HGET', prefix .. 'states', resource) or '', known}
  else
    local last = #new_versions
    new_versions[last + 1], new_versions[last + 2] = resource, after
    new_states[last + 1], new_states[last + 2] = resource, state
    remember_keys(devices)
  end
end

if #new_versions > 0 then
  redis.call('HSET', prefix .. 'versions', unpack(new_versions))
  redis.call('HSET', prefix .. 'states', unpack(new_states))
  local leaving_out = #skipped > 0 and {'s', table.concat(skipped, ',')} or {}
  if entry ~= '' then redis.call('XADD', prefix .. 'pings', '*', 'p', entry, unpack(leaving_out)) end
  if messages > 0 then
    local time = redis.call('TIME')
    local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
    local seq = math.max((tonumber(redis.call('GET', prefix .. 'seq')) or 0), now_ms - 1)
    redis.call('SET', prefix .. 'seq', string.format('%.0f', seq + messages))
    redis.call('PUBLISH', channel, string.format('%.0f ', seq + 1) .. table.concat(skipped, ',') .. '\n' .. told)
  end
end
return answers
