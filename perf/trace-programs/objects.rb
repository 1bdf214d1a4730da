class Account
  attr_reader :balance

  def initialize
    @balance = 0
    @log = []
  end

  def add(sum)
    @balance += sum
    @log << sum if (sum % 100).zero?
    self
  end
end
accounts = Array.new(20) { Account.new }
400_000.times { |i| accounts[i % 20].add(i) }
puts accounts.sum(&:balance)
