"""What ENAMEL's input generators use, and a seed for each case."""

import math
import random
import string


def rand_parens(size, sep=''):
    """Groups of balanced brackets, each nested at random, some `size` characters together."""
    groups, left = [], max(size // 2, 1)
    while left > 0:
        pairs = random.randint(1, min(left, 10))
        opened, text, depth = 0, '', 0
        while opened < pairs or depth > 0:
            if opened < pairs and (depth == 0 or random.randint(0, 1)):
                text, opened, depth = text + '(', opened + 1, depth + 1
            else:
                text, depth = text + ')', depth - 1
        groups.append(text)
        left -= pairs
    return sep.join(groups)


def made(generate, task, sizes, cases):
    levels = []
    for level, (size, count) in enumerate(zip(sizes, cases)):
        rows = []
        for case in range(count):
            random.seed('%s %d %d' % (task, level, case))
            rows.append(tuple(generate(size, level, case)))
        levels.append(rows)
    return levels
