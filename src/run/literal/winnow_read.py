"""Values from the texts that `winnow_typed.py` writes. Nothing of a text is run: what has a class of its own comes back as a stand-in that holds what the text holds.

Whoever asks a stand-in for what no text tells (a method, `len`, an order) is told so by `Unknown`: that question has no answer here, which is neither yes nor no.
"""

import ast
import builtins
import sys

import winnow_typed
from winnow_value import read as read_plain

MADE = {}


class Unknown(AttributeError, TypeError):
    """A text does not tell this of its value."""


def unknown(self, *_):
    raise Unknown('a text does not tell this of a %s' % type(self).__name__)


class Opaque:
    """A value without a text: equal to nothing but itself."""
    __slots__ = ()
    __len__ = __iter__ = __getitem__ = __contains__ = __call__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __mul__ = __bool__ = __int__ = __float__ = __index__ = __str__ = __repr__ = unknown

    def __getattr__(self, name):
        raise Unknown(name)


class Record(Opaque):
    """What an object holds. `plain`: it is equal to what holds the same; else to itself alone."""
    __slots__ = ('_name', '_fields', '_plain')

    def __init__(self, name, fields, plain):
        for key, value in (('_name', name), ('_fields', fields), ('_plain', plain)):
            object.__setattr__(self, key, value)

    def __bool__(self):
        return True

    def __hash__(self):
        return hash(self._name)

    def __getattr__(self, name):
        if name in self._fields:
            return self._fields[name]
        raise Unknown(name)

    def __eq__(self, other):
        if self is other:
            return True
        if not self._plain:
            # Whether its class defines equality is not told: only of what could not be its equal is the answer known.
            if isinstance(other, PLAIN):
                return False
            raise Unknown('equality')
        if isinstance(other, Record):
            return self._name == other._name and self._fields == other._fields
        if isinstance(other, PLAIN) or type(other).__name__ != self._name:
            return False
        missing = object()
        return all(getattr(other, name, missing) == value for name, value in self._fields.items())

    def __repr__(self):
        if not self._plain:
            raise Unknown('repr')
        return '%s(%s)' % (self._name, ', '.join('%s=%r' % pair for pair in self._fields.items()))

    __str__ = __repr__


PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)


class Iterator:
    def __init__(self, parts, goes_on, error):
        self.parts, self.goes_on, self.error = iter(parts), goes_on, error

    def __iter__(self):
        return self

    def __next__(self):
        for part in self.parts:
            return part
        if self.error is not None:
            raise self.error
        if self.goes_on:
            raise Unknown('elements beyond those that are kept')
        raise StopIteration

    def __getattr__(self, name):
        raise Unknown(name)

    def __len__(self):
        raise Unknown('len')


class Large:
    """Only what it is equal to can be said."""

    def __init__(self, length, strict, loose):
        self.loose = loose

    def __eq__(self, other):
        if isinstance(other, Large):
            return self.loose == other.loose
        text = winnow_typed.text_of(other)
        if not text.startswith('?large:'):
            return False
        return text.rpartition(':')[2] == self.loose

    __hash__ = None
    __len__ = __iter__ = __getitem__ = __contains__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __mul__ = __int__ = __float__ = __str__ = __repr__ = unknown

    def __getattr__(self, name):
        raise Unknown(name)


def value_of(text):
    """The value that a text stands for; nothing of it is executed."""
    if text.startswith('?large:'):
        return Large(*text[7:].split(':'))
    return Opaque() if text.startswith('?') else read(ast.parse(text, mode='eval').body)


def read(node):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE:
        return MADE[node.func.id](*[... if isinstance(part, ast.Constant) and part.value is ... else read(part) for part in node.args])
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return kind([read(part) for part in node.elts])
    if isinstance(node, ast.Dict):
        return {read(key): read(part) for key, part in zip(node.keys, node.values)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ('set', 'frozenset') and len(node.args) < 2:
        return (set if node.func.id == 'set' else frozenset)(*[read(part) for part in node.args])
    return read_plain(node)


def named(name, fields):
    made = tuple.__new__(type(name, (tuple,), {'_fields': tuple(fields), '__repr__': lambda self: '%s(%s)' % (name, ', '.join('%s=%r' % pair for pair in fields.items()))}), fields.values())
    for key, value in fields.items():
        setattr(type(made), key, value)
    return made


def module(name, kind):
    def make(*args):
        __import__(name)
        return getattr(sys.modules[name], kind)(*args)
    return make


def iso(kind):
    def make(text):
        import datetime
        return getattr(datetime, kind).fromisoformat(text)
    return make


def error(name, args):
    kind = getattr(builtins, name, None)
    return kind(*args) if isinstance(kind, type) and issubclass(kind, Exception) else Record(name, {'args': tuple(args)}, False)


def iterator(parts, more=None):
    failed = more if isinstance(more, Exception) else None if more in (None, ...) else Exception('failed')
    return Iterator(parts, more is ..., failed)


def array(kind, parts):
    try:
        import numpy
    except ImportError:
        return Opaque()
    return numpy.array(parts, dtype=kind)


def one_of(name, member):
    return Record(name, {'name': member, '_name_': member}, False)


MADE.update({
    'record': lambda name, fields: Record(name, fields, True), 'object': lambda name, fields: Record(name, fields, False), 'named': named, 'enum': one_of, 'error': error,
    'iterator': iterator, 'array': array, 'opaque': lambda name: Opaque(), 'cycle': lambda levels: Opaque(), 'type': lambda name: getattr(builtins, name, Opaque()),
    'range': range, 'bytearray': bytearray, 'deque': module('collections', 'deque'), 'Decimal': module('decimal', 'Decimal'), 'Fraction': module('fractions', 'Fraction'),
    **{name: iso(name) for name in ('datetime', 'date', 'time')}, 'timedelta': module('datetime', 'timedelta'),
})
