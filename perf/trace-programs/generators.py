"""Values one at a time."""


def collatz(number):
    while number != 1:
        yield number
        number = number // 2 if number % 2 == 0 else 3 * number + 1
    yield 1


def windows(values, size):
    window = []
    for value in values:
        window.append(value)
        if len(window) > size:
            window.pop(0)
        if len(window) == size:
            yield sum(window)


best = 0
for start in range(1, 15_000):
    for total in windows(collatz(start), 3):
        if total > best:
            best = total
print(best)
