"""Values as texts, such that two are alike where nobody who uses them as they are meant to be used can tell them apart.

Types count, and so do elements; the order of a set's or mapping's, addresses and texts of exceptions do not. What is lazy is run for a while, and functions are told by what they give.
"""

import re
import types

from winnow_stands import Stand, place_of, world

DEEPEST = 6
WIDEST = 60
ADDRESS = re.compile(r' at 0x[0-9a-fA-F]+')
# Numbers of open files are given out by the system.
HANDLE = re.compile(r'\bfd=-?\d+')
PLAIN = (bool, int, str, bytes, type(None), complex, bytearray, type(Ellipsis), range)
LAZY = tuple({type(iter(())), type(iter([])), type(iter({})), type(iter('')), type(iter(set())), map, filter, zip, enumerate, reversed, types.GeneratorType, type(iter(range(1)))})


def canon(value, depth=0, seen=()):
    """Stand-ins stand between ‹ and ›."""
    if type(value) is Stand:
        return '\u2039%s\u203a' % place_of(value)
    if type(value) is str:
        return repr(plain_text(value))
    if isinstance(value, PLAIN) and type(value) in PLAIN:
        return repr(value)
    if type(value) is float:
        return '%.12g (float)' % value
    if depth > DEEPEST or id(value) in seen:
        return '...'
    seen = seen + (id(value),)
    try:
        return of_object(value, depth + 1, seen)
    except RecursionError:
        return '...'
    except Exception as error:
        return '%s (%s)' % (type(value).__name__, type(error).__name__)


ROOTS = []


def plain_text(value):
    """Without what tells the versions apart by where they lie: their directories, and traces of calls."""
    if 'Traceback (most recent' in value:
        value = value[:value.index('Traceback (most recent')] + 'Traceback'
    for root in ROOTS:
        if root in value:
            value = value.replace(root, '')
    return ADDRESS.sub('', value)


def of_object(value, depth, seen):
    name = own_name(type(value))
    inner = lambda one: canon(one, depth, seen)
    if isinstance(value, dict):
        parts = sorted('%s: %s' % (inner(key), inner(one)) for key, one in list(dict.items(value))[:WIDEST])
        return '%s{%s}%s' % (name, ', '.join(parts), fields(value, inner))
    if isinstance(value, (list, tuple)):
        return '%s[%s]%s' % (name, ', '.join(inner(one) for one in list.__iter__(value) if isinstance(value, list)) if isinstance(value, list) else ', '.join(inner(one) for one in tuple.__iter__(value)), fields(value, inner))
    if isinstance(value, (set, frozenset)):
        return '%s{%s}' % (name, ', '.join(sorted(inner(one) for one in value)))
    if isinstance(value, (str, int, float, bytes)):
        base = next(one for one in (str, int, float, bytes) if isinstance(value, one))
        return '%s(%s)%s' % (name, base.__repr__(value), fields(value, inner))
    if isinstance(value, BaseException):
        return '%s!' % name
    if isinstance(value, LAZY) or type(value).__module__ == 'itertools':
        return 'iterator[%s]' % ', '.join(run(value, inner))
    if isinstance(value, types.CoroutineType) or isinstance(value, types.AsyncGeneratorType):
        return 'awaitable'
    if isinstance(value, type):
        return 'class %s%s' % (name_of(value), made_here(value, inner))
    if isinstance(value, types.ModuleType):
        return 'module %s' % value.__name__
    if isinstance(value, re.Pattern):
        return 'pattern %s %d' % (meaning(value), value.flags)
    if isinstance(value, re.Match):
        return 'match %s %s' % (value.span(), value.groups())
    if isinstance(value, types.MethodType):
        return 'method %s of %s' % (value.__func__.__name__, inner(value.__self__))
    if isinstance(value, types.FunctionType):
        return of_function(value, inner)
    if type(value).__module__ in ('io', '_io'):
        return '%s %r' % (name, value.getvalue() if hasattr(value, 'getvalue') else '')
    # What a class takes over from one that Python has made (a date, a number) is in no field.
    base = next(one for one in type(value).__mro__ if not one.__flags__ & 1 << 9)
    told = ('' if base is object or base is type(value) else ' ' + HANDLE.sub('', ADDRESS.sub('', base.__repr__(value)))[:300]) + fields(value, inner)
    if told:
        return name + told
    text = ADDRESS.sub('', type(value).__repr__(value)) if type(value).__module__ in ('datetime', 'decimal', 'fractions', 'pathlib', 'uuid', 'operator', 'functools', 'collections', 'inspect', 'ast', 'builtins') else ''
    return '%s%s' % (name, ' ' + text[:300] if text else '')


def own_name(kind):
    return getattr(kind, '_winnow_name', None) or kind.__name__


def name_of(kind):
    return own_name(kind)


def made_here(kind, inner):
    """A class that a function makes is told by what is in it."""
    if '<locals>' not in getattr(kind, '__qualname__', ''):
        return ''
    own = {key: value for key, value in kind.__dict__.items() if not (key.startswith('__') and key.endswith('__'))}
    return '(%s)' % ', '.join(key if callable(value) or hasattr(value, '__get__') else '%s=%s' % (key, inner(value)) for key, value in sorted(own.items())[:WIDEST])


def fields(value, inner):
    own = {}
    # A class may have slots and those below it a dictionary beside them.
    for kind in type(value).__mro__:
        for slot in (lambda slots: [slots] if isinstance(slots, str) else slots)(kind.__dict__.get('__slots__', ())):
            if slot not in ('__dict__', '__weakref__'):
                try:
                    own[slot] = object.__getattribute__(value, slot)
                except AttributeError:
                    pass
    try:
        own.update(object.__getattribute__(value, '__dict__'))
    except AttributeError:
        pass
    told = [(key, inner(own[key])) for key in sorted(own, key=str)[:WIDEST]]
    given = world().given if world() is not None else {}
    parts = ['%s=%s' % (key, text) for key, text in told if given.get((id(value), key)) != text]
    return '(%s)' % ', '.join(parts) if parts else ''


def run(value, inner):
    parts = []
    try:
        for one in value:
            parts.append(inner(one))
            if len(parts) >= 30:
                parts.append('...')
                break
    except Exception as error:
        if world() is not None:
            world().late = error
        parts.append('%s!' % own_name(type(error)))
    return parts


def of_function(value, inner):
    """By what it gives for stand-ins; so what a function closes over has a part in it."""
    if world() is None or world().turn < 0 or world().depth > 1:
        return 'function'
    world().depth += 1
    told = 'function'
    try:
        count = value.__code__.co_argcount - len(value.__defaults__ or ())
        spread = ['a'] if value.__code__.co_flags & 4 and not count else []
        names = value.__code__.co_varnames[value.__code__.co_argcount:value.__code__.co_argcount + value.__code__.co_kwonlyargcount]
        told += ' of ' + ', '.join(sorted(names)) if names else ''
        given = {name: world().value('given ' + name, name) for name in names if name not in (value.__kwdefaults__ or {})}
        made = value(*[world().value('given %d' % index, value.__code__.co_varnames[index]) for index in range(count)] + spread, **given)
        if isinstance(made, types.CoroutineType):
            from winnow_side import drive
            made = drive(made)
        return '%s gives %s' % (told, inner(made))
    except Exception as error:
        world().late = error
        return '%s raises %s' % (told, own_name(type(error)))
    finally:
        world().depth -= 1


def meaning(pattern):
    """A pattern by what it was parsed to: the same may be written in several ways."""
    try:
        from re import _parser as parser
    except ImportError:
        import sre_parse as parser
    try:
        return repr(parser.parse(pattern.pattern, pattern.flags & ~32 if isinstance(pattern.pattern, str) else pattern.flags))
    except Exception:
        return repr(pattern.pattern)
