-- Values as JSON, and tables by difference. Nothing of the program runs for it: tables are walked by `next`, and no metamethod is asked.
local type, next, rawlen, rawget, getmetatable, getinfo = type, next, rawlen or function(t) return #t end, rawget, debug.getmetatable, debug.getinfo
local format, gsub, byte, sub, find, concat = string.format, string.gsub, string.byte, string.sub, string.find, table.concat
local number_type = math.type or function(value) return value % 1 == 0 and 'integer' or 'float' end
local text_length = utf8 and utf8.len or function(text) return not find(text, '[\128-\255]') and #text or nil end
local setmetatable, huge = setmetatable, math.huge

-- Parts looked at after one line.
local most_parts = 1000

local escapes = { ['"'] = '\\"', ['\\'] = '\\\\', ['\n'] = '\\n', ['\t'] = '\\t', ['\r'] = '\\r' }
for code = 0, 31 do
  local one = string.char(code)
  escapes[one] = escapes[one] or format('\\u%04x', code)
end
for code = 127, 255 do escapes[string.char(code)] = format('\\u%04x', code) end

-- Text that is not UTF-8 is told byte by byte.
local function quote(text)
  if text_length(text) then
    if find(text, '[%z\1-\31"\\\127]') then text = gsub(text, '[%z\1-\31"\\\127]', escapes) end
  else
    text = gsub(text, '[%z\1-\31"\\\127-\255]', escapes)
  end
  return '"' .. text .. '"'
end

return function(plan, writer)
  local most_items, most_text, most_depth = plan.limits.items, plan.limits.text, plan.limits.depth
  -- Weak, so that nothing lives longer for being traced.
  local known = setmetatable({}, { __mode = 'k' })
  local numbers, left, seen, frame = 0, 0, {}, 0
  local json

  local function number(value)
    if number_type(value) == 'integer' then
      if value > -9007199254740992 and value < 9007199254740992 then return format('%d', value) end
      return format('{"t":"integer","v":"%d"}', value)
    end
    if value ~= value then return '{"f":"nan"}' end
    if value == huge then return '{"f":"inf"}' end
    if value == -huge then return '{"f":"-inf"}' end
    if value == 0 and 1 / value < 0 then return '{"f":"-0"}' end
    local short = format('%.14g', value)
    return format('{"f":%s}', value == short + 0 and short or format('%.17g', value))
  end

  local function string_json(value)
    if #value <= most_text then return quote(value) end
    return format('{"t":"string","v":%s,"n":%d}', quote(sub(value, 1, most_text)), #value)
  end

  local function type_of(value)
    local meta = getmetatable(value)
    local name = meta and type(meta) == 'table' and rawget(meta, '__name')
    return type(name) == 'string' and name or type(value)
  end

  local function look(value, state, depth)
    local size, count = 0, 0
    local keys, parts = {}, {}
    local is_list = true
    for key, part in next, value do
      size = size + 1
      if key ~= size then is_list = false end
      if count < most_items then
        count = count + 1
        keys[count] = is_list and '' or json(key, 1)
        parts[count] = json(part, depth)
      elseif size > 100000 then
        break
      end
    end
    left = left - count - 1
    -- Until the first key that is out of order it was a list.
    if not is_list then
      local at = 0
      for key in next, value do
        at = at + 1
        if at > count or keys[at] ~= '' then break end
        keys[at] = json(key, 1)
      end
    end
    local form = is_list and 'sequence' or 'mapping'
    local was, was_form, was_size = state.parts, state.form, state.size
    local now = {}
    for i = 1, count do now[is_list and i or keys[i]] = parts[i] end
    state.parts, state.form, state.size = now, form, size
    local changed, gone = {}, {}
    local is_whole = was_form ~= form
    for i = 1, count do
      local key = is_list and i or keys[i]
      if is_whole or was[key] ~= parts[i] then
        changed[#changed + 1] = is_whole and is_list and parts[i]
          or format('[%s,%s]', is_list and format('%d', i - 1) or key, parts[i])
      end
    end
    if not is_whole and not is_list then
      for key in next, was do if now[key] == nil then gone[#gone + 1] = key end end
    end
    if not is_whole and #changed == 0 and #gone == 0 and was_size == size then return end
    writer.event(format('{"e":"object","f":%d,"o":%d,"t":%s,"form":"%s","n":%d%s,"%s":[%s]%s',
      frame, state.number, quote(type_of(value)), form, size, is_whole and ',"whole":true' or '',
      is_whole and is_list and 'items' or 'at', concat(changed, ','),
      #gone > 0 and ',"out":[' .. concat(gone, ',') .. ']' or ''))
  end

  function json(value, depth)
    local kind = type(value)
    if kind == 'number' then return number(value) end
    if kind == 'string' then return string_json(value) end
    if kind == 'nil' then return 'null' end
    if kind == 'boolean' then return value and 'true' or 'false' end
    if kind == 'function' then
      local info = getinfo(value, 'S')
      local place = info.what == 'C' and '' or format('%s:%d', info.short_src, info.linedefined)
      return format('{"t":"function","v":%s}', quote(place))
    end
    if kind ~= 'table' then return format('{"t":%s,"v":""}', quote(type_of(value))) end
    local state = known[value]
    if depth <= 0 or left <= 0 then
      if state then return format('{"r":%d}', state.number) end
      return format('{"t":%s,"v":"","n":%d}', quote(type_of(value)), rawlen(value))
    end
    if not state then
      numbers = numbers + 1
      state = { number = numbers }
      known[value] = state
    end
    if not seen[value] then
      seen[value] = true
      look(value, state, depth - 1)
    end
    return format('{"r":%d}', state.number)
  end

  return {
    quote = quote,
    -- The JSON of a value; what it consists of is said in `object` events before, as far as it changed.
    tell = function(number_of_frame, value)
      local kind = type(value)
      if kind == 'table' then
        left, seen, frame = most_parts, {}, number_of_frame
      end
      return json(value, most_depth)
    end,
    -- Of an error.
    message = function(value)
      if type(value) == 'string' then return quote(sub(value, 1, most_text)) end
      return type(value) == 'number' and quote(format('%s', value)) or '""'
    end,
    type_of = type_of,
  }
end
