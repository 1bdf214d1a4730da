"""Values as text: a literal where there is one, so that whoever reads it needs no trust in who wrote it.

Sets and mappings are sorted by the text of their parts, so that equal values have equal texts. What has no literal is told by its type, `?name`; a generator by its
first elements, `?generator[1, 2]`. Subclasses of the plain types are told as these, since they compare as these do.
"""

import ast
import itertools

DEEP, LONG, ELEMENTS, BITS, MOST_BITS = 30, 20_000, 1_000, 10_000, 1 << 24
#: Parts of a dict by their text, and not in their own order: so equal values have equal texts.
SORTED = True
#: What else has a text, `(value, its type, depth) -> text`: `winnow_typed.py` sets it, and has values told by kind and content instead of by their type alone.
TYPED = None
#: Set by `winnow_typed.py` too: numbers that are equal have one text; parts that a collection may have beyond `LONG`.
LOOSE, PARTS = False, 0
plain_repr, plain_type, plain_subclass, plain_sorted, plain_len = repr, type, issubclass, sorted, len
LAZY = (type(one for one in ()), map, filter, zip, range, type({}.keys()), type({}.values()), type({}.items()))


class Endless(Exception):
    """Larger than anybody wants to compare."""


def text_of(value):
    try:
        text = write(value, 0)
    except Endless:
        return '?large'
    return text if plain_len(text) <= LONG else '?large'


def write(value, depth):
    kind = plain_type(value)
    if value is None or kind is bool or kind is int or kind is str or kind is bytes:
        if kind is int and value.bit_length() > BITS:
            if TYPED is None or value.bit_length() > MOST_BITS:
                raise Endless
            return hex(value)
        return plain_repr(value if kind is not bool or not LOOSE else 1 if value else 0)
    if LOOSE and kind is float and value.is_integer():
        return write(int(value), depth)
    if kind is float or kind is complex:
        return plain_repr(value)
    if depth > DEEP:
        raise Endless
    return TYPED(value, kind, depth) if TYPED is not None else held(value, kind, depth)


def held(value, kind, depth):
    """Subclasses and collections. What a value says of its class is not asked: `__class__` may be anything."""
    if plain_subclass(kind, float):
        return float.__repr__(value)
    if plain_subclass(kind, int):
        return int.__repr__(value)
    if plain_subclass(kind, str):
        return str.__repr__(value)
    if plain_subclass(kind, (list, tuple, set, frozenset)):
        base = list if plain_subclass(kind, list) else tuple if plain_subclass(kind, tuple) else set if plain_subclass(kind, set) else frozenset
        if base.__len__(value) > max(LONG, PARTS):
            raise Endless
        parts = [write(part, depth + 1) for part in base.__iter__(value)]
        if base is list:
            return '[' + ', '.join(parts) + ']'
        if base is tuple:
            return '(' + ', '.join(parts) + (',)' if plain_len(parts) == 1 else ')')
        parts = plain_sorted(parts)
        told = '{' + ', '.join(parts) + '}' if parts else 'set()'
        return told if base is set else 'frozenset(' + told + ')'
    if plain_subclass(kind, dict):
        if dict.__len__(value) > max(LONG, PARTS):
            raise Endless
        parts = [write(key, depth + 1) + ': ' + write(part, depth + 1) for key, part in dict.items(value)]
        return '{' + ', '.join(plain_sorted(parts) if SORTED else parts) + '}'
    if plain_subclass(kind, LAZY):
        parts = [write(part, depth + 1) for part in itertools.islice(value, ELEMENTS)]
        return '?%s[%s]' % (kind.__name__, ', '.join(parts))
    return '?' + kind.__name__[:80]


class Opaque:
    """Stands for a value without a literal: equal to nothing but itself."""

    def __init__(self, elements=None):
        if elements is not None:
            self.elements = elements

    def __iter__(self):
        if not hasattr(self, 'elements'):
            raise TypeError('not iterable')
        return iter(self.elements)


def value_of(text):
    """The value that a text stands for; nothing of it is executed."""
    if text.startswith('?'):
        name, bracket, rest = text.partition('[')
        return Opaque(value_of(bracket + rest)) if bracket else Opaque()
    return read(ast.parse(text, mode='eval').body)


def read(node):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List):
        return [read(part) for part in node.elts]
    if isinstance(node, ast.Tuple):
        return tuple(read(part) for part in node.elts)
    if isinstance(node, ast.Set):
        return {read(part) for part in node.elts}
    if isinstance(node, ast.Dict):
        return {read(key): read(part) for key, part in zip(node.keys, node.values)}
    if isinstance(node, ast.Name) and node.id in ('nan', 'inf'):
        return float(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -read(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = read(node.left), read(node.right)
        return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ('set', 'frozenset') and len(node.args) < 2:
        return (set if node.func.id == 'set' else frozenset)(*[read(part) for part in node.args])
    return Opaque()
