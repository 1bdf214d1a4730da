-- What happens in traced code, frame by frame: counts, events, and what each line wrote.
--
-- Each coroutine has a hook and a stack of its own. Functions that are not traced lie on it as well, because an error that `pcall` catches
-- ends frames without a word: when `pcall` returns, all above it have ended.
local getinfo, getlocal, getupvalue, sethook = debug.getinfo, debug.getlocal, debug.getupvalue, debug.sethook
local create, wrap, yield, resume, exit = coroutine.create, coroutine.wrap, coroutine.yield, coroutine.resume, os.exit
local xpcall = xpcall
local error_function, print_function, write_function, stdout, stderr = error, print, io.write, io.stdout, io.stderr
local write_method = io.stdout.write
local format, byte, concat, type, next, rawget, rawequal, tostring, setmetatable, pairs, getmetatable =
  string.format, string.byte, table.concat, type, next, rawget, rawequal, tostring, setmetatable, pairs, debug.getmetatable
local sort, select_part = table.sort, select
local globals, version = _G, _VERSION

-- Of the language: what is no one's message handler.
local library = setmetatable({}, { __mode = 'k' })
for _, part in pairs(package.loaded) do
  if type(part) == 'table' then
    for _, value in next, part do if type(value) == 'function' then library[value] = true end end
  end
end
for _, value in next, getmetatable(stdout).__index do if type(value) == 'function' then library[value] = true end end

local function has_transfers()
  local found = false
  sethook(function() found = getinfo(2, 'r') and getinfo(2, 'r').ftransfer ~= nil end, 'r')
  local function nothing() end
  nothing()
  sethook()
  return found
end

return function(plan, writer, values, files)
  local quote, tell = values.quote, values.tell
  local level, first = plan.level, plan.limits.firstHits
  local has_events = level ~= 'coverage' and level ~= 'counts'
  local has_values, is_coverage = level == 'values', level == 'coverage'
  local by_source, names = files.by_source, plan.globals
  local ok, transfers = pcall(has_transfers)
  transfers = ok and transfers
  local code_of = setmetatable({}, { __mode = 'k' })
  local codes, frames, next_hits, round = 0, 0, 256, 256
  local known_globals = {}
  local running = nil
  local last_error = nil
  local is_finished = false
  -- Of coroutines that are resumed by name, to tell of their ends by an error.
  local stacks = setmetatable({}, { __mode = 'k' })

  local function find_code(func)
    local info = getinfo(func, 'S')
    local file = by_source[info.source]
    if not file then
      code_of[func] = false
      return false
    end
    local key = info.linedefined
    local code = file.codes[key]
    if not code then
      local is_main = info.what == 'main'
      if not transfers then
        for line in next, getinfo(func, 'L').activelines or {} do file.hits[line] = file.hits[line] or 0 end
      end
      code = {
        file = file, first = is_main and 1 or info.linedefined, last = info.lastlinedefined, is_main = is_main,
        calls = 0, ends = 0, parameters = getinfo(func, 'u').nparams or 0, is_vararg = getinfo(func, 'u').isvararg,
        upvalues = {},
      }
      file.codes[key] = code
    end
    code_of[func] = code
    return code
  end

  local function announced(code, depth)
    if code.number then return code.number end
    code.number = codes
    codes = codes + 1
    local name = code.is_main and '<module>' or depth and getinfo(depth + 1, 'n').name or '<function>'
    writer.row(format('{"e":"code","c":%d,"file":%s,"name":%s,"kind":"%s","line":%d,"end":%d}', code.number, quote(code.file.path),
      quote(name), code.is_main and 'module' or 'function', code.first, code.is_main and 0 or code.last))
    return code.number
  end

  local function count(file, from, to)
    local usual = file.usual[from]
    if usual == to then
      file.counts[from] = file.counts[from] + 1
    elseif usual then
      local ways = file.ways[from]
      if not ways then
        ways = {}
        file.ways[from] = ways
      end
      ways[to] = (ways[to] or 0) + 1
    else
      file.usual[from], file.counts[from] = to, 1
    end
  end

  local function say_hits()
    for _, file in pairs(files.all) do
      local found, lines, ways = {}, {}, {}
      for line in next, file.hits do found[#found + 1] = line end
      local hits = {}
      local function way(from, to, times)
        if to > 0 then hits[to] = (hits[to] or 0) + times end
        if from > 0 then ways[#ways + 1] = format('[%d,%d,%d]', from, to, is_coverage and 1 or times) end
      end
      for from, to in next, file.usual do way(from, to, file.counts[from]) end
      for from, more in next, file.ways do for to, times in next, more do way(from, to, times) end end
      for line in next, hits do if not file.hits[line] then found[#found + 1] = line end end
      sort(found)
      for i = 1, #found do
        local times = hits[found[i]] or 0
        lines[i] = format('[%d,%d]', found[i], is_coverage and times > 0 and 1 or times)
      end
      sort(ways)
      writer.row(format('{"e":"hits","file":%s,"lines":[%s],"ways":[%s]}', quote(file.path), concat(lines, ','), concat(ways, ',')))
    end
  end

  local function write(frame, name, text, scope)
    if name == '' or frame.known[scope .. name] == text then return end
    if frame.known[scope .. name] == nil and text == 'null' then return end
    frame.known[scope .. name] = text
    writer.event(format('{"e":"write","f":%d,"v":%s,"to":%s%s', frame.number, quote(name), text, scope))
  end

  -- What the variables around hold when a function begins is nothing that it wrote.
  local function outer(frame, is_first)
    local at = 1
    while true do
      local name, value = getupvalue(frame.func, at)
      if not name then return end
      if name ~= '_ENV' then
        local text = tell(frame.number, value)
        if is_first then frame.known[',"in":"closure"' .. name] = text else write(frame, name, text, ',"in":"closure"') end
      end
      at = at + 1
    end
  end

  local function say_values(frame, depth)
    frame.is_pending = false
    if writer.is_full then return end
    if not frame.known then
      frame.known = {}
      outer(frame, true)
    end
    -- Of two variables of one name the inner one counts.
    local held, order = {}, {}
    local at = 1
    while true do
      local name, value = getlocal(depth + 1, at)
      if not name then break end
      if byte(name) ~= 40 then
        if held[name] == nil then order[#order + 1] = name end
        held[name] = { value }
      end
      at = at + 1
    end
    for i = 1, #order do write(frame, order[i], tell(frame.number, held[order[i]][1]), '') end
    outer(frame, false)
    for i = 1, #names do
      local name = names[i]
      local text = tell(frame.number, rawget(globals, name))
      local was = known_globals[name]
      if was ~= text and (was or text ~= 'null') then
        known_globals[name] = text
        writer.event(format('{"e":"write","f":%d,"v":%s,"to":%s,"in":"global"', frame.number, quote(name), text))
      end
    end
  end

  local function on_line(frame, line)
    local code = frame.code
    local file = code.file
    local before = frame.line
    if file.usual[before] == line then
      file.counts[before] = file.counts[before] + 1
    else
      count(file, before, line)
    end
    frame.line = line
    if not has_events then
      next_hits = next_hits - 1
      if next_hits <= 0 then
        round = round * 2
        next_hits = round
        say_hits()
        writer.flush()
      end
      return
    end
    local times = (file.hits[line] or 0) + 1
    file.hits[line] = times
    running = frame
    local is_direct = times <= first and not writer.is_full
    if has_values and (frame.is_pending or is_direct) then say_values(frame, 3) end
    if is_direct then
      writer.line(format(frame.is_told and '{"e":"line","f":%d,"l":%d' or '{"e":"line","f":%d,"l":%d,"c":%d', frame.number, line, announced(code)))
    else
      local ring = file.held[line]
      if not ring then
        ring = writer.new_ring()
        file.held[line] = ring
      end
      writer.hold_line(ring, frame.number, line, announced(code))
      if times >= next_hits then
        next_hits = times * 2
        say_hits()
        writer.flush()
      end
    end
    frame.is_pending = is_direct
  end

  -- What was given to a function of C's, or what any function returns.
  local function transferred(depth)
    local info = transfers and getinfo(depth + 1, 'r')
    local given = {}
    if not info then return given, 0 end
    for i = 1, info.ntransfer do
      local _, value = getlocal(depth + 1, info.ftransfer + i - 1)
      given[i] = value
    end
    return given, info.ntransfer
  end

  local function several(frame, given, size)
    if size <= 1 then return tell(frame.number, given[1]) end
    local texts = {}
    for i = 1, size do texts[i] = tell(frame.number, given[i]) end
    return '{"t":"values","items":[' .. concat(texts, ',') .. ']}'
  end

  local function say_output(stack, stream, given, from, size, between, ending)
    local texts = {}
    for i = from, size do
      local value = given[i]
      local meta = type(value) ~= 'string' and getmetatable(value)
      -- What only the program could tell is left out.
      texts[#texts + 1] = meta and type(meta) == 'table' and (rawget(meta, '__tostring') or rawget(meta, '__name')) and '…' or tostring(value)
    end
    writer.event(format('{"e":"output","f":%d,"s":"%s","text":%s', running and running.number or 0, stream, quote(concat(texts, between) .. ending)))
  end

  local function c_call(stack, func, depth)
    if func == print_function then
      local given, size = transferred(depth + 1)
      say_output(stack, 'stdout', given, 1, size, '\t', '\n')
    elseif func == write_function then
      local given, size = transferred(depth + 1)
      say_output(stack, 'stdout', given, 1, size, '', '')
    elseif func == write_method then
      local given, size = transferred(depth + 1)
      local stream = rawequal(given[1], stdout) and 'stdout' or rawequal(given[1], stderr) and 'stderr'
      if stream then say_output(stack, stream, given, 2, size, '', '') end
    elseif func == error_function then
      last_error = transferred(depth + 1)[1]
    elseif func == resume then
      stack[stack.size].resumed = transferred(depth + 1)[1]
    elseif func == yield and running then
      local given, size = transferred(depth + 1)
      stack.yielded = running
      writer.event(format('{"e":"yield","f":%d,"to":%s', running.number, has_values and several(running, given, size) or 'null'))
    elseif not library[func] then
      -- A message handler, that of the interpreter: it is given the error before the stack is left.
      last_error = transferred(depth + 1)[1]
    end
  end

  local function end_event(frame, text)
    local code = frame.code
    code.ends = code.ends + 1
    if code.ends > first or writer.is_full then
      code.held = code.held or writer.new_ring()
      writer.hold_event(code.held, text)
    else
      writer.event(text)
    end
  end

  local function unwind(stack, down_to, message)
    for at = stack.size, down_to + 1, -1 do
      local frame = stack[at]
      stack[at] = nil
      if frame.code then
        count(frame.code.file, frame.line, -frame.code.first)
        if has_events then
          writer.event(format('{"e":"raise","f":%d,"l":%d,"t":%s,"m":%s', frame.number, frame.line, quote(values.type_of(message)), values.message(message)))
          end_event(frame, format('{"e":"unwind","f":%d', frame.number))
        end
      end
    end
    stack.size = down_to
  end

  local function on_call(stack, is_tail, depth)
    local func = getinfo(depth + 1, 'f').func
    local code = code_of[func]
    if code == nil then code = find_code(func) end
    if is_tail then
      -- Its caller's place is taken: what it would return, this one returns.
      local caller = stack[stack.size]
      if caller then
        stack[stack.size] = nil
        stack.size = stack.size - 1
        if caller.code then
          count(caller.code.file, caller.line, -caller.code.first)
          if has_events then end_event(caller, format('{"e":"return","f":%d,"to":null', caller.number)) end
        end
      end
    end
    local size = stack.size + 1
    stack.size = size
    if not code then
      stack[size] = { func = func }
      if has_events then
        if getinfo(func, 'S').what == 'C' then c_call(stack, func, depth + 1)
        elseif getinfo(func, 'S').source == '=winnow' then last_error = select_part(2, getlocal(depth + 1, 1)) end
      end
      return
    end
    frames = frames + 1
    local frame = { number = frames, code = code, line = 0, func = func, caller = running }
    stack[size] = frame
    if not has_events then return end
    local number = announced(code, depth + 1)
    code.calls = code.calls + 1
    local from = running and running.number or 0
    running = frame
    if code.calls > first or writer.is_full then
      code.held = code.held or writer.new_ring()
      return writer.hold_event(code.held, format('{"e":"call","f":%d,"c":%d,"from":%d,"args":[]', frames, number, from))
    end
    frame.is_told = true
    local given = {}
    if has_values then
      frame.known = {}
      outer(frame, true)
      for at = 1, code.parameters do
        local name, value = getlocal(depth + 1, at)
        local text = tell(frame.number, value)
        frame.known[name] = text
        given[at] = format('[%s,%s]', quote(name), text)
      end
      if code.is_vararg and not code.is_main then
        local more = {}
        for at = 1, 100 do
          local name, value = getlocal(depth + 1, -at)
          if not name then break end
          more[at] = tell(frame.number, value)
        end
        given[#given + 1] = '["...",{"t":"values","items":[' .. concat(more, ',') .. ']}]'
      end
    end
    writer.event(format('{"e":"call","f":%d,"c":%d,"from":%d,"args":[%s]', frame.number, number, from, concat(given, ',')))
  end

  local function on_return(stack, depth)
    local func = getinfo(depth + 1, 'f').func
    local at = stack.size
    while at > 0 and stack[at].func ~= func do at = at - 1 end
    if at == 0 then return end
    if at < stack.size then
      local given = transferred(depth + 1)
      local message = given[1] == false and given[2]
      unwind(stack, at, func == xpcall and last_error or message or last_error)
      last_error = nil
    end
    local frame = stack[at]
    stack[at] = nil
    stack.size = at - 1
    if has_events and func == yield and stack.yielded then
      running = stack.yielded
      writer.event(format('{"e":"resume","f":%d', running.number))
    end
    if frame.resumed then
      local other = stacks[frame.resumed]
      local given = transferred(depth + 1)
      if other and given[1] == false then unwind(other, 0, given[2]) end
    end
    if not frame.code then
      if at > 1 and stack[at - 1].code then running = stack[at - 1] end
      return
    end
    count(frame.code.file, frame.line, -frame.code.first)
    if has_events then
      if has_values then say_values(frame, depth + 1) end
      local given, size = {}, 0
      if has_values and frame.is_told and not writer.is_full then given, size = transferred(depth + 1) end
      end_event(frame, format('{"e":"return","f":%d,"to":%s', frame.number, several(frame, given, size)))
    end
    running = frame.caller
  end

  local mask = 'crl'
  local main_stack = { size = 0 }
  local function new_hook(stack)
    return function(event, line)
      if event == 'line' then
        local frame = stack[stack.size]
        if frame and frame.code then on_line(frame, line) end
      elseif event == 'return' or event == 'tail return' then
        on_return(stack, 2)
      else
        on_call(stack, event == 'tail call', 2)
      end
    end
  end

  local function finish()
    if is_finished then return end
    is_finished = true
    sethook()
    if not main_stack.is_left then unwind(main_stack, 0, last_error) end
    say_hits()
    writer.finish()
  end

  coroutine.create = function(func)
    local made = create(func)
    local stack = { size = 0 }
    stacks[made] = stack
    sethook(made, new_hook(stack), mask)
    return made
  end
  coroutine.wrap = function(func)
    if type(func) ~= 'function' then return wrap(func) end
    return wrap(function(...)
      sethook(new_hook({ size = 0 }), mask)
      return func(...)
    end)
  end
  os.exit = function(...)
    main_stack.is_left = true
    finish()
    return exit(...)
  end
  debug.sethook = function(...)
    if has_events then
      writer.row('{"e":"note","about":"tracer","text":"the program sets a hook of its own; what this coroutine does from here on is not told"}')
    end
    return sethook(...)
  end
  for _, own in pairs({ coroutine.create, coroutine.wrap, os.exit, debug.sethook }) do library[own] = true end

  writer.row(format('{"format":"winnow.recording/1","language":"lua","runtime":%s,"level":"%s","limits":%s}', quote(version), level, plan.head))
  writer.flush()
  -- Runs when the state is closed, however the program ended.
  local sentinel = setmetatable({}, { __gc = finish })
  debug.getregistry()['winnow'] = sentinel
  sethook(new_hook(main_stack), mask)
end
