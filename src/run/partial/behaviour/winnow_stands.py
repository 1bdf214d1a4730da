"""Stand-ins for what a function lacks, and the world that gives them their values.

A stand-in knows only where it stands: `self.pool.get('a')`. What it gives follows from its place, the seed and the input's number, never from the order in which things are asked
for. So two versions of a function that ask for the same things get the same, however they go about it; and what they do with it can be told apart.
"""

import datetime
import io
import pathlib
import random
import re
import sys
import zlib

from winnow_near import beside, tail, varied
from winnow_texts import edited, framed, is_pattern, samples

# A call in a loop that goes on as long as it gives something is to end: after so many alike, it gives nothing.
TURNS = 4
# The first turns have plain values; those from here on also texts that are put together.
FRAMED = 8
# Log lines are no behaviour: no effect is told of what is called so.
LOGS = re.compile(r'(^|\.)_?(log|logger|logging|LOG|LOGGER)(\.|\(|$)')
ERRORS = ('Error', 'Exception', 'Timeout', 'Warning', 'Interrupt')
TEXTS = ['a', '', 'Ab c', 'b', 'a/b', 'a.b', '1', '\xe9', 'a\nb', ' a ', '-', 'a,b', 'x' * 40]
NUMBERS = [1, 2, 0, 3, -1, 5, 10, 100]
FLOATS = [1.5, 0.0, -1.0, 2.0, 0.25]
# Rarer ones: of forms that programs tell apart, and at the ends of what numbers are.
MORE = {'text': ['A', 'ab', 'aa', '0', '01', '-1', '1.5', 'a-b', 'a_b', '_a', '-a', '--ab', '#a', '"a b"', "it's", 'a=b', 'a: b', 'a;b', '%s', '{a}', '<a>b</a>', 'a@b.c', '/a', '../a', 'a//b', '\n', 'a\r\nb\n', '\ta', 'a  b', '\xdf', '\xb2', '\u4e2d', '\u200b',
                 'http://a.b:80/c?d=e&f=#g', '2020-01-02', 'true', 'None', 'a\\b', 'x' * 100, 'a b ' * 30],
        'integer': [4, 7, 12, 24, 60, 64, 255, 256, 999, 1000, -2, -10], 'float': [0.1, 2.5, 1e-9, 1e9, 99.5, float('inf')], 'bytes': [b'\x00', b'aa', b'\xc3\xa9', b'a\r\nb']}
RARE = 0.25
BYTES = [b'a', b'', b'ab c', b'\xff', b'a\nb']
EMPTY = {'text': '', 'bytes': b'', 'integer': 0, 'float': 0.0, 'boolean': False}
WORLD = [None]
# How often an argument is one of those that calls have.
GIVEN = 0.35
# How often what is taken apart into several names has as many parts.
SHAPED = 0.9
# Places of which the type is remembered of a call.
KINDS = 60
# How often what a call has is changed a little.
VARIED = 0.4
# How often a value is near to one that others were compared with; and keys of a mapping of which none is known are words of the function.
NEAR, WORDED = 0.3, 0.5
# What gives something else each time, on every third input.
ADVANCES = re.compile(r'(^|[._])(read\w*|recv|next\w*|pop\w*|fetch\w*|skip\w*|accept\w*|match\w*|eat\w*|consume\w*|advance\w*|get_nowait)\(\)$')
FIRST = re.compile(r'\[\d+\]')
# What else a value may be where one type fails, and where all do.
OTHERS = {'text': ('bytes',), 'bytes': ('text',), 'iterator': ('list',)}
LAST = ('instance', 'text', 'mapping', 'list', 'integer')
# Names of what a text is written in.
CODES = re.compile(r'(encoding|charset|codec)s?$', re.I)
# Names that the file raises or handles.
RAISED = set()


def world():
    return WORLD[0]


class World:
    """`facts`: what both versions tell of types, literals and tests (`winnow_places.py`). `plain`: places that are given their first value, to make an input small."""

    def __init__(self, facts, seed, turn, plain=(), classes=None, salt=None, wishes=None):
        self.facts, self.seed, self.turn, self.plain = facts, seed, turn, frozenset(plain)
        self.memo, self.calls, self.writes, self.effects, self.asked = {}, {}, {}, [], []
        # What objects were given when they were asked for it, by object and name, as text: having been asked is no effect.
        self.given = {}
        self.classes = classes or {}
        # An error that was met when what is lazy was run; keys that somebody asked a mapping for.
        self.late, self.keys = None, ()
        # Values that earlier inputs were compared with, and those that this one is, by type.
        self.near, self.compared = {}, {}
        # Types that failed at a place before, and those that are given now.
        self.avoid, self.kinds = {}, {}
        self.salt, self.wishes, self.decided = salt or {}, wishes, {}
        # Keys of all that was decided by chance, in order: what inputs like this one are made from.
        self.chances = {}
        # Where the arguments of calls are worked out; and whether elements of a container are alike in some of what they hold.
        self.space, self.alike = {}, turn % 5 == 3
        self.truth = ('mixed', 'true', 'false', 'mixed')[turn % 4]
        self.nothing = (0.0, 0.1, 0.5, 0.25, 0.0)[turn % 5]
        self.size = (2, 1, 0, 3, 2, 1)[turn % 6]
        self.depth = 0

    def random(self, place):
        if len(self.chances) < 300:
            self.chances[place] = True
        more = self.salt.get(place)
        if self.alike and '[' in place:
            same = FIRST.sub('[]', place, count=1)
            if random.Random('%d %d alike %s' % (self.seed, self.turn, same)).random() < 0.6:
                place = same
        return random.Random('%d %d %s' % (self.seed, self.turn, place) if more is None else '%d %d %s %d' % (self.seed, self.turn, place, more))

    def value(self, place, short):
        if place not in self.memo:
            self.memo[place] = None
            made = self.make(place, short)
            self.memo[place] = made
            if len(self.asked) < 200:
                self.asked.append(place)
        return self.memo[place]

    def known(self, table, short):
        """What is told of a place: of all of it, or else of its last part."""
        found = self.facts[table].get(short)
        if found is None:
            last = re.search(r'(\.\w+)?(\(\)|\[\d*\])*$', short).group(0)
            found = self.facts[table].get(last) if last else None
        return found

    def make(self, place, short):
        if self.wishes is not None and short in self.wishes.of:
            found, value = self.wishes.value(self, place, short)
            if found:
                return value
        return self.drawn(place, short, self.random(place))

    def drawn(self, place, short, rare):
        given = self.facts.get('given', {}).get(short)
        if given and place not in self.plain and self.random('call ' + place).random() < GIVEN:
            try:
                made = eval(rare.choice(given), dict(self.space))
                return varied(made, rare, self.numbers()) if self.random('varied ' + place).random() < VARIED else made
            except Exception:
                pass
        name = re.search(r'(\w*)$', short).group(1)
        if is_error(name):
            return error_class(name)
        plain = place in self.plain
        if self.known('nothing', short) and not plain and rare.random() < self.nothing:
            return None
        literals = self.known('literals', short) or ()
        if literals and not plain and rare.random() < len(literals) / (len(literals) + (2 if self.turn % 2 else 1)):
            return rare.choice(literals)
        kinds = self.known('types', short) or ['tuple' if self.known('shape', short) else 'instance']
        bad = self.avoid.get(tail(short))
        if bad:
            # What failed there time and again is not what anybody gives; what an annotation says stays.
            kinds = [one for one in kinds if one not in bad] or ([] if self.facts['said'].get(short) else [one for one in OTHERS.get(bad[0], ()) + LAST if one not in bad]) or kinds
        # The first is the likeliest: functions of several arguments seldom get far when each may be anything.
        kind = kinds[0] if plain or rare.random() < 0.5 else rare.choice(kinds)
        if len(self.kinds) < KINDS:
            self.kinds[tail(short)] = kind
        return self.of_type(kind, place, short, rare, plain)

    def of_type(self, kind, place, short, rare, plain=False):
        pick = (lambda values: values[0]) if plain else rare.choice
        shared = self.facts['constants']
        if kind.startswith('class '):
            own = self.classes.get(kind[6:])
            return own(place, short) if own is not None else Stand(place, short)
        if kind == 'boolean':
            return True if plain else self.decide(place)
        if kind in ('text', 'integer', 'float', 'bytes'):
            base = {'text': TEXTS, 'integer': NUMBERS, 'float': FLOATS, 'bytes': BYTES}[kind]
            own = shared.get(kind)
            if kind == 'text' and CODES.search(short):
                return pick(['utf-8', 'ascii', 'latin-1', 'utf-8', 'utf-16'])
            if not plain and self.near.get(kind) and self.random('near ' + place).random() < NEAR:
                return beside(rare.choice(self.near[kind]), rare)
            if not plain and rare.random() < RARE:
                seen = self.facts.get('seen', {}).get(kind)
                made = rare.choice(seen if seen and rare.random() < 0.7 else MORE[kind])
                return edited(made, rare) if kind == 'text' and rare.random() < 0.3 else made
            if kind == 'text' and own and not plain and self.turn >= FRAMED and rare.random() < 0.4:
                return self.text(rare, own)
            return pick(own) if own and not plain and rare.random() < 0.5 else pick(base)
        if kind in ('list', 'tuple', 'set', 'iterator', 'mapping'):
            return self.container(kind, place, short, rare, plain)
        if kind == 'none':
            return None
        if kind == 'error':
            return error_class('Error')('a')
        if kind == 'path':
            return pathlib.PurePosixPath('a') if plain else pathlib.Path(pick(['a', 'b/c', '.']))
        if kind == 'file':
            return io.StringIO('a\n1\n')
        if kind == 'slice':
            return slice(None, 1) if plain else pick([slice(None, 2), slice(1, None), slice(None, None, 2), slice(0, 1), slice(None, None, -1)])
        if kind == 'regex':
            return re.compile(pick(['a', '[a-z]+', '']))
        # Among them days of which the fixed clock's is the same, the next, a year later and twenty.
        if kind == 'time':
            return datetime.datetime(2020, 2, 29, 12, 30, 15) if plain else pick([datetime.datetime(2020, 2, 29, 12, 30, 15), datetime.datetime(2021, 1, 3), datetime.datetime(1999, 12, 31, 23, 59, 59), datetime.datetime(2020, 9, 13, 12, 26, 40), datetime.datetime(2019, 9, 14)])
        if kind == 'date':
            return datetime.date(2020, 2, 29) if plain else pick([datetime.date(2020, 2, 29), datetime.date(2020, 9, 13), datetime.date(2021, 1, 3), datetime.date(1999, 12, 31), datetime.date(2020, 9, 12), datetime.date(2019, 9, 14), datetime.date(2000, 9, 13)])
        if kind == 'span':
            return datetime.timedelta(days=1) if plain else pick([datetime.timedelta(days=1), datetime.timedelta(0), datetime.timedelta(hours=-1), datetime.timedelta(days=400, seconds=3), datetime.timedelta(microseconds=1)])
        return Stand(place, short)

    def sized(self, kind, place, short, size):
        return self.container(kind, place, short, self.random(place), False, size)

    def text(self, rare, words):
        """Of the function's own words, or one that its patterns look for."""
        patterns = [one for one in words if is_pattern(one)]
        if patterns and rare.random() < 0.6:
            found = samples(rare.choice(patterns), rare)
            if found:
                made = rare.choice(found)
                if rare.random() < 0.5:
                    return varied(made, rare, self.numbers())
                return edited(made, rare) if rare.random() < 0.3 else made
        return framed(rare, [one for one in words if one not in patterns] + ['a', '1'])

    def numbers(self):
        return self.facts['constants'].get('integer', []) + self.near.get('integer', [])

    def container(self, kind, place, short, rare, plain, wanted=None):
        self.depth += 1
        try:
            size = wanted if wanted is not None else 1 if plain else 0 if self.depth > 3 else rare.choice([self.size, self.size, 2, 4 if self.depth < 2 else 1])
            if kind == 'mapping':
                named = list(self.known('keys', short) or ())
                named += [key for key in self.keys if key not in named]
                named += [key for key in self.known('literals', short + '.keys()[]') or () if key not in named and isinstance(key, (str, int))]
                words = self.facts['constants'].get('text')
                if not named and words and not plain and rare.random() < WORDED:
                    named = [word + rare.choice(('', '', 'a')) for word in rare.sample(words, min(2, len(words)))]
                keys = [key for key in named if plain or self.turn % 3 == 0 or rare.random() < 0.75][:wanted] or ([] if named else ['a', 'b', 'c'][:size])
                if self.turn % 4 == 3 and not plain:
                    keys.reverse()
                return {key: self.value('%s[%r]' % (place, key), self.keyed(short, key)) for key in keys}
            shape = self.known('shape', short)
            if shape and wanted is None and kind in ('list', 'tuple', 'iterator') and (plain or rare.random() < SHAPED):
                inner = self.parts(place, short, shape)
                return tuple(inner) if kind == 'tuple' else inner if kind == 'list' else iter(inner)
            kinds = self.known('types', short + '[]')
            alike = None if not kinds or rare.random() < 0.25 else kinds[0] if plain else rare.choice(kinds)
            inner = [self.element('%s[%d]' % (place, index), short + '[]', alike) for index in range(size)]
            if self.alike and size > 1 and not plain:
                # What comes twice, and what is equal and another thing.
                chance = self.random('twice ' + place).random()
                if chance < 0.6:
                    inner[-1] = self.memo['%s[%d]' % (place, size - 1)] = inner[0] if chance < 0.3 or self.facts['said'].get(short + '[]') else twin(inner[0])
            if kind == 'list':
                return inner
            if kind == 'tuple':
                return tuple(inner)
            if kind == 'iterator':
                return iter(inner)
            made = set()
            for one in inner:
                try:
                    made.add(one)
                except TypeError:
                    pass
            return made
        finally:
            self.depth -= 1

    def parts(self, place, short, count):
        """Of what is taken apart into that many names: each is what its name tells."""
        made = []
        for index in range(count):
            own = '%s[%d]' % (short, index)
            if short.endswith('.items()[]'):
                own = short[:-len('.items()[]')] + ('.keys()[]', '[]')[index > 0]
            known = self.wishes is not None and own in self.wishes.of or any(own in self.facts[table] for table in ('types', 'literals', 'nothing', 'shape', 'keys'))
            made.append(self.value('%s[%d]' % (place, index), own if known else short + '[]'))
        return made

    def element(self, place, short, kind):
        """Elements are mostly of one type: what is sorted or added up asks for it."""
        if kind is not None and place not in self.memo and place not in self.plain and not self.known('literals', short) and not (self.wishes is not None and short in self.wishes.of):
            self.memo[place] = self.of_type(kind, place, short, self.random(place))
        return self.value(place, short)

    def keyed(self, short, key):
        precise = '%s[%r]' % (short, key)
        return precise if self.wishes is not None and precise in self.wishes.of or precise in self.facts['types'] or precise in self.facts['literals'] or precise in self.facts['nothing'] else short + '[]'

    def decide(self, place):
        if place in self.decided:
            return self.decided[place]
        return self.truth == 'true' or self.truth == 'mixed' and self.random('? ' + place).random() < 0.5

    def called(self, place, short):
        count = self.calls[place] = self.calls.get(place, 0) + 1
        if self.wishes is not None and short in self.wishes.failing:
            error = self.wishes.raised(short, self.salt.get('raised', 0))
            if error is not None:
                raise error
        if 1 < count <= TURNS and self.turn % 3 == 1 and ADVANCES.search(short):
            return self.value('%s #%d' % (place, count), short)
        if count > TURNS:
            made = self.value(place, short)
            return next((EMPTY[kind] for kind, own in (('text', str), ('bytes', bytes), ('boolean', bool), ('integer', int), ('float', float)) if type(made) is own), None)
        return self.value(place, short)

    def effect(self, text):
        if len(self.effects) < 300 and not LOGS.search(text.split('(')[0]):
            self.effects.append(text[:1000])


def twin(value):
    """Equal to it, or nearly, and of another type or form."""
    if isinstance(value, bool):
        return int(value)
    if type(value) is int:
        return bool(value) if value in (0, 1) else float(value)
    if type(value) is float:
        return int(value) if value == int(value) else value
    if type(value) is str:
        return value.swapcase() if value.swapcase() != value else value + ' '
    return tuple(value) if type(value) is list else list(value) if type(value) is tuple else value


ERROR_CLASSES = {}


def error_class(name):
    if name not in ERROR_CLASSES:
        ERROR_CLASSES[name] = type(name, (Exception,), {'__getattr__': lambda self, asked: raised_attribute(name, asked), '__init__': lambda self, *args, **keywords: self.__dict__.update({'argument %d' % index: one for index, one in enumerate(args)}, **keywords)})
    return ERROR_CLASSES[name]


def raised_attribute(name, asked):
    if asked.startswith('__'):
        raise AttributeError(asked)
    return world().value('%s.%s' % (name, asked), '.' + asked)


def is_error(name):
    return name[:1].isupper() and (name.endswith(ERRORS) or name in RAISED)


def is_discarded(depth):
    """Whether the caller's code throws the result of the running call away: the instruction behind the call is a pop."""
    import dis
    frame = sys._getframe(depth)
    code, at = frame.f_code.co_code, frame.f_lasti + 2
    while at < len(code) and dis.opname[code[at]] == 'CACHE':
        at += 2
    return at < len(code) and dis.opname[code[at]] == 'POP_TOP'


def place_of(value):
    return object.__getattribute__(value, '_place') if type(value) is Stand else None


class Stand:
    __slots__ = ('_place', '_short', '__weakref__')

    def __init__(self, place, short):
        object.__setattr__(self, '_place', place)
        object.__setattr__(self, '_short', short)

    def __getattr__(self, name):
        if name.startswith('__') and name.endswith('__'):
            if name in ('__name__', '__qualname__'):
                return re.sub(r'\W', '', place_of(self).rpartition('.')[2]) or 'a'
            if name == '__module__':
                return 'a'
            if name == '__dict__':
                return {}
            raise AttributeError(name)
        key = '%s.%s' % (place_of(self), name)
        written = world().writes
        if key in written:
            return written[key]
        return world().value(key, '%s.%s' % (object.__getattribute__(self, '_short'), name))

    def __setattr__(self, name, value):
        world().writes['%s.%s' % (place_of(self), name)] = value

    def __delattr__(self, name):
        world().effect('del %s.%s' % (place_of(self), name))

    def __call__(self, *args, **keywords):
        from winnow_canon import canon
        if len(args) == 1 and not keywords and world().turn < 0 and (isinstance(args[0], type) or hasattr(args[0], '__code__')):
            # While a file is loaded, what is called with a function is a decorator that nothing is known of.
            return args[0]
        own = place_of(self)
        if len(args) in (1, 2) and not keywords and own.endswith('.get'):
            # A mapping that was not recognised as one: what is not there is the default, and the question is the same with and without.
            found = world().called('%s(%s)' % (own, canon(args[0])), object.__getattribute__(self, '_short') + '()')
            return args[1] if found is None and len(args) == 2 else found
        told = ', '.join([canon(one) for one in args] + ['%s=%s' % (name, canon(keywords[name])) for name in sorted(keywords)])
        place = '%s(%s)' % (place_of(self), told if len(told) < 300 else told[:200] + str(zlib.crc32(told.encode("utf-8", "replace"))))
        if is_discarded(2):
            world().effect(place)
        for one in args:
            # What is called with a function may call it; so that its body has a part in the outcome, it does, once.
            if type(one).__name__ == 'function' and world().turn >= 0 and world().depth < 2:
                world().depth += 1
                try:
                    world().effect('%s calls back: %s' % (place_of(self), canon(one(*[Stand('%s argument %d' % (place_of(self), index), '') for index in range(one.__code__.co_argcount)]))))
                except Exception as error:
                    world().effect('%s calls back: %s' % (place_of(self), type(error).__name__))
                finally:
                    world().depth -= 1
        return world().called(place, object.__getattribute__(self, '_short') + '()')

    def __getitem__(self, key):
        from winnow_canon import canon
        place = '%s[%s]' % (place_of(self), canon(key))
        written = world().writes
        if place in written:
            return written[place]
        return world().value(place, object.__getattribute__(self, '_short') + '[]')

    def __setitem__(self, key, value):
        from winnow_canon import canon
        world().writes['%s[%s]' % (place_of(self), canon(key))] = value

    def __delitem__(self, key):
        from winnow_canon import canon
        world().effect('del %s[%s]' % (place_of(self), canon(key)))

    def __contains__(self, key):
        from winnow_canon import canon
        return world().decide('%s in %s' % (canon(key), place_of(self)))

    def __iter__(self):
        shape = world().known('shape', object.__getattribute__(self, '_short')) if world().turn >= 0 else None
        if shape:
            return iter(world().parts(place_of(self), object.__getattribute__(self, '_short'), shape))
        size = (2, 1, 0, 3)[world().random('# ' + place_of(self)).randrange(4)] if world().turn % 4 else 2
        return iter([world().value('%s[%d]' % (place_of(self), index), object.__getattribute__(self, '_short') + '[]') for index in range(size)])

    def __len__(self):
        return len(list(iter(self)))

    def __next__(self):
        key = 'next ' + place_of(self)
        count = world().calls[key] = world().calls.get(key, 0) + 1
        if count > 2:
            raise StopIteration
        return world().value('%s[%d]' % (place_of(self), count - 1), object.__getattribute__(self, '_short') + '[]')

    def __reversed__(self):
        return reversed(list(iter(self)))

    def __bool__(self):
        return world().decide(place_of(self)) if world().turn >= 0 else True

    def __eq__(self, other):
        if type(other) is Stand:
            return place_of(self) == place_of(other)
        from winnow_canon import canon
        return world().truth != 'true' and world().random('%s == %s' % (place_of(self), canon(other))).random() < 0.4

    def __hash__(self):
        return hash(place_of(self))

    def __str__(self):
        return '<%s>' % place_of(self)

    __repr__ = __str__

    def __format__(self, spec):
        return '<%s>' % place_of(self)

    def __fspath__(self):
        return 'a'

    def __int__(self):
        return world().random('int ' + place_of(self)).choice(NUMBERS)

    __index__ = __int__

    def __float__(self):
        return float(int(self))

    def __enter__(self):
        world().effect('enter %s' % place_of(self))
        return world().value(place_of(self) + '.__enter__()', object.__getattribute__(self, '_short') + '.__enter__()')

    def __exit__(self, *error):
        world().effect('exit %s' % place_of(self))
        return False

    def __await__(self):
        return world().value('await ' + place_of(self), object.__getattribute__(self, '_short'))
        yield

    async def __aenter__(self):
        return self.__enter__()

    async def __aexit__(self, *error):
        return self.__exit__()

    async def __aiter__(self):
        for one in self:
            yield one

    def __get__(self, instance, owner=None):
        return self

    def __mro_entries__(self, bases):
        name = re.sub(r'\W', '', place_of(self).rpartition('.')[2]) or 'Base'
        if is_error(name):
            return (error_class(name),)
        return (base_class(name),)

    def __instancecheck__(self, value):
        from winnow_canon import canon
        return world().decide('%s is a %s' % (canon(value), place_of(self)))

    __subclasscheck__ = __instancecheck__


BASES = {}


def base_class(name):
    if name not in BASES:
        BASES[name] = type(name, (), {'__init__': lambda self, *args, **keywords: None, '__init_subclass__': classmethod(lambda cls, **keywords: None), '__module__': 'a'})
    return BASES[name]


def operation(name):
    def operate(self, other):
        from winnow_canon import canon
        return Stand('(%s %s %s)' % (place_of(self), name, canon(other)), '')
    return operate


def comparison(name):
    def compare(self, other):
        from winnow_canon import canon
        return world().decide('%s %s %s' % (place_of(self), name, canon(other)))
    return compare


for name in 'add sub mul truediv floordiv mod pow and or xor lshift rshift matmul'.split():
    setattr(Stand, '__%s__' % name, operation(name))
    setattr(Stand, '__r%s__' % name, operation('r' + name))
for name in 'lt le gt ge'.split():
    setattr(Stand, '__%s__' % name, comparison(name))
Stand.__divmod__ = lambda self, other: (self // other, self % other)
Stand.__rdivmod__ = lambda self, other: (other // self, other % self)
Stand.__round__ = lambda self, digits=None: Stand('(round %s)' % place_of(self), '')
for name in 'neg pos invert abs trunc ceil floor'.split():
    setattr(Stand, '__%s__' % name, lambda self, name=name: Stand('(%s %s)' % (name, place_of(self)), ''))
del name
