-- What is known of a file before it runs, from Lua's own compiler: the lines that can run.
--
-- `activelines` tells them of a function that exists; those of functions that are never made are in the chunk as Lua 5.4 writes it down
-- (ldump.c). Other versions tell the lines of functions that were called.
local loadfile, dump, getinfo, pairs, ipairs, pcall, tonumber = loadfile, string.dump, debug.getinfo, pairs, ipairs, pcall, tonumber
local byte, sub, unpack_bytes = string.byte, string.sub, string.unpack

local function read_chunk(text, hits)
  if sub(text, 1, 5) ~= '\27Lua\84' then return false end
  local at = 5 + 1 + 6
  local instruction, integer, number = byte(text, at + 1, at + 3)
  at = at + 3 + integer + number + 1 + 1

  local function count()
    local value = 0
    while true do
      local part = byte(text, at)
      at = at + 1
      value = value * 128 + part % 128
      if part >= 128 then return value end
    end
  end
  local function skip_text()
    local size = count()
    if size > 0 then at = at + size - 1 end
  end

  local function read_function()
    skip_text()
    local first = count()
    count()
    local is_vararg = byte(text, at + 1) ~= 0
    at = at + 3
    local code = count()
    at = at + code * instruction
    for _ = 1, count() do
      local kind = byte(text, at)
      at = at + 1
      if kind == 0x13 then at = at + number elseif kind == 0x03 then at = at + integer
      elseif kind == 0x04 or kind == 0x14 then skip_text() end
    end
    local upvalues = count()
    at = at + upvalues * 3
    for _ = 1, count() do read_function() end
    local size = count()
    local info = at
    at = at + size
    local sure = {}
    for _ = 1, count() do
      local place = count()
      sure[place] = count()
    end
    local line = first
    for place = 0, size - 1 do
      local step = unpack_bytes('b', text, info + place)
      line = step == -128 and sure[place] or line + step
      -- The first instruction of a function with `...` is none of the program's.
      if line > 0 and not (is_vararg and place == 0) then hits[line] = hits[line] or 0 end
    end
    for _ = 1, count() do
      skip_text()
      count()
      count()
    end
    for _ = 1, count() do skip_text() end
  end
  read_function()
  return true
end

return function(plan)
  local all = {}
  local by_source = {}
  for _, path in ipairs(plan.files) do
    -- `usual`, `counts`: where a line first led, and how often it led there; other ways in `ways`.
    local file = { path = path, hits = {}, usual = {}, counts = {}, ways = {}, held = {}, codes = {} }
    all[#all + 1] = file
    by_source['@' .. path] = file
    by_source['@./' .. path] = file
    local chunk = loadfile(path)
    if chunk then
      local ok, done = pcall(read_chunk, dump(chunk), file.hits)
      if not (ok and done) then
        for line in pairs(getinfo(chunk, 'L').activelines or {}) do file.hits[line] = file.hits[line] or 0 end
      end
    end
  end
  return { all = all, by_source = by_source }
end
