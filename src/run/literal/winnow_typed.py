"""Values as text, told by kind and content: what has no literal is a call of one of a few names on literals, and nothing of it is ever called.

`record('Point', {'x': 1})` a dataclass, `named('Point', {'x': 1})` a named tuple, `object('Node', {'val': 1})` what any other object holds, `enum('Color', 'RED')`, `error('KeyError', ['a'])`,
`iterator([0, 1])` what a generator, an iterator or a view gives (`iterator([…], ...)` where it goes on, or by `error` fails), `array('int64', [1, 2])` an array of numpy's, `cycle(1)` the value that stands so many levels
above, `Decimal('1.5')`, `Fraction(1, 2)`, `deque([1])`, `range(0, 3, 1)`, `bytearray(b'')`, `datetime('2020-01-02T03:04:05')`, `timedelta(1, 0, 0)`, `type('int')`. Addresses, order of attributes and what a class says of itself
by `__repr__`, `__eq__`, `__reduce__` or `__class__` have no part in it. `?name` (`opaque('name')` within others) is what is left: functions, modules, files. It equals nothing.

A text of more than `LONG` characters becomes `?large:CHARACTERS:DIGEST:DIGEST`, of all of it: the first digest tells types of numbers apart and the second, as `==` does, not. What is larger than `MOST` characters, or
than `NODES` parts, is `?large`, and is not compared.
"""

import itertools
import sys

import winnow_value
from winnow_value import Endless, held, plain_len, plain_sorted, plain_subclass, plain_type, write

try:
    from hashlib import sha256
except ImportError:
    sha256 = None

MOST, NODES = 8 << 20, 1_000_000
winnow_value.DEEP, winnow_value.PARTS = 90, NODES
plain_id, plain_str, plain_repr, plain_name = id, str, repr, type.__dict__['__name__'].__get__
ITERATORS = tuple({plain_type(iter(one)) for one in ([], (), {}, '', b'', set(), range(0), {}.values(), {}.items())} | {map, filter, zip, enumerate, reversed, itertools.chain, itertools.islice, itertools.count, itertools.cycle, itertools.product, itertools.permutations, itertools.combinations, itertools.accumulate, itertools.takewhile, itertools.dropwhile, itertools.starmap, itertools.repeat, plain_type(one for one in ()), plain_type({}.keys()), plain_type({}.values()), plain_type({}.items())})
# A `datetime` is a `date` as well.
DATES = ('datetime', 'date', 'time', 'timedelta')
# Attributes of an object beyond these are not told apart.
ATTRIBUTES = 1_000


class Stop(Exception):
    """Raised by whoever ends a call from outside, while a value is looked at: it is not the value's."""


open_values, nodes = [], 0


def text_of(value):
    kind = plain_type(value)
    if kind is int and value.bit_length() <= winnow_value.BITS or value is None or kind is bool:
        return plain_repr(value)
    global nodes
    nodes = 0
    del open_values[:]
    try:
        text = write(value, 0)
        if plain_len(text) <= winnow_value.LONG:
            return '?' + text[8:-2] if text[:8] == "opaque('" and text.isascii() and text[8:-2].isidentifier() else text
        if plain_len(text) > MOST or sha256 is None:
            return '?large'
        nodes, winnow_value.LOOSE = 0, True
        return '?large:%d:%s:%s' % (plain_len(text), digest(text), digest(write(value, 0)))
    except (Endless, RecursionError):
        return '?large'
    finally:
        winnow_value.LOOSE = False


def digest(text):
    return sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()[:32]


def typed(value, kind, depth):
    global nodes
    nodes += 1
    if nodes > NODES:
        raise Endless
    own = plain_id(value)
    if own in open_values:
        return 'cycle(%d)' % (plain_len(open_values) - open_values.index(own))
    open_values.append(own)
    try:
        if kind is list or kind is tuple or kind is dict or kind is set:
            return held(value, kind, depth)
        return special(value, kind, depth + 1) or held_or_none(value, kind, depth) or 'opaque(%r)' % name_of(kind)
    except (Endless, RecursionError, MemoryError, Stop):
        raise
    except Exception:
        # A class that breaks what it inherits.
        return 'opaque(%r)' % name_of(kind)
    finally:
        open_values.pop()


def held_or_none(value, kind, depth):
    return held(value, kind, depth) if plain_subclass(kind, (float, int, str, list, tuple, set, frozenset, dict)) else bytes.__repr__(value) if plain_subclass(kind, bytes) else None


def name_of(kind):
    return plain_str(plain_name(kind))[:80]


def of_module(name, kind, *classes):
    """Whether it is one of a module's own classes, or made from one: of the module that is loaded, if it is."""
    module = sys.modules.get(name)
    return module is not None and any(plain_subclass(kind, getattr(module, one)) for one in classes)


def special(value, kind, depth):
    """-> the text, or None where there is nothing special about it."""
    inner = lambda one: write(one, depth)
    enum = sys.modules.get('enum')
    if enum is not None and plain_subclass(kind, enum.Enum) and not plain_subclass(kind, (int, str)):
        return 'enum(%r, %r)' % (name_of(kind), object.__getattribute__(value, '_name_'))
    if plain_subclass(kind, tuple):
        fields = attribute(kind, '_fields')
        if plain_type(fields) is tuple and plain_len(fields) == tuple.__len__(value) and fields and all(plain_type(one) is str for one in fields):
            return 'named(%r, {%s})' % (name_of(kind), ', '.join('%r: %s' % (one, inner(part)) for one, part in zip(fields, tuple.__iter__(value))))
        return None
    if plain_subclass(kind, (int, float, str, bytes, list, set, frozenset, dict)):
        return None
    if plain_subclass(kind, type):
        builtin = getattr(sys.modules['builtins'], name_of(value), None)
        return 'type(%r)' % name_of(value) if builtin is value else None
    if plain_subclass(kind, bytearray):
        return 'bytearray(%r)' % bytes(value)
    if kind is range:
        return 'range(%d, %d, %d)' % (value.start, value.stop, value.step)
    if value is Ellipsis:
        return '...'
    if plain_subclass(kind, complex):
        return complex.__repr__(value)
    if plain_subclass(kind, ITERATORS):
        return iterated(value, inner)
    if plain_subclass(kind, BaseException):
        return 'error(%r, [%s])' % (name_of(kind), ', '.join(inner(one) for one in BaseException.args.__get__(value)))
    if of_module('decimal', kind, 'Decimal'):
        return 'Decimal(%r)' % sys.modules['decimal'].Decimal.__str__(value)
    if of_module('fractions', kind, 'Fraction'):
        return 'Fraction(%s, %s)' % (inner(value._numerator), inner(value._denominator))
    if of_module('collections', kind, 'deque'):
        return 'deque([%s])' % ', '.join(inner(one) for one in sys.modules['collections'].deque.__iter__(value))
    if of_module('datetime', kind, *DATES):
        dates = sys.modules['datetime']
        if plain_subclass(kind, dates.timedelta):
            return 'timedelta(%d, %d, %d)' % (value.days, value.seconds, value.microseconds)
        base = next(one for one in DATES if plain_subclass(kind, getattr(dates, one)))
        return '%s(%r)' % (base, getattr(dates, base).isoformat(value))
    if plain_str(attribute(kind, '__module__')).partition('.')[0] == 'numpy':
        plain = kind.tolist(value)
        return "array('%s', %s)" % (''.join(one for one in plain_str(value.dtype) if one.isalnum())[:20], inner(plain)) if plain_type(plain) is list else inner(plain)
    if plain_type(attribute(kind, '__next__')) in CALLED and attribute(kind, '__iter__') is not None:
        return iterated(value, inner)
    return of_object(value, kind, inner)


CALLED = (plain_type(lambda: 0),)


def attribute(kind, name):
    """What a class or one it is made from has by this name; no code of theirs runs."""
    for one in type.__dict__['__mro__'].__get__(kind):
        found = type.__dict__['__dict__'].__get__(one)
        if name in found:
            return found[name]
    return None


def iterated(value, inner):
    parts = []
    try:
        for part in itertools.islice(value, winnow_value.ELEMENTS):
            parts.append(inner(part))
        more = ', ...' if plain_len(parts) == winnow_value.ELEMENTS else ''
    except (Endless, RecursionError, MemoryError, Stop):
        raise
    except Exception as error:
        more = ', error(%r, [])' % name_of(plain_type(error))
    return 'iterator([%s]%s)' % (', '.join(parts), more)


def of_object(value, kind, inner):
    fields = attribute(kind, '__dataclass_fields__')
    if plain_type(fields) is dict and getattr(attribute(kind, '__dataclass_params__'), 'eq', False):
        names = [name for name, field in fields.items() if field.compare]
        return 'record(%r, {%s})' % (name_of(kind), ', '.join('%r: %s' % (name, inner(object.__getattribute__(value, name))) for name in names))
    if not kind.__flags__ & 1 << 9:
        # What C made has no state that could be looked at.
        return None
    own = {}
    slots = attribute(kind, '__slots__')
    for name in [slots] if plain_type(slots) is str else slots if plain_type(slots) in (tuple, list) else ():
        try:
            own[name] = object.__getattribute__(value, name)
        except AttributeError:
            pass
    try:
        own.update(object.__getattribute__(value, '__dict__'))
    except (AttributeError, TypeError):
        pass
    names = plain_sorted(name for name in own if plain_type(name) is str)[:ATTRIBUTES]
    return 'object(%r, {%s})' % (name_of(kind), ', '.join('%r: %s' % (name, inner(own[name])) for name in names)) if names else None


winnow_value.TYPED = typed
