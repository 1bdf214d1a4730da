"""Values as winnow.recording/1 has them (docs/formats.md), without ever running code of the program.

What a value is, is told by its type; what is in it, by the methods of the built-in types, taken before the program began. A class of the
program's may override all of them, and none is called. Objects get numbers; one is described again only when what is in it has changed.

A number belongs to an address, because holding on to an object would keep it alive: the number of one that is gone may be given again.
"""
import collections
import json
import types
from builtins import (
    AttributeError, BaseException, Exception, TypeError, all as all_of, bool, bytearray, bytes, complex, dict, float, frozenset, getattr, id, int, isinstance, len, list, map, max, min, range,
    repr, set, str, tuple, type, enumerate, zip,
)
from itertools import islice
from math import isfinite
from operator import is_ as same
from sys import modules

PLAIN = frozenset((type(None), bool, int, float, str))
#: JavaScript reads integers exactly up to here.
SAFE = 2 ** 53 - 1
#: Digits of an integer that are written; making more of them takes time that grows with their square.
DIGITS = 1000
#: Objects described for one statement: a graph of objects is not walked for ever.
AT_ONCE = 500

quoted = json.encoder.encode_basestring_ascii
mro_of = type.__dict__['__mro__'].__get__
name_of = type.__dict__['__name__'].__get__
namespace_of = type.__dict__['__dict__'].__get__
qualified_name_of = type.__dict__['__qualname__'].__get__
flags_of = type.__dict__['__flags__'].__get__
dict_of_instance = lambda value: dict(fields_of(value, type(value)) or ())
arguments_of = BaseException.__dict__['args'].__get__
Slot = types.MemberDescriptorType
Getter = types.GetSetDescriptorType
items_of = dict.items
each_of = tuple.__iter__
list_of, set_of, frozen_of = list.__iter__, set.__iter__, frozenset.__iter__
deque = collections.deque
deque_of = deque.__iter__
lengths = {list: list.__len__, set: set.__len__, frozenset: frozenset.__len__, deque: deque.__len__}
is_finite = isfinite


class Values:
    """Texts of values, and `out`: the texts of what objects hold, in the order in which they must be said."""

    def __init__(self, limits, ask):
        self.items = limits['items']
        self.text = limits['text']
        self.depth = limits['depth']
        self.ask = ask
        self.numbers = {}  # address → (number, type)
        self.known = {}  # number → (form, size, keys or None, texts of the entries, plain items or None)
        self.common = {}  # id of a type → the type, whose values do not say themselves what they are
        self.next = 1
        self.seen = set()
        self.out = []
        self.plain = {
            type(None): lambda value: 'null',
            bool: lambda value: 'true' if value else 'false',
            int: self.integer,
            float: self.fraction,
            str: self.string,
        }
        self.other = {
            bytes: self.octets, bytearray: self.octets,
            complex: lambda value: self.named('complex', repr(value)),
            range: lambda value: self.named('range', repr(value)),
            type(...): lambda value: self.named('ellipsis', 'Ellipsis'),
            type(NotImplemented): lambda value: self.named('NotImplementedType', 'NotImplemented'),
            types.FunctionType: lambda value: self.named('function', value.__qualname__),
            types.BuiltinFunctionType: lambda value: self.named('builtin', value.__name__),
            types.MethodType: lambda value: self.named('method', getattr(value.__func__, '__qualname__', '') if type(value.__func__) is types.FunctionType else ''),
            types.ModuleType: lambda value: self.named('module', self.module(value)),
            types.GeneratorType: lambda value: self.named('generator', value.__qualname__),
            types.CoroutineType: lambda value: self.named('coroutine', value.__qualname__),
            types.AsyncGeneratorType: lambda value: self.named('async_generator', value.__qualname__),
        }
        self.forms = {
            list: ('sequence', list_of), deque: ('sequence', deque_of),
            set: ('set', set_of), frozenset: ('set', frozen_of), dict: ('mapping', items_of),
        }

    def begin(self):
        """A new statement: every object is looked at once more."""
        self.seen.clear()

    def of(self, value, depth=None):
        """The text of a value; what it holds is said in `out` before."""
        kind = type(value)
        plain = self.plain.get(kind)
        if plain is not None:
            return plain(value)
        depth = self.depth if depth is None else depth
        if kind is tuple:
            return self.tuple(value, 'tuple', depth)
        other = self.other.get(kind)
        if other is not None:
            return other(value)
        return self.object(value, kind, depth)

    def is_plain(self, value):
        kind = type(value)
        return kind in self.plain or kind in self.other

    def integer(self, value):
        if -SAFE <= value <= SAFE:
            return int.__repr__(value)
        bits = value.bit_length()
        if bits > DIGITS * 3:
            return '{"t":"int","v":"%d bits","n":%d}' % (bits, bits * 30103 // 100000 + 1)
        return '{"t":"int","v":"%d"}' % value

    def fraction(self, value):
        if is_finite(value):
            return '{"f":%s}' % ('"-0"' if value == 0 and float.__repr__(value)[0] == '-' else float.__repr__(value))
        return '{"f":"%s"}' % float.__repr__(value)

    def string(self, value):
        if len(value) <= self.text:
            return quoted(value)
        return '{"t":"str","v":%s,"n":%d}' % (quoted(value[:self.text]), len(value))

    def octets(self, value):
        part = bytes(value[:self.text])
        length = ',"n":%d' % len(value) if len(value) > self.text else ''
        return '{"t":"%s","v":%s%s}' % (name_of(type(value)), quoted(part.decode('latin-1')), length)

    def named(self, kind, text):
        length = ''
        if type(text) is not str:
            text = ''
        if len(text) > self.text:
            length = ',"n":%d' % len(text)
            text = text[:self.text]
        return '{"t":%s,"v":%s%s}' % (quoted(kind), quoted(text), length)

    @staticmethod
    def module(value):
        name = types.ModuleType.__dict__['__dict__'].__get__(value).get('__name__')
        return name if type(name) is str else ''

    def tuple(self, value, kind, depth):
        size = tuple.__len__(value)
        if depth <= 0 and size > 0:
            return '{"t":%s,"v":"","n":%d}' % (quoted(kind), size)
        items = [self.of(one, depth - 1) for one in islice(each_of(value), self.items)]
        length = ',"n":%d' % size if size > self.items else ''
        return '{"t":%s,"items":[%s]%s}' % (quoted(kind), ','.join(items), length)

    def object(self, value, kind, depth):
        name = name_of(kind)
        form = self.forms.get(kind)
        base = kind
        if form is None:
            if id(kind) not in self.common:
                told = self.library(value, kind, name)
                if told is not None:
                    return told
                if namespace_of(kind).get('__module__') != 'winnow_instance':
                    self.common[id(kind)] = kind
            for base in mro_of(kind)[1:]:
                form = self.forms.get(base)
                if form is not None:
                    break
                if base is tuple:
                    return self.tuple(value, name, depth)
                if base in self.plain or base in self.other:
                    return self.derived(value, base, name)
        address = id(value)
        known = self.numbers.get(address)
        if known is None or known[1] is not kind:
            if form is None:
                if isinstance_of(kind, type):
                    return self.named('type', qualified_name_of(value))
                if not self.is_record(value, kind):
                    return self.named(name, '')
            if depth <= 0:
                return '{"t":%s,"v":"","n":%d}' % (quoted(name), self.size(value, base))
            known = self.numbers[address] = (self.next, kind)
            self.next += 1
        number = known[0]
        if depth > 0 and number not in self.seen and len(self.seen) < AT_ONCE:
            self.seen.add(number)
            if form is None:
                self.record(value, kind, number, name, depth - 1)
            elif form[0] == 'mapping':
                self.mapping(value, number, name, depth - 1)
            else:
                self.sequence(value, base, form, number, name, depth - 1)
        return '{"r":%d}' % number

    def library(self, value, kind, name):
        """What the library's own types say of themselves, by their C code or from their fields; None: it is none of these."""
        own = namespace_of(kind).get('__module__')
        if type(own) is str and own in PARTIAL:
            return self.injected(value, kind, name, own)
        enum = modules.get('enum')
        if enum is not None and isinstance_of(type(kind), enum.EnumMeta):
            fields = dict_of_instance(value)
            member = fields.get('_name_')
            if type(member) is str:
                return self.named(name, member)
            member = fields.get('_value_')
            return self.named(name, int.__repr__(member) if type(member) is int and int.bit_length(member) < DIGITS else '')
        said = namespace_of(kind).get('__str__')
        if name in BY_C and type(said) is SlotText and said.__objclass__ is kind:
            zone = namespace_of(kind).get('tzinfo')
            # A zone of the program's would be asked.
            if zone is None or not flags_of(type(zone.__get__(value))) & HEAP:
                return self.named(name, said(value))
            plain = tuple([namespace_of(base)[field].__get__(value) for field in BY_C[name] for base in mro_of(kind) if field in namespace_of(base)])
            return self.named(name, ' '.join([int.__repr__(one) for one in plain]))
        for base in mro_of(kind):
            if name_of(base) == 'PurePath' and namespace_of(base).get('__module__') in PATHS:
                return self.named(name, path_text({field: one for field, one in fields_of(value, kind) or () if type(field) is str}))
        return None

    def injected(self, value, kind, name, module):
        """What partial execution put into the program: what it stands for, and nothing of how it is made."""
        if module == 'winnow_finder' and types.ModuleType in mro_of(kind):
            return self.named('module', self.module(value))
        if module != 'winnow_instance' or name != 'Instance':
            return self.named(name, '')
        if dict_of_instance(value):
            # What the program put there, or asked it for, is told as of any object.
            return None
        facts = namespace_of(kind)['_winnow'].__get__(value)
        label, text = [dict(fields_of(facts, type(facts)) or ()).get(field) for field in ('label', 'name')]
        return self.named(label if type(label) is str else 'injected', text)

    def derived(self, value, base, name):
        """A class of the program's on top of `int`, `str` and the like."""
        if base is int:
            return '{"t":%s,"v":"%s"}' % (quoted(name), int.__repr__(value) if int.bit_length(value) < DIGITS else '')
        if base is float:
            return '{"t":%s,"v":"%s"}' % (quoted(name), float.__repr__(value))
        return self.named(name, str.__str__(value) if base is str else '')

    @staticmethod
    def size(value, base):
        length = lengths.get(base)
        return length(value) if length is not None else dict.__len__(value) if base is dict else 0

    def sequence(self, value, base, form, number, name, depth):
        size = lengths[base](value)
        parts = list(islice(form[1](value), self.items))
        before = self.known.get(number)
        # Most of what a statement touches it only reads: the same plain items are the same texts.
        if before is not None and before[1] == size and before[4] is not None and all_of(map(same, parts, before[4])):
            return
        plain, texts = self.texts(parts, depth)
        if before is not None and before[1] == size and before[3] == texts:
            return
        # Only plain values are kept: they are never waited for to be gone.
        self.known[number] = (form[0], size, None, texts, parts if plain else None)
        head = '"e":"object","o":%d,"t":%s,"form":"%s","n":%d' % (number, quoted(name), form[0], size)
        if before is not None and form[0] == 'sequence' and len(texts) > 8:
            changed = [
                '[%d,%s]' % (at, now) for at, (now, was) in enumerate(zip(texts, before[3])) if now != was
            ]
            if len(changed) < len(texts) // 2:
                changed += ['[%d,%s]' % (at, texts[at]) for at in range(len(before[3]), len(texts))]
                self.out.append('%s,"at":[%s]' % (head, ','.join(changed)))
                return
        self.out.append('%s,"whole":true,"items":[%s]' % (head, ','.join(texts)))

    def texts(self, parts, depth):
        """The usual lists, of one plain type, without a call for each item. @returns whether all are plain, and their texts"""
        kinds = set(map(type, parts))
        if len(kinds) == 1:
            kind, = kinds
            if kind is int and -SAFE <= min(parts) and max(parts) <= SAFE:
                return True, list(map(int.__repr__, parts))
            if kind is str and max(map(len, parts)) <= self.text:
                return True, list(map(quoted, parts))
        of = self.of
        return kinds <= PLAIN, [of(part, depth) for part in parts]

    def mapping(self, value, number, name, depth):
        size = dict.__len__(value)
        pairs = list(islice(items_of(value), self.items))
        _, keys = self.texts([key for key, _ in pairs], 1)
        _, texts = self.texts([one for _, one in pairs], depth)
        self.entries(number, name, 'mapping', size, keys, texts)

    def entries(self, number, name, form, size, keys, texts):
        before = self.known.get(number)
        if before is not None and before[1] == size and before[3] == texts and before[2] == keys:
            return
        self.known[number] = (form, size, keys, texts, None)
        head = '"e":"object","o":%d,"t":%s,"form":"%s","n":%d' % (number, quoted(name), form, size)
        # New keys stand behind the old ones; where they do not, it is told anew.
        if before is not None and len(keys) > 4 and keys[:len(before[2])] == before[2]:
            old = before[3]
            count = len(old)
            changed = [
                '[%s,%s]' % (keys[at], text) for at, text in enumerate(texts) if at >= count or text != old[at]
            ]
            self.out.append('%s,"at":[%s]' % (head, ','.join(changed)))
            return
        pairs = ','.join(['[%s,%s]' % pair for pair in zip(keys, texts)])
        self.out.append('%s,"whole":true,"at":[%s]' % (head, pairs))

    def is_record(self, value, kind):
        """Made by a class of the program's or the library's, or an exception: it has fields that can be read without asking it."""
        return isinstance_of(kind, BaseException) or fields_of(value, kind) is not None

    def record(self, value, kind, number, name, depth):
        fields = fields_of(value, kind) or []
        if isinstance_of(kind, BaseException):
            fields.insert(0, ('args', arguments_of(value)))
        if self.ask:
            fields.append(('repr()', asked(value)))
        size = len(fields)
        del fields[self.items:]
        keys = [quoted(key) if type(key) is str else self.of(key, 0) for key, _ in fields]
        self.entries(number, name, 'record', size, keys, [self.of(one, depth) for _, one in fields])


def path_text(fields):
    """As far as a path has been put together: by 3.12 that is done when it is first asked for."""
    known = fields.get('_str')
    if type(known) is str:
        return known
    parts = fields.get('_raw_paths') if '_raw_paths' in fields else fields.get('_parts')
    parts = [part for part in parts if type(part) is str] if type(parts) is list else []
    if '_raw_paths' not in fields and parts and parts[0] == '/':
        return '/' + '/'.join(parts[1:])
    text = ''
    for part in parts:
        text = part if part[:1] == '/' or not text else text.rstrip('/') + '/' + part
    return text or '.'


def isinstance_of(kind, base):
    # Not `in`, which asks a class of the program's whether it equals another.
    for one in mro_of(kind):
        if one is base:
            return True
    return False


def asked(value):
    try:
        return repr(value)
    except Exception as error:
        return 'repr() raised %s' % name_of(type(error))


def fields_of(value, kind):
    """Pairs of name and value from slots and the instance's dictionary; None when it can have neither."""
    fields = []
    found = False
    own = False
    for base in mro_of(kind):
        namespace = namespace_of(base)
        held = namespace.get('__dict__')
        if type(held) is Getter and base is not type and not own:
            own = True
            try:
                contents = held.__get__(value)
            except (AttributeError, TypeError):
                contents = None
            if isinstance(contents, dict):
                found = True
                fields.extend(items_of(contents))
        if not flags_of(base) & HEAP:
            continue
        for name, slot in items_of(dict(namespace)):
            if type(slot) is Slot:
                found = True
                if name == '_winnow':
                    continue
                try:
                    fields.append((name, slot.__get__(value)))
                except AttributeError:
                    pass
    return fields if found else None


#: Modules whose objects a program meets in partial execution (`run/partial/python`).
PARTIAL = ('winnow_instance', 'winnow_finder')
#: Types whose text is made by C code, and the fields of those that ask a zone for theirs.
BY_C = {
    'Decimal': (), 'date': (), 'timedelta': (), 'timezone': (),
    'time': ('hour', 'minute', 'second', 'microsecond'),
    'datetime': ('year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'),
}
SlotText = type(int.__dict__['__repr__'])
PATHS = ('pathlib', 'pathlib._local')
#: Py_TPFLAGS_HEAPTYPE: classes made by a `class` statement, whose slots are fields and not views into the interpreter.
HEAP = 1 << 9
