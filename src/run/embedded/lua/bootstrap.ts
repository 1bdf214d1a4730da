/** The Lua that runs first in each job: what `lua main.lua` sets up, in the language itself. */
export const bootstrap = `
local source, name, script, args, seed = ...
package.path, package.cpath = './?.lua;./?/init.lua', ''
package.loadlib = nil
math.randomseed(seed)
io.stdout:setvbuf('line')
arg = args
local init = os.getenv('LUA_INIT')
if init then assert(init:sub(1, 1) == '@' and loadfile(init:sub(2)) or load(init, '=LUA_INIT'))() end
local chunk, problem = load(source, '@' .. name)
source = nil
if not chunk then
  io.stderr:write('lua: ', problem, '\\n')
  return 1
end
local function handler(message)
  if type(message) ~= 'string' then
    local meta = getmetatable(message)
    if meta and meta.__tostring then return tostring(message) end
    if type(message) ~= 'number' then message = '(error object is a ' .. type(message) .. ' value)' end
  end
  -- As lua.c says it: what called the program is no part of it.
  local text = debug.traceback(message, 2):gsub("\\n\\t%[C%]: in function 'xpcall'.*$", '\\n\\t[C]: in ?')
  return text
end
local ok, failure = xpcall(chunk, handler, table.unpack(args))
if ok then return 0 end
io.stdout:flush()
io.stderr:write('lua: ', tostring(failure), '\\n')
return 1
`;
