"""Products of matrices as lists of lists."""


def product(a, b):
    size = len(b)
    result = []
    for row in a:
        line = []
        for column in range(len(b[0])):
            total = 0
            for at in range(size):
                total += row[at] * b[at][column]
            line.append(total % 1009)
        result.append(line)
    return result


size = 60
matrix = [[(row * column + 1) % 17 for column in range(size)] for row in range(size)]
power = matrix
for _ in range(40):
    power = product(power, matrix)
print(sum(map(sum, power)))
