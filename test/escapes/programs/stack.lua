-- tries: to overflow the stack of the host through patterns, coroutines and parsing
-- endings: exited, crashed, out-of-memory
-- limits: {"wallMs": 5000}
print(pcall(string.rep, "x", -1))
print(pcall(load, string.rep("(", 100000) .. "1" .. string.rep(")", 100000)))
local function deep() return pcall(coroutine.wrap(deep)) end
print(pcall(deep))
local function down(n) return down(n + 1) + 1 end
print(pcall(down, 1))
local t = setmetatable({}, {})
getmetatable(t).__index = function(_, k) return t[k .. "x"] end
print(pcall(function() return t.x end))
print(pcall(string.gsub, string.rep("a", 200000), string.rep("(", 40), ""))
print("done")
