-- Commit the judged pings of many technicians at once: for each technician all or nothing.
-- ARGV: key prefix; live channel; keys a generation holds; seconds it lives; msgpack list of groups
--   {resource, version before, version after, state, stream entry or "",
--    {{device, {fresh keys}, {keys to check}, tidy}}, {{visit, live body}}}
-- Answers, per group: "" (committed) or {version, state, {known keys}} (judge again).
-- Calls from Lua are what costs: few of them are made per technician, the rest once per commit.
local prefix, channel, generation, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local groups = cmsgpack.unpack(ARGV[5])

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

local answers, new_versions, new_states, entries, told = {}, {}, {}, {}, {}
for i, group in ipairs(groups) do
  local resource, before, after, state, entry, devices, visits = unpack(group)
  local version = versions[i] or ''
  answers[i] = ''
  if version ~= after then -- else an earlier try committed it, whose answer was lost
    local known = known_keys(devices)
    if version ~= before or #known > 0 then
      answers[i] = {version, redis.call('HGET', prefix .. 'states', resource) or '', known}
    else
      new_versions[#new_versions + 1], new_versions[#new_versions + 2] = resource, after
      new_states[#new_states + 1], new_states[#new_states + 2] = resource, state
      remember_keys(devices)
      if entry ~= '' then entries[#entries + 1] = entry end
      for _, visit in ipairs(visits) do told[#told + 1] = {visit[1], 0, 'position', visit[2]} end
    end
  end
end

if #new_versions > 0 then
  redis.call('HSET', prefix .. 'versions', unpack(new_versions))
  redis.call('HSET', prefix .. 'states', unpack(new_states))
end
if #entries > 0 then redis.call('XADD', prefix .. 'pings', '*', 'p', '[' .. table.concat(entries, ',') .. ']') end
if #told > 0 then
  local time = redis.call('TIME')
  local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  local seq = math.max((tonumber(redis.call('GET', prefix .. 'seq')) or 0), now_ms - 1)
  for _, message in ipairs(told) do
    seq = seq + 1
    message[2] = seq
  end
  redis.call('SET', prefix .. 'seq', string.format('%.0f', seq))
  redis.call('PUBLISH', channel, cmsgpack.pack(told))
end
return answers
