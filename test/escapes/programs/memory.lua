-- tries: to fill memory, catching every refusal
-- endings: out-of-memory, exited, crashed, timed-out
-- limits: {"wallMs": 3000, "memoryBytes": 134217728}
local kept = {}
while true do
  pcall(function() kept[#kept + 1] = string.rep("x", 1 << 24) .. #kept end)
end
