-- What is written of a run, in which order, and what is left out. Lines that are held back lie in a ring for each line, as numbers.
local open, format, concat, sort, clock = io.open, string.format, table.concat, table.sort, os.clock
local floor = math.floor

-- A few thousand events lie in memory at most, and for 50 ms, so that a program that is killed leaves what was before.
local most_pending, seconds = 2000, 0.05

return function(plan)
  local out = open('.winnow-trace/trace.jsonl', 'w')
  local put_text, flush_file = out.write, out.flush
  local left, room, last = plan.limits.events, plan.limits.bytes, plan.limits.lastHits
  local pending, count = {}, 0
  local rings, has_held = {}, false
  -- Lines that ran, and those of them that are accounted for.
  local lines, said, dropped, order = 0, 0, 0, 0
  local flushed = clock()
  local writer = { is_full = false }

  function writer.flush(is_final)
    if count == 0 then return end
    local text = concat(pending, '\n', 1, count) .. '\n'
    pending, count = {}, 0
    flushed = clock()
    put_text(out, text)
    flush_file(out)
    if is_final then return end
    room = room - #text
    if room <= 0 then writer.is_full = true end
  end

  function writer.row(text)
    count = count + 1
    pending[count] = text
  end

  local function put(text, at)
    local skip = at - said
    count = count + 1
    if skip > 0 then
      said = at
      pending[count] = format('%s,"skip":%d}', text, skip)
    else
      pending[count] = text .. '}'
    end
    left = left - 1
    if left <= 0 then writer.is_full = true end
    if count >= most_pending or (count % 16 == 0 and clock() - flushed > seconds) then writer.flush() end
  end

  local function release()
    has_held = false
    local rows = {}
    for i = 1, #rings do
      local ring = rings[i]
      for slot = 1, #ring do
        local row = ring[slot]
        if row.order > 0 then rows[#rows + 1] = row end
      end
      ring.is_listed = false
    end
    rings = {}
    sort(rows, function(a, b) return a.order < b.order end)
    for i = 1, #rows do
      local row = rows[i]
      put(row.text or format('{"e":"line","f":%d,"l":%d,"c":%d', row.frame, row.line, row.code), row.at)
      if not row.text then said = row.at + 1 end
      row.order = 0
    end
  end

  -- Rows of a ring are used again.
  function writer.new_ring() return { next = 1, is_listed = false } end

  local function next_row(ring)
    has_held = true
    if not ring.is_listed then
      ring.is_listed = true
      rings[#rings + 1] = ring
    end
    local slot = ring.next
    ring.next = slot % last + 1
    local row = ring[slot]
    if not row then
      row = { order = 0 }
      ring[slot] = row
    elseif row.text and row.order > 0 then
      dropped = dropped + 1
    end
    order = order + 1
    row.order, row.at = order, lines
    return row
  end

  -- An event of no line. The text is without its closing brace.
  function writer.event(text)
    if writer.is_full then
      dropped = dropped + 1
      return
    end
    if has_held then release() end
    put(text, lines)
  end

  function writer.line(text)
    if has_held then release() end
    put(text, lines)
    lines = lines + 1
    said = lines
  end

  function writer.hold_line(ring, frame, line, code)
    if last > 0 then
      local row = next_row(ring)
      row.frame, row.line, row.code = frame, line, code
    end
    lines = lines + 1
  end

  function writer.hold_event(ring, text)
    if last == 0 then dropped = dropped + 1 else next_row(ring).text = text end
  end

  function writer.finish()
    release()
    writer.row(format('{"e":"end","skip":%d,"dropped":%d}', floor(lines - said), dropped))
    writer.flush(true)
  end

  return writer
end
