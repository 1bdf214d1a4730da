"""Functions made by functions."""


def counter(step):
    total = 0

    def add(amount):
        nonlocal total
        total += amount * step
        return total

    return add


def compose(*functions):
    def composed(value):
        for function in functions:
            value = function(value)
        return value

    return composed


adders = [counter(step) for step in range(1, 6)]
change = compose(lambda value: value * 3, lambda value: value + 1, lambda value: value % 1000)
value = 1
for turn in range(500_000):
    value = change(value)
    last = adders[turn % 5](value)
print(value, last)
