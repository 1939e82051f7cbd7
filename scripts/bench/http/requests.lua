-- What wrk sends: `wrk -s requests.lua URL -- KIND FILE FIRST`. KIND is `activation`, `check-in` or `read`; FILE
-- has the rest as lines (see stage.ts); FIRST is the number of the first machine that nobody activated yet.
local kind, lines, first, sent

function init(args)
  kind, lines, first, sent = args[1], {}, tonumber(args[3]), 0
  for line in io.lines(args[2]) do lines[#lines + 1] = line end
  wrk.headers["Content-Type"] = "application/json"
end

local make = {
  activation = function()
    local number = first + sent
    local body = string.format(lines[1], number, number)
    return wrk.format("POST", nil, nil, body)
  end,
  ["check-in"] = function()
    local id, token = lines[sent % #lines + 1]:match("(%S+) (%S+)")
    wrk.headers["Authorization"] = "Bearer " .. token
    return wrk.format("POST", "/v1/activations/" .. id .. "/check-in", nil, "{}")
  end,
  read = function()
    wrk.headers["Authorization"] = lines[1]
    return wrk.format("GET")
  end,
}

function request()
  local text = make[kind]()
  sent = sent + 1
  return text
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"median":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
