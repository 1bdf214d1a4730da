"""Primes by crossing out."""


def primes(limit):
    is_prime = [True] * (limit + 1)
    is_prime[0] = is_prime[1] = False
    number = 2
    while number * number <= limit:
        if is_prime[number]:
            multiple = number * number
            while multiple <= limit:
                is_prime[multiple] = False
                multiple += number
        number += 1
    count = 0
    for flag in is_prime:
        if flag:
            count += 1
    return count


print(primes(4_000_000))
