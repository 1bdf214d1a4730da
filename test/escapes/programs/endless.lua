-- tries: to run for ever within pcall, hooks off, coroutines within coroutines
-- endings: timed-out
-- limits: {"wallMs": 500}
debug.sethook()
while true do
  pcall(function() while true do pcall(string.find, string.rep("a", 30), string.rep("a?", 30) .. string.rep("a", 30)) end end)
end
