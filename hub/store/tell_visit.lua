-- Number a message about one visit and publish it. ARGV: key prefix, channel, the message as commit_pings.lua passes them on.
-- With an empty channel the number is only taken. Answers the number.
-- One counter serves all visits of the shard: the numbers of each visit rise, and clients expect gaps.
local counter = ARGV[1] .. 'seq'
local time = redis.call('TIME')
local seq = math.max((tonumber(redis.call('GET', counter)) or 0) + 1, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', counter, string.format('%.0f', seq))
if ARGV[2] ~= '' then redis.call('PUBLISH', ARGV[2], string.format('%.0f \n', seq) .. ARGV[3]) end
return seq
