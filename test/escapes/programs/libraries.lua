-- tries: the doors of Lua's standard library: os.execute, io.popen, loadlib, and the bridge to JavaScript
-- prints: done
-- harmless: yes
local function attempt(name, act)
  local ok, value = pcall(act)
  print(name, ok, (tostring(value):sub(1, 200)))
  return ok and value
end
attempt("execute", function() return os.execute("echo x > /usr/winnow-owned; echo x > /tmp/winnow-owned; cat /etc/shadow /tmp/winnow-bait.txt") end)
attempt("popen", function() return io.popen("cat /etc/shadow /tmp/winnow-bait.txt /proc/1/environ"):read("a") end)
for _, path in ipairs({"/etc/shadow", "/tmp/winnow-bait.txt", "/proc/1/environ", "/root/.ssh/id_winnow"}) do
  attempt(path, function() return io.open(path):read("a") end)
end
attempt("write", function() return io.open("/usr/winnow-owned", "w"):write("x") end)
attempt("loadlib", function() return package.loadlib("libc.so.6", "system") end)
attempt("getenv", function() return os.getenv("WINNOW_WORD") or os.getenv("HOME") end)
attempt("remove", function() return os.remove("/tmp/winnow-bait.txt") end)
attempt("rename", function() return os.rename("/tmp/winnow-bait.txt", "/tmp/winnow-owned") end)
for _, name in ipairs({"js", "JS", "window", "process", "global", "ffi", "jit", "posix"}) do
  if _G[name] ~= nil then print("escaped: the global", name) end
  attempt(name, function() local it = require(name) print("escaped: required", name) return it end)
end
attempt("userdata", function()
  for name, value in pairs(_G) do
    local meta = debug.getmetatable(value)
    if type(value) == "userdata" then print(name, meta and meta.__name) attempt(name, function() return value.constructor.constructor("return process")() end) end
  end
end)
attempt("registry", function()
  for key, value in pairs(debug.getregistry()) do
    print(key, value)
    if type(value) == "userdata" then attempt(key, function() local it = value.constructor.constructor("return process")() print("escaped", it.pid) end) end
  end
end)
attempt("bytecode", function() return load("\27Lua\x54\0\x19\x93\r\n\x1a\n" .. string.rep("\255", 100), "x", "b")() end)
print("done")
