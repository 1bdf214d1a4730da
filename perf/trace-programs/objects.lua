local Account = {}
Account.__index = Account
function Account.new()
  return setmetatable({ balance = 0, log = {} }, Account)
end
function Account:add(sum)
  self.balance = self.balance + sum
  if sum % 100 == 0 then
    self.log[#self.log + 1] = sum
  end
  return self
end
local accounts = {}
for i = 1, 20 do accounts[i] = Account.new() end
for i = 0, 999999 do
  accounts[i % 20 + 1]:add(i)
end
local total = 0
for _, account in ipairs(accounts) do total = total + account.balance end
print(total)
