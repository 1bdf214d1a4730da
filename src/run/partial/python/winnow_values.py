"""A value of a guessed type, chosen so that the conditions on it go the way that most of the file depends on.

For each type there are some candidates, the plainest first, and those that conditions name: what it is compared with, and what is next to that. Each condition that a candidate
meets is worth the statements behind it; None and empty values cost something, since they are rarer than they are easy.
"""

import datetime
import io
import pathlib
import re

from winnow_paths import TURNS
from winnow_pools import NOTHING_MADE, guess
from winnow_instance import COMPARISONS

# What an unlikely value costs. A condition that is met and one that is not differ by twice the statements behind it and one: an empty value must gain one statement, None two.
EMPTY, NOTHING = 2.0, 4.5
# Elements of a list: as many as a loop's turns that are planned (`winnow_paths.py`); of a list within lists, two.
ELEMENTS, INNER = TURNS, 2
DEPTH = 6
MOST = 60
INSTANCE = object()
WORDS = (('url', 'http://localhost/a'), ('uri', 'http://localhost/a'), ('email', 'a@example.org'), ('path', 'a.txt'), ('file', 'a.txt'), ('dir', 'a'), ('host', 'localhost'),
         ('encoding', 'utf-8'), ('charset', 'utf-8'), ('date', '2025-01-01'), ('mode', 'r'), ('method', 'GET'))


def holds(kind, literal, value):
    """Whether a condition is met by a value; None: cannot be told."""
    if kind == 'truth':
        return bool(value)
    if kind in ('Is', 'IsNot'):
        return (value is literal) == (kind == 'Is')
    if kind in COMPARISONS:
        return bool(COMPARISONS[kind](value, literal))
    if kind.startswith('len '):
        return bool(COMPARISONS[kind[4:]](len(value), literal)) if kind[4:] in COMPARISONS else None
    if kind in ('same', 'other'):
        made = literal.root().made
        return None if made is NOTHING_MADE else (value == made) == (kind == 'same')
    if kind in ('within', 'without'):
        made = literal.root().made
        return None if made is NOTHING_MADE else (value in made) == (kind == 'within')
    if kind == 'In':
        return value in literal
    if kind == 'NotIn':
        return value not in literal
    if kind == 'has':
        return literal in value
    if kind == 'lacks':
        return literal not in value
    if kind in ('startswith', 'endswith'):
        return getattr(value, kind)(literal)
    if kind in ('not startswith', 'not endswith'):
        return not getattr(value, kind[4:])(literal)
    if kind == 'isinstance':
        return type(value).__name__ in literal
    return None


def worth(pool, value, turn):
    total = 0
    for kind, literal, leaf in pool.conditions:
        if kind == 'number':
            try:
                float(value)
            except Exception:
                total -= 5
            continue
        if kind == 'length':
            try:
                total -= 5 if len(value) < literal else 0
            except TypeError:
                pass
            continue
        want = leaf.way(turn)
        if kind == 'derived':
            if value is not INSTANCE:
                try:
                    met = literal.holds(pool, value)
                except Exception:
                    # What cannot be worked out with it goes no way at all.
                    total -= leaf.weight(turn)
                else:
                    total += 0 if met is None else leaf.weight(turn) if met == want else -leaf.weight(turn)
            continue
        if value is INSTANCE:
            if kind in ('Is', 'IsNot') and (kind == 'Is') == want:
                total -= leaf.weight(turn)
            continue
        try:
            met = holds(kind, literal, value)
        except Exception:
            met = None
        total += 0 if met is None else leaf.weight(turn) if met == want else -leaf.weight(turn)
    return total


def literals(pool, kind):
    """Values that conditions speak of, and what is next to them."""
    found = []
    for name, literal, _ in pool.conditions:
        if name in ('same', 'other', 'within', 'without'):
            made = literal.root().made
            if name in ('within', 'without') and isinstance(made, (list, tuple, dict, set)) and made:
                made = next(iter(made))
            if KINDS.get(type(made)) == kind:
                found.append(made)
            continue
        if name == 'derived':
            if kind == 'text':
                found += literal.texts()
            elif kind in ('integer', 'float'):
                found += [step(number) for number in literal.numbers() + [100, -100] for step in NEXT[kind]]
            continue
        if kind == 'integer' and isinstance(literal, (int, float)) and not isinstance(literal, bool):
            found += [int(literal), int(literal) + 1, int(literal) - 1]
        elif kind == 'float' and isinstance(literal, (int, float)) and not isinstance(literal, bool):
            found += [float(literal), literal + 0.5, literal - 0.5]
        elif kind == 'text' and isinstance(literal, str) and name != 'isinstance':
            found += [literal, 'a' + literal + 'a'] if name in ('has', 'startswith', 'endswith', 'not startswith', 'not endswith') else [literal]
            if name.endswith('startswith'):
                found.append(literal + 'a')
            if name.endswith('endswith'):
                found.append('a' + literal)
        elif kind == 'text' and isinstance(literal, tuple) and all(isinstance(one, str) for one in literal):
            found += literal[:3]
        elif kind == 'bytes' and isinstance(literal, bytes):
            found.append(literal)
        elif name in ('In', 'NotIn') and isinstance(literal, (list, tuple, set, dict)):
            found += [one for one in sorted(literal, key=repr)[:4] if KINDS.get(type(one)) == kind]
        elif name in ('In', 'NotIn') and kind == 'text' and isinstance(literal, str):
            found += [literal[:1], literal]
    return found[:MOST]


def equals(pool, options):
    """Values of other types that others have which this should equal: a constant's value says nothing of it, that it is equal does."""
    found = []
    for name, literal, leaf in pool.conditions:
        if name in ('same', 'other') and (name == 'same') == leaf.want and pool.fix is None:
            made = literal.root().made
            if type(made) in KINDS and not any(type(made) is type(option) and made == option for option in options):
                found.append(made)
    return found[:3]


NEXT = {'integer': (int, lambda number: int(number) + 1, lambda number: int(number) - 1), 'float': (float,)}
KINDS = {int: 'integer', str: 'text', float: 'float', bytes: 'bytes', bool: 'boolean'}


def literals_first(texts, pool, turn):
    """-> the one of some texts and those that conditions name that meets most of them."""
    options = texts + literals(pool, 'text')
    return max(options, key=lambda text: worth(pool, text, turn) - options.index(text) * 0.001)


class Maker:
    def __init__(self, round):
        self.round = round

    def make(self, pool, name, index, turn=0, depth=0):
        """-> (type, value) for a pool. `turn`: how often one was made for it before; values differ by it."""
        pool = pool.root()
        kind, source, _ = guess(pool)
        if pool.fix is not None and pool.fix['value'] is not None:
            try:
                return kind, eval(pool.fix['value'], {'__builtins__': self.round.safe})
            except Exception:
                pass
        options = self.options(pool, kind, name, index, turn, depth)
        options += equals(pool, options)
        best, most = options[0], None
        for position, value in enumerate(options):
            gained = worth(pool, value, turn) - position * 0.001
            if value is None and kind != 'none':
                gained -= NOTHING
            elif value is not INSTANCE and kind not in ('boolean', 'none') and not self.full(value):
                gained -= EMPTY
            if most is None or gained > most:
                best, most = value, gained
        if best is not INSTANCE and kind != 'iterator':
            pool.made = best
        if best is None:
            return 'none', None
        if best is INSTANCE:
            return kind, self.round.instance(pool, index, name, kind)
        return KINDS.get(type(best), kind), best

    @staticmethod
    def full(value):
        try:
            return bool(value)
        except Exception:
            return True

    def options(self, pool, kind, name, index, turn, depth):
        wants_none = any(cond in ('Is', 'IsNot', 'Eq', 'truth') for cond, _, _ in pool.conditions)
        tail = [None] if wants_none and pool.fix is None else []
        if kind == 'none':
            return [None]
        if kind == 'boolean':
            return [True, False] + tail
        if kind == 'integer':
            return [1 + turn % 3, 2, 3] + literals(pool, kind) + [0, -1] + tail
        if kind == 'float':
            return [1.0, 0.5, 2.5] + literals(pool, kind) + [0.0, -1.0] + tail
        if kind == 'text':
            return self.texts(pool, name, turn) + literals(pool, kind) + [''] + tail
        if kind == 'bytes':
            return [b'a', b'a\n1\n'] + literals(pool, kind) + [b''] + tail
        if kind in ('list', 'tuple', 'set', 'iterator'):
            return self.sequences(pool, kind, name, index, depth) + tail
        if kind == 'mapping':
            return [self.mapping(pool, name, index, depth), {}] + tail
        if kind == 'path':
            return [pathlib.Path('a.txt'), pathlib.Path('a')] + tail
        if kind == 'regex':
            return [re.compile('a')] + tail
        if kind == 'time':
            return [datetime.datetime(2025, 1, 1, 12)] + tail
        if kind == 'file':
            return [io.StringIO('a\n1\n')] + tail
        if kind == 'error':
            return [Exception('a')] + tail
        if kind == 'class' and name.rsplit('.', 1)[-1].endswith(('Error', 'Exception', 'Warning', 'Exit', 'Interrupt')):
            return [self.round.error_class(name.rsplit('.', 1)[-1])]
        return [INSTANCE] + tail

    def texts(self, pool, name, turn):
        low = name.lower()
        if any(kind == 'number' for kind, _, _ in pool.conditions):
            return ['1', '2', '-1', '0']
        found = [text for word, text in WORDS if word in low]
        return self.joined(pool, name) + found[:1] + ['abcd'[turn % 4], 'a', 'A', '1', 'a b', ' ', 'a,b', 'a\n1\n', 'http://localhost/a', 'a.py']

    def joined(self, pool, name):
        """Texts of which the parts that the program takes out meet conditions on them: lines, fields, characters."""
        found = []
        for key, part in pool.parts.items():
            if key == '[]':
                wanted = [literals_first(self.texts(part.root(), name, turn), part.root(), turn) for turn in range(TURNS)] if part.root().conditions else []
                found += [''.join(text[:1] for text in wanted)] if wanted else []
            elif key[0] == 'j':
                whole = part.root()
                inner = whole.part('[]')
                turns = range(min(whole.arity or TURNS, MOST))
                parts = [whole.part(('k', turn)) for turn in turns] if whole.arity else [inner] * len(turns)
                found.append(key[1].join(literals_first(self.texts(one.root(), name, turn), one.root(), turn) for turn, one in zip(turns, parts)))
        return found[:3]

    def sequences(self, pool, kind, name, index, depth):
        build = {'list': list, 'tuple': tuple, 'set': self.as_set, 'iterator': iter}[kind]
        if depth >= DEPTH:
            return [build([])]
        if kind == 'tuple' and pool.arity or pool.arity and '[]' not in pool.parts:
            items = [self.make(pool.part(('k', position)), name, index, 0, depth + 1)[1] for position in range(pool.arity)]
            return [build(items)]
        needed = max([ELEMENTS if depth < 2 else INNER] + [literal for cond, literal, _ in pool.conditions if cond == 'length'])
        lengths = {needed}
        for cond, literal, _ in pool.conditions:
            if cond.startswith('len ') and isinstance(literal, int) and 0 <= literal <= MOST:
                lengths |= {literal, literal + 1, literal - 1}
        inner = pool.part('[]')
        items = [self.make(inner, name, index, turn, depth + 1)[1] for turn in range(min(MOST, max(lengths)))]
        wanted = [literal for cond, literal, _ in pool.conditions if cond == 'has']
        options = [build(wanted + items)] if wanted else []
        options += [build(items[:length]) for length in [needed] + sorted(lengths - {needed}) if 0 < length <= len(items)]
        return options + [build([])]

    @staticmethod
    def as_set(items):
        return {item for item in items if not isinstance(item, (list, dict, set))}

    def mapping(self, pool, name, index, depth):
        made = self.round.mapping(pool, name, index)
        if depth >= DEPTH:
            return made
        for key, part in list(pool.parts.items()):
            if isinstance(key, tuple) and key[0] == 'k' and isinstance(key[1], str):
                dict.__setitem__(made, key[1], self.make(part, key[1], index, 0, depth + 1)[1])
        for cond, literal, leaf in pool.conditions:
            if cond == 'has' and leaf.want or cond == 'lacks' and not leaf.want:
                made.setdefault(literal, self.make(pool.part('[]'), name, index, 0, depth + 1)[1])
        if not made:
            for turn in range(ELEMENTS if depth < 2 else INNER):
                # A variable's name says little of keys, which are texts more often than anything else.
                told = guess(pool.part('key'))[1] not in ('name', 'nothing')
                key = self.make(pool.part('key'), 'key', index, turn, depth + 1)[1] if told else 'abcd'[turn]
                try:
                    dict.__setitem__(made, key, self.make(pool.part('[]'), name, index, turn, depth + 1)[1])
                except TypeError:
                    pass
        return made
