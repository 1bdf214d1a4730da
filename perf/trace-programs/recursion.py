"""Functions that call themselves."""


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def queens(size, row=0, columns=0, left=0, right=0):
    if row == size:
        return 1
    total = 0
    for column in range(size):
        bit = 1 << column
        up, down = 1 << (row + column), 1 << (row - column + size)
        if columns & bit or left & up or right & down:
            continue
        total += queens(size, row + 1, columns | bit, left | up, right | down)
    return total


print(fibonacci(31), queens(8))
