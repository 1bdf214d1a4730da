"""What ENAMEL's input generators use, by its description (numbers as in its code, enam/utils.py), and a seed for each case."""

import math
import random
import string


def rand_parens(size, valid=True, sep='', par='()'):
    """Groups of balanced brackets, some `size` characters together; not `valid`: with one pair the wrong way round."""
    if not valid:
        half = (size + 1) // 2 - 1
        return rand_parens(half, par=par) + par[1] + par[0] + rand_parens(half, par=par)
    groups, left, depth = [''], max(size // 2, 1), 0
    while left > 0 or depth > 0:
        if left > 0 and (depth == 0 or random.randint(0, 1)):
            groups[-1], left, depth = groups[-1] + par[0], left - 1, depth + 1
        else:
            groups[-1], depth = groups[-1] + par[1], depth - 1
            if depth == 0 and left > 0:
                groups.append('')
    return groups if sep is None else sep.join(groups)


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


def rand_probably_prime(low, high=None):
    """A prime up to `low` and at least half of it, or of a range; certain here, and drawn like the other."""
    if high is None:
        high = max(low, 3)
        low = high // 2
    else:
        low = max(low, 0)
        high = max(2 * low, high, 3)
    while True:
        n = random.randint(low, high)
        if is_prime(n):
            return n


def rand_primality(size, lid, cid):
    """A prime, the square of one, or a product of two, near `size`; at the first level numbers that tests of primality get wrong."""
    if lid == 0 and cid < 4:
        return [30031, 561, 2, 125][cid]
    size = max(size, 4)
    root = int(size ** 0.5 + 1)
    if cid % 3 == 0:
        return rand_probably_prime(size)
    if cid % 3 == 1:
        return rand_probably_prime(root) ** 2
    return rand_probably_prime(root) * rand_probably_prime(root)


def made(generate, task, sizes, cases):
    levels = []
    for level, (size, count) in enumerate(zip(sizes, cases)):
        rows = []
        for case in range(count):
            random.seed('%s %d %d' % (task, level, case))
            rows.append(tuple(generate(size, level, case)))
        levels.append(rows)
    return levels
