"""An object of a class that is not known: it takes on whatever is asked of it, and remembers what it was given.

Attributes, results of calls and elements are made when they are first asked for, by the pool that the file's uses of them gave (`winnow_pools.py`), and are the same from then
on. Operators give another instance. Its truth is decided where a condition is (`winnow_round.py`); elsewhere it is true. It has no class that the program could know,
and everything made of it remains one that tells where it came from.
"""

import operator

from winnow_paths import TURNS
from winnow_pools import Pool

# Names with underscores that are looked up to learn what an object is: an answer would be a lie.
ANSWERED = {'__name__', '__qualname__', '__version__', '__author__', '__wrapped__', '__globals__'}


class Facts:
    """What is known of an instance, out of the way of its own attributes."""

    __slots__ = ('round', 'pool', 'index', 'name', 'label', 'number', 'items', 'error', 'base', 'kind')

    def __init__(self, round, pool, index, name, label):
        self.round, self.pool, self.index, self.name, self.label = round, pool, index, name, label
        self.items, self.error, self.base, self.kind = {}, None, None, None
        round.made += 1
        self.number = round.made


def facts(value):
    """-> the facts of an injected instance; None for any other value."""
    return object.__getattribute__(value, '_winnow') if type(value) is Instance else None


class Instance:
    __slots__ = ('_winnow', '__dict__', '__weakref__')

    def __init__(self, given):
        object.__setattr__(self, '_winnow', given)

    def __getattr__(self, name):
        own = facts(self)
        if name.startswith('__') and name.endswith('__'):
            if name in ('__mro__', '__bases__'):
                return (self,) if name == '__mro__' else ()
            if name == '__wrapped__' or name not in ANSWERED:
                raise AttributeError(name)
            return own.name
        value = own.round.of_part(own, ('a', name), name)
        self.__dict__[name] = value
        return value

    def __call__(self, *args, **keywords):
        own = facts(self)
        # A decorator, or what registers a function, most often gives it back.
        if len(args) == 1 and not keywords and own.round.is_own_code(args[0]):
            return args[0]
        return own.round.of_part(own, '()', own.name + '()')

    def __mro_entries__(self, bases):
        return (self._base_(),)

    def _base_(self):
        own = facts(self)
        if own.base is None:
            own.base = own.round.base_class(own)
        return own.base

    def __iter__(self):
        return iter(facts(self).round.elements(facts(self)))

    def __next__(self):
        own = facts(self)
        return own.round.of_part(own, '[]', own.name)

    def __aiter__(self):
        async def elements():
            for element in self:
                yield element
        return elements()

    def __await__(self):
        own = facts(self)
        return own.round.of_part(own, 'await', own.name)
        yield

    def __len__(self):
        return TURNS

    def __bool__(self):
        return facts(self).round.truth()

    def __contains__(self, value):
        return facts(self).round.truth()

    def __getitem__(self, key):
        own = facts(self)
        try:
            if key in own.items:
                return own.items[key]
        except TypeError:
            key = None
        if isinstance(key, slice):
            return self
        value = own.round.of_part(own, ('k', key) if ('k', key) in own.pool.root().parts else '[]', own.name + '[]')
        if key is not None:
            own.items[key] = value
        return value

    def __setitem__(self, key, value):
        try:
            facts(self).items[key] = value
        except TypeError:
            pass

    def __delitem__(self, key):
        facts(self).items.pop(key, None) if not isinstance(key, (list, dict, set, slice)) else None

    def __enter__(self):
        own = facts(self)
        if 'enter' not in own.pool.root().parts:
            return self
        return own.round.of_part(own, 'enter', own.name)

    def __exit__(self, *error):
        return False

    async def __aenter__(self):
        return self.__enter__()

    async def __aexit__(self, *error):
        return False

    def __int__(self):
        return 1

    __index__ = __trunc__ = __int__

    def __float__(self):
        return 1.0

    def __complex__(self):
        return 1 + 0j

    def __str__(self):
        return facts(self).name.rsplit('.', 1)[-1].strip('()[]') or 'a'

    __fspath__ = __str__

    def __repr__(self):
        return '<%s>' % facts(self).name

    def __bytes__(self):
        return str(self).encode()

    def __format__(self, spec):
        try:
            return format(str(self), spec)
        except ValueError:
            return format(1, spec)

    def __hash__(self):
        return facts(self).number

    def __subclasscheck__(self, other):
        return facts(self).round.truth()

    def __instancecheck__(self, other):
        return facts(self).round.truth()

    def keys(self):
        return ['a']

    def __set_name__(self, owner, name):
        pass

    def __reversed__(self):
        return iter(self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def derived(symbol):
    """What an operator gives. Hardly anything can be calculated with None, or ordered by it, so neither can this."""
    def operate(self, *others):
        own = facts(self)
        if symbol is not None and others and others[0] is None:
            raise TypeError("unsupported operand type(s) for %s: '%s' and 'NoneType'" % (symbol, own.name))
        return own.round.instance(Pool(), own.index, own.name, 'instance')
    return operate


OPERATORS = {'add': '+', 'sub': '-', 'mul': '*', 'truediv': '/', 'floordiv': '//', 'mod': '%', 'pow': '**', 'matmul': '@', 'and': None, 'or': None, 'xor': None, 'lshift': '<<', 'rshift': '>>',
             'divmod': 'divmod()'}
for name, symbol in OPERATORS.items():
    for form in ('__%s__', '__r%s__', '__i%s__'):
        setattr(Instance, form % name, derived(symbol))
for name, symbol in {'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>=', 'eq': None, 'ne': None, 'neg': None, 'pos': None, 'invert': None, 'abs': None, 'round': None, 'floor': None, 'ceil': None}.items():
    setattr(Instance, '__%s__' % name, derived(symbol))
del name, form, symbol

COMPARISONS = {'Eq': operator.eq, 'NotEq': operator.ne, 'Lt': operator.lt, 'LtE': operator.le, 'Gt': operator.gt, 'GtE': operator.ge, 'Is': operator.is_, 'IsNot': operator.is_not}
