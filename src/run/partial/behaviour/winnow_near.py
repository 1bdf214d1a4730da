"""Values near to others: to what a function compared while it ran, and to what somebody gave it.

What a condition waits for may stand in a table, in another module or in the middle of a text. It is seen where it is compared; a value that is next to it decides the condition the other way.
"""

import re

from winnow_texts import edited

# Values of a type that are remembered of a call, signs of a text, and the largest number: larger ones only make loops long.
MOST, LONGEST, LARGEST = 30, 60, 10 ** 12
KINDS = {str: 'text', int: 'integer', float: 'float', bytes: 'bytes'}


def note(value, known):
    """Remembers what is compared, by type: of a small container what is in it."""
    for one in value if type(value) in (tuple, list, set, frozenset, dict) and len(value) <= MOST else (value,):
        kind = KINDS.get(type(one))
        if kind is not None and (len(one) < LONGEST if kind in ('text', 'bytes') else abs(one) <= LARGEST):
            values = known.setdefault(kind, {})
            if len(values) < MOST:
                values[one] = True


def beside(value, rare):
    """Itself, or next to it."""
    if isinstance(value, (int, float)):
        return value + rare.choice((0, 0, 1, -1))
    other = 'a' if isinstance(value, str) else b'a'
    return rare.choice((value, value, value + other, other + value, value[:-1], value.swapcase()))


def numbered(text, number, rare):
    """With that number in the place of one of its own, as many digits wide."""
    runs = list(re.finditer(r'\d+', text))
    if not runs:
        return text
    run = rare.choice(runs)
    return text[:run.start()] + str(abs(number)).zfill(len(run.group())) + text[run.end():]


def varied(value, rare, numbers):
    """What somebody gives, and another number in it, or a small change: the ends of what is taken lie next to what is usual."""
    if type(value) is str:
        small = [one for one in numbers if 0 <= one < 10_000]
        return numbered(value, rare.choice(small) + rare.choice((0, 0, 1, -1)), rare) if small and rare.random() < 0.6 else edited(value, rare)
    if type(value) is int:
        return rare.choice(numbers + [value]) + rare.choice((0, 1, -1))
    return value


def tail(short):
    """A place by its last attribute: the way there is written differently from how it is gone."""
    found = re.search(r'(\.\w+)?(\(\)|\[\d*\])*$', short).group(0)
    return found if found.startswith('.') else short
