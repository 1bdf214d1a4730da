local is, count = {}, 0
for i = 2, 1000000 do is[i] = true end
for i = 2, 1000000 do
  if is[i] then
    count = count + 1
    for j = 2 * i, 1000000, i do
      is[j] = false
    end
  end
end
print(count)
