"""Four words about a value: its type in the words of partial execution, its class, its truth, its size.

The idea: a value is looked at by its type alone, and by functions that are written in C and stand in the type: what the program defines (`__len__`,
`__bool__`, `__class__`, `__repr__`) is never called. Where truth or size would need that, it is not known.

Ranges, views of dictionaries and deques are lists here; numbers that are no integers are floats; a callable object of a class of its own is an instance.
"""
import _io
import array
import collections
import collections.abc
import datetime
import decimal
import fractions
import functools
import pathlib
import re
import time
import types
import weakref

mro_of = type.__dict__['__mro__'].__get__
dict_of = type.__dict__['__dict__'].__get__
module_of = type.__dict__['__module__'].__get__
qualname_of = type.__dict__['__qualname__'].__get__
#: What the slots of a type written in C look like in its dictionary.
Slot = type(int.__dict__['__add__'])

BASES = {
    'none': (type(None),),
    'boolean': (bool,),
    'integer': (int,),
    'float': (float, complex, decimal.Decimal, fractions.Fraction),
    'text': (str, collections.UserString),
    'bytes': (bytes, bytearray, memoryview),
    'time': (time.struct_time, datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo),
    'list': (list, collections.deque, array.array, range, type({}.keys()), type({}.values()), type({}.items()), collections.abc.Sequence),
    'tuple': (tuple,),
    'set': (set, frozenset, collections.abc.Set),
    'mapping': (dict, types.MappingProxyType, collections.abc.Mapping),
    'callable': (
        types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial, type(''.__add__), Slot,
        type(str.join), type(dict.__dict__['fromkeys']), type(functools.lru_cache(None)(lambda: None)),
    ),
    'class': (type,),
    'error': (BaseException,),
    'module': (types.ModuleType,),
    'file': (_io._IOBase,),
    'iterator': (types.GeneratorType, collections.abc.Iterator),
    'awaitable': (types.CoroutineType, types.AsyncGeneratorType, collections.abc.Awaitable),
    'path': (pathlib.PurePath,),
    'regex': (re.Pattern,),
}
WORD = {id(base): word for word, bases in BASES.items() for base in bases}
PROXIES = frozenset((id(weakref.ProxyType), id(weakref.CallableProxyType)))

known = {}  # id of a class → (the class, so that its id stays its own, its word, its name, how truth is told, how size is told)


def defined(mro, name):
    """What a class has under a name, by its own and its bases' dictionaries."""
    for base in mro:
        found = dict_of(base).get(name)
        if found is not None:
            return found
    return None


def look(kind):
    # A few types of the interpreter itself are never made ready, and have none: the iterator of `co_positions` in 3.11.
    mro = mro_of(kind) or (object,)
    word = next((WORD[id(base)] for base in mro if id(base) in WORD), None)
    if word is None:
        word = 'iterator' if defined(mro, '__next__') else 'awaitable' if defined(mro, '__await__') else 'instance'
    module, name = module_of(kind), qualname_of(kind)
    own = '%s.%s' % (module, name) if type(module) is str and module != 'builtins' else name
    truth, length = defined(mro, '__bool__'), defined(mro, '__len__')
    size = None
    if word in ('integer', 'float', 'boolean'):
        size = number_size if kind is not complex and type(defined(mro, '__lt__')) is Slot else None
    elif length is not None and type(length) is Slot and id(kind) not in PROXIES:
        size = length
    if id(kind) in PROXIES:
        truth = False
    elif truth is None and length is None:
        truth = True
    elif type(truth) is Slot:
        pass
    else:
        truth = length if truth is None and type(length) is Slot else False
    return kind, word, own[:200], truth, size


def number_size(one):
    return -1 if one < 0 else 0 if one == 0 else 1 if one <= 1 else 2


def words(one):
    """(type, class, 1 or 0 or None, size class or None)."""
    kind = type(one)
    entry = known.get(id(kind))
    if entry is None:
        entry = known[id(kind)] = look(kind)
    _, word, own, truth, size = entry
    try:
        true = None if truth is False else 1 if truth is True else int(bool(truth(one)))
        if size is None or word == 'boolean' or word == 'none':
            return word, own, true, None
        if size is number_size:
            return word, own, true, ('negative', 'zero', 'one', 'more')[number_size(one) + 1]
        return word, own, true, ('empty', 'one', 'many')[min(size(one), 2)]
    except Exception:  # A view that was released, a number that cannot be compared.
        return word, own, None, None
