is = Array.new(600_001, true)
count = 0
(2..600_000).each do |i|
  next unless is[i]

  count += 1
  j = 2 * i
  while j <= 600_000
    is[j] = false
    j += i
  end
end
puts count
