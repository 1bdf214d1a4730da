-- Run before the program (`LUA_INIT`), so that the program stays what it is: its own `arg`, names of chunks, reports of errors.
--
-- The hook sees lines, calls and returns of all functions; those of files that are not traced only keep their places on the stack. Nothing
-- of the program's tables is asked: `next`, `rawget` and the rest were taken before it began.
local plan = dofile('.winnow-trace/plan.lua')
local load_part = function(name) return assert(loadfile('.winnow-trace/' .. name .. '.lua'))() end
local writer = load_part('writer')(plan)
local values = load_part('values')(plan, writer)
local files = load_part('files')(plan)
load_part('recorder')(plan, writer, values, files)
