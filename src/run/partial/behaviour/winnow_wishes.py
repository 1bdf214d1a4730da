"""Values that meet demands: candidates are tried on the text of a condition until it is what is wanted.

Candidates are, in this order, what would have been given anyway, with several seeds; the condition's own literals and what is next to them; and what is empty or missing. So a value
is changed no further than the condition asks for. Where nothing meets all demands, what would have been given is, and the condition goes its own way.
"""

import ast
import enum
import types

from winnow_texts import is_pattern, samples

DRAWS = 6
MOST = 160
ENDS = {'OSError': (2, 'a'), 'IOError': (2, 'a'), 'FileNotFoundError': (2, 'a'), 'KeyError': ('a',), 'UnicodeDecodeError': ('utf-8', b'\xff', 0, 1, 'a'), 'UnicodeEncodeError': ('utf-8', '\xe9', 0, 1, 'a')}
COMPILED = {}


def compiled(text):
    if text not in COMPILED:
        try:
            COMPILED[text] = compile(text, 'wish', 'eval')
        except (SyntaxError, ValueError):
            COMPILED[text] = None
    return COMPILED[text]


class Wishes:
    """`space`: the globals of the function; `modules`: names that it imports itself. `demands`: [place, text, other places, wanted]; `failing`: [place of a call, what it raises]."""

    def __init__(self, demands, failing, space, modules=()):
        self.of, self.failing, self.space, self.modules = {}, {}, space, modules
        for short, text, others, wanted in demands:
            self.of.setdefault(self.inside(short), []).append((text, others, wanted))
        for short, kind in failing:
            self.failing[self.inside(short)] = kind

    def inside(self, short):
        """What a module that is missing gives is told without the module."""
        root, _, rest = short.partition('.')
        return rest if rest and (isinstance(self.space.get(root), types.ModuleType) or root in self.modules) else short

    def constants(self, short):
        made = []
        for text, _, _ in self.of[short]:
            try:
                tree = ast.parse(text, mode='eval')
            except SyntaxError:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and node.value is not Ellipsis and not any(type(one) is type(node.value) and one == node.value for one in made):
                    made.append(node.value)
                elif isinstance(node, (ast.Name, ast.Attribute)) and '_v' not in ast.unparse(node) and '_o' not in ast.unparse(node):
                    # A name of the file that the value is compared with.
                    try:
                        value = eval(compiled(ast.unparse(node)), self.space)
                    except Exception:
                        continue
                    if isinstance(value, (str, bytes, int, float, tuple, enum.Enum)) and not any(type(one) is type(value) and one == value for one in made):
                        made.append(value)
        return made[:16]

    def classes(self, short):
        """Names that the value is to be an instance of, as the condition writes them."""
        made = []
        for text, _, _ in self.of[short]:
            for node in ast.walk(ast.parse(text, mode='eval')):
                if isinstance(node, ast.Call) and getattr(node.func, 'id', '') in ('isinstance', 'issubclass') and len(node.args) == 2 and getattr(node.args[0], 'id', '') == '_v':
                    made += node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        return [ast.unparse(one) for one in made]

    def holds(self, world, short, value):
        for text, others, wanted in self.of[short]:
            code = compiled(text)
            if code is None:
                continue
            known = {}
            for one in others:
                if one in world.memo:
                    known[one] = world.memo[one]
            # What is not there yet is asked of later, with this value beside it.
            if len(known) < len(set(others)):
                continue
            try:
                if bool(eval(code, self.space, {'_v': value, '_o': known})) != wanted:
                    return False
            except Exception:
                return False
        return True

    def value(self, world, place, short):
        """-> (whether there is one, the value)"""
        from winnow_stands import Stand
        kept = dict(world.memo), list(world.effects), dict(world.writes), dict(world.calls), len(world.asked)
        count = 0
        for kind, made in self.candidates(world, place, short):
            count += 1
            if count > MOST:
                break
            world.memo, world.effects, world.writes, world.calls = dict(kept[0]), list(kept[1]), dict(kept[2]), dict(kept[3])
            try:
                value = made()
            except Exception:
                continue
            if kind != 'drawn' and not fits(world.facts['said'].get(short), value):
                continue
            if type(value) is Stand and kind in ('true', 'false'):
                world.decided[place] = kind == 'true'
            if self.holds(world, short, value):
                world.effects, world.writes, world.calls = kept[1], kept[2], kept[3]
                return True, value
            world.decided.pop(place, None)
        world.memo, world.effects, world.writes, world.calls = dict(kept[0]), kept[1], kept[2], kept[3]
        return False, None

    def candidates(self, world, place, short):
        from winnow_stands import EMPTY, Stand
        for salt in range(DRAWS):
            yield 'drawn', lambda: world.drawn(place, short, world.random('%s wish %d' % (place, salt) if salt else place))
        yield 'true', lambda: Stand(place, short)
        yield 'false', lambda: Stand(place, short)
        for name in self.classes(short):
            yield 'class', lambda: self.instance(world, name, place, short)
        kinds = world.known('types', short) or ()
        for kind in kinds:
            if kind in EMPTY:
                yield 'empty', lambda: EMPTY[kind]
            elif kind in ('list', 'tuple', 'set', 'iterator', 'mapping'):
                for size in (0, 1, 2, 3, 5):
                    yield 'size', lambda: world.sized(kind, place, short, size)
        constants = self.constants(short)
        for one in constants:
            yield 'literal', lambda: one
        for one in constants:
            for made in beside(one):
                yield 'beside', lambda: made
        for other in {other for _, others, _ in self.of[short] for other in others}:
            if other in world.memo:
                for made in (lambda: world.memo[other], lambda: [world.memo[other]], lambda: {world.memo[other]: 1}):
                    yield 'other', made
        element = lambda: world.value(place + '[0]', short + '[]')
        for one in constants:
            yield 'holding', lambda: [one]
            yield 'holding', lambda: {one: world.value('%s[%r]' % (place, one), short + '[]')}
            for two in constants:
                yield 'holding', lambda: {one: two}
        rare = world.random(place + ' text')
        for one in constants:
            if isinstance(one, str) and is_pattern(one):
                for made in samples(one, rare):
                    yield 'sample', lambda: made
        for made in (None, '', 'a', 0, 1, -1, 2, 1000, 1.5, True, False, b'', b'a'):
            yield 'plain', lambda: made
        for made in (['a'], ['a', 'b'], [1, 2], [], ('a', 1), [['a', 'b']], [('a', 1), ('b', 2)], {'a': 'b'}, '1', '12', '2020-01-02', 'a b c', 'a:b', 'a=b'):
            yield 'plain', lambda: type(made)(made) if not isinstance(made, str) else made
        for size in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9):
            yield 'size', lambda: [world.value('%s[%d]' % (place, index), short + '[]') for index in range(size)]
        yield 'size', lambda: {}
        yield 'size', lambda: {'a': element()}

    def instance(self, world, name, place, short):
        from winnow_stands import Stand
        kind = eval(name, self.space)
        if isinstance(kind, type):
            plain = {str: 'text', int: 'integer', float: 'float', bytes: 'bytes', bool: 'boolean', slice: 'slice', list: 'list', tuple: 'tuple', set: 'set', dict: 'mapping'}.get(kind)
            if plain is not None:
                return world.of_type(plain, place, short, world.random(place))
            own = world.classes.get(name)
            if own is not None and not issubclass(kind, enum.Enum):
                return own(place, short)
            if issubclass(kind, enum.Enum):
                return next(iter(kind)) if len(kind) else kind('Kind', 'a b').a
            return type(kind)(kind.__name__, (kind,), {'_winnow_name': kind.__name__}).__new__(kind)
        return Stand(place, short)

    def raised(self, short, salt):
        """What a call at this place raises, or None."""
        if short not in self.failing:
            return None
        return error_of(self.failing[short], self.space, salt)


PLAIN = {'text': str, 'integer': (int, float), 'float': (int, float), 'bytes': (bytes, bytearray), 'boolean': bool, 'list': (list, tuple), 'tuple': tuple, 'set': (set, frozenset), 'mapping': dict, 'none': type(None), 'slice': slice}


def fits(said, value):
    """Whether a value is of a type that is said of it; None may stand for everything, as callers go."""
    if not said or value is None:
        return True
    kinds = [PLAIN.get(one) for one in said]
    if None in kinds:
        return not isinstance(value, (str, int, float, bytes, list, tuple, dict, set)) or any(kind is not None and isinstance(value, kind) for kind in kinds)
    return any(isinstance(value, kind) for kind in kinds)


def error_of(text, space, salt):
    from winnow_stands import Stand, error_class, is_error
    try:
        kind = eval(text, dict(space))
    except Exception:
        # One of a module that the function imports itself.
        name = text.rpartition('.')[2]
        if '.' not in text or not is_error(name):
            return None
        kind = error_class(name)
    if isinstance(kind, tuple) and kind:
        kind = kind[salt % len(kind)]
    if isinstance(kind, Stand):
        return None
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return None
    if kind in (BaseException, Exception):
        kind = error_class('Error')
    for args in (ENDS.get(kind.__name__, ('a',)), (), ('a', 'a')):
        try:
            return kind(*args)
        except Exception:
            continue
    return None


def beside(value):
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, (int, float)):
        return [value + 1, value - 1, -value, value * 2 + 1]
    if isinstance(value, str):
        return [value + 'a', 'a' + value, 'a' + value + 'b', value.upper(), value.lower(), value + ' ', value * 2, value + '1', 'a' + value + 'b' + value + 'c']
    if isinstance(value, bytes):
        return [value + b'a', b'a' + value, b'a' + value + b'b']
    return []
