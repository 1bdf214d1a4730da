local is, count = {}, 0
for i = 2, 60000 do is[i] = true end
for i = 2, 60000 do
  if is[i] then
    count = count + 1
    for j = 2 * i, 60000, i do
      is[j] = false
    end
  end
end
print(count)
