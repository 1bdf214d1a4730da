"""What an error says of the guesses that it came from: which value was of the wrong type, and which type was asked for.

The operation that failed is found by its place, its operands are those whose pools a guess was made for. The message often names the type that would have done; where it does
not, an instance takes the value's place, since it does what is asked of it. Only what was guessed is corrected.
"""

import ast
import json
import re

from winnow_pools import guess
from winnow_words import METHOD_TYPES

TYPES = {'str': 'text', 'int': 'integer', 'float': 'float', 'bytes': 'bytes', 'list': 'list', 'tuple': 'tuple', 'dict': 'mapping', 'set': 'set', 'bool': 'boolean', 'NoneType': 'none',
         'string': 'text', 'integer': 'integer', 'a number': 'integer', 'number': 'integer', 'real number': 'float', 'os.PathLike object': 'text', 'mapping': 'mapping', 'sequence': 'list', 'iterable': 'list',
         'type': 'class', 'a class': 'class', 'bytes-like object': 'bytes', 'unicode': 'text'}
# What messages call the type that is wanted, weightiest first.
ASKED = [re.compile(pattern) for pattern in (
    r'can only (?:concatenate|join an?) (\w+)', r'(?:must be|expected|requires|should be|need)(?: an?| of type)? ?(?:instance of )?(str|int|float|bytes|list|tuple|dict|set|string|integer|a number|real number|mapping|sequence|iterable|type|bytes-like object)\b',
    r'an? (bytes-like object|number|integer|string|float|mapping|sequence) is required',
    r'not (?:a|an) (string|integer|number|mapping)',
)]
CONCRETE = frozenset(('none', 'boolean', 'integer', 'float', 'text', 'bytes', 'list', 'tuple', 'set', 'mapping', 'iterator', 'file', 'path', 'regex', 'time'))


def want(round, source, node, error):
    """Writes what is to be guessed instead, the most likely first."""
    told = set()
    for operand, kind, value, why in corrections(round, source, node, error):
        line, column = source.place(operand)
        what = source.text(operand)
        if (line, column, what) not in told:
            told.add((line, column, what))
            round.rows.want(source.path, line, column, 'name', what, kind, value, why)
    missing = getattr(error, 'filename', None)
    if isinstance(error, OSError) and isinstance(missing, str) and missing and not missing.startswith('/'):
        line, column = source.place(node) if node is not None else (1, 1)
        is_list = node is not None and any(word in source.text(node) for word in ('listdir', 'scandir', 'chdir', 'iterdir', 'walk', 'mkdtemp'))
        round.rows.want(source.path, line, column, 'file', missing, 'list' if is_list or isinstance(error, NotADirectoryError) else 'file', None, 'it is not there')


def corrections(round, source, node, error):
    if node is None:
        return
    message = str(error)
    parts = operands(node)
    guessed = [(operand, *guess_of(source, operand)) for operand in parts + origins(source, parts)]
    guessed = [(operand, kind) for operand, kind in guessed if kind is not None]
    why = '%s: %s' % (type(error).__name__, message[:120])
    if isinstance(error, AttributeError):
        yield from attribute(source, node, guessed, why)
        return
    if type(error).__name__ == 'JSONDecodeError' and isinstance(node, ast.Call):
        text = json_for(round, source, node)
        for operand, kind in guessed:
            if kind in ('text', 'instance', 'bytes'):
                yield operand, 'text', text, why
        return
    spread = list(too_many(source, node, message))
    if spread:
        yield from ((operand, kind, value, why) for operand, kind, value in spread)
        return
    if isinstance(error, ValueError):
        found = re.search(r'not enough values to unpack \(expected (?:at least )?(\d+)|too many values to unpack \(expected (\d+)', message)
        if found:
            yield from unpacked(source, parts, guessed, int(found.group(1) or found.group(2)), why)
            return
        if 'invalid literal for int' in message or 'could not convert string to float' in message:
            for operand, kind in guessed:
                if kind == 'text':
                    yield operand, 'text', "'1'", why
            return
    if isinstance(error, KeyError) or isinstance(error, IndexError):
        if isinstance(node, ast.Subscript):
            base = guess_of(source, node.value)[0]
            texts = [operand for operand, kind in guessed if kind == 'text']
            if texts and 'string index' in message:
                yield texts[0], 'text', "'bcdefgh'", why
                return
            if base is not None:
                yield node.value, 'instance', None, why
        for operand, kind in guessed:
            if kind in CONCRETE:
                yield operand, 'instance', None, why
        return
    asked = next((TYPES[found.group(1)] for pattern in ASKED for found in [pattern.search(message)] if found and found.group(1) in TYPES), None)
    pair = re.search(r"unsupported operand type\(s\) for .*: '(\w+)' and '(\w+)'", message) or re.search(r"between instances of '(\w+)' and '(\w+)'", message)
    if pair and isinstance(node, (ast.BinOp, ast.Compare, ast.AugAssign)):
        sides = [(node.left, node.right)] if isinstance(node, ast.BinOp) else [(node.target, node.value)] if isinstance(node, ast.AugAssign) else [(node.left, node.comparators[0])]
        for (left, right) in sides:
            for mine, other_type, own_type in ((left, pair.group(2), pair.group(1)), (right, pair.group(1), pair.group(2))):
                kind = guess_of(source, mine)[0]
                other = TYPES.get(other_type)
                if kind in CONCRETE and other is not None and other != kind and other != 'none':
                    yield mine, other, None, why
        for operand, kind in guessed:
            if kind in CONCRETE:
                yield operand, 'instance', None, why
        return
    wrong = re.search(r"'(\w+)' object|not '?(\w+)'?|\"(\w+)\"\)", message)
    wrong = TYPES.get(next((part for part in wrong.groups() if part), '')) if wrong else None
    for operand, kind in guessed:
        if kind == wrong and kind != 'instance':
            yield operand, asked if asked not in (None, kind) else 'list' if 'not iterable' in message and kind in ('integer', 'none', 'boolean') else 'instance', None, why
    for operand, kind in guessed:
        if asked is not None and kind in ('instance', 'callable') and ('Instance' in message or wrong is None):
            yield operand, asked, None, why
    for operand, kind in guessed:
        if kind in CONCRETE:
            yield operand, 'instance', None, why
    # A function that takes no instance most often takes a number, or a text.
    for operand, kind in guessed:
        if kind == 'instance' and asked is None and 'Instance' in message and isinstance(node, ast.Call):
            yield operand, 'integer', None, why


def too_many(source, node, message):
    """Arguments that are spread into a call which does not take them: none are there."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    if 'unexpected keyword argument' in message or 'takes no keyword arguments' in message or 'invalid keyword argument' in message:
        yield from ((one.value, 'mapping', '{}') for call in calls for one in call.keywords if one.arg is None and guess_of(source, one.value)[0] == 'mapping')
    elif re.search(r'takes .*argument.* given|expected at most \d+ argument', message):
        yield from ((one.value, 'tuple', '()') for call in calls for one in call.args if isinstance(one, ast.Starred) and guess_of(source, one.value)[0] in ('tuple', 'list'))


def json_for(round, source, call):
    """A text that gives what is asked of the value that is read from it."""
    pool = source.uses.of.get(source.original.get(key_of(call)))
    value = round.maker.make(pool, 'a', None)[1] if pool is not None else {}
    try:
        return repr(json.dumps(value if isinstance(value, (dict, list)) else {'a': 1}, default=lambda _: {'a': 'a'}))
    except (TypeError, ValueError):
        return repr('{"a": 1}')


def attribute(source, node, guessed, why):
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        # An attribute was written that the value cannot have.
        node = next((target for target in getattr(node, 'targets', None) or [node.target] if isinstance(target, ast.Attribute)), node)
    if isinstance(node, ast.Attribute):
        given = assigned_before(source, node.value)
        if given is not None and guess_of(source, given)[0] in CONCRETE:
            yield given, 'instance', None, why
        kind = guess_of(source, node.value)[0]
        if kind is not None:
            asked = METHOD_TYPES.get(node.attr)
            yield node.value, asked if asked not in (None, kind) else 'instance', None, why
            return
    for operand, kind in guessed:
        if kind in CONCRETE:
            yield operand, 'instance', None, why


def unpacked(source, parts, guessed, count, why):
    """A text that is split must have the parts; anything else is a tuple of them."""
    for operand in parts:
        if isinstance(operand, ast.Call) and isinstance(operand.func, ast.Attribute) and operand.func.attr in ('split', 'rsplit') and guess_of(source, operand.func.value)[0] == 'text':
            separator = operand.args[0].value if operand.args and isinstance(operand.args[0], ast.Constant) and isinstance(operand.args[0].value, str) else ' '
            yield operand.func.value, 'text', repr(separator.join(['a'] * count)), why
            return
    for operand, kind in guessed:
        if kind in CONCRETE or kind == 'instance':
            yield operand, 'tuple', repr(tuple('a' * count)), why


def origins(source, parts):
    """What variables among operands that nothing was guessed for were computed from, one step back in the text."""
    found = []
    for part in parts:
        given = assigned_before(source, part)
        if given is not None and guess_of(source, part)[0] is None:
            found += [child for child in ast.walk(given) if isinstance(child, ast.expr)]
    return found[:20]


def assigned_before(source, part):
    """What the text assigned to a variable last before it stands here; None."""
    if not isinstance(part, ast.Name):
        return None
    before = [node for node in source.statements if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and node.lineno < part.lineno
              and any(isinstance(target, ast.Name) and target.id == part.id for target in getattr(node, 'targets', None) or [node.target])]
    return before[-1].value if before else None


def guess_of(source, node):
    """-> (type,) that was guessed for an expression, or (None,) where none was."""
    found = source.original.get(key_of(node))
    pool = source.uses.of.get(found) if found is not None else None
    pool = pool.root() if pool is not None else None
    if pool is None or pool.chosen is None and pool.fix is None:
        return (None,)
    return (guess(pool)[0],)


def key_of(node):
    return type(node).__name__, getattr(node, 'lineno', 0), getattr(node, 'col_offset', 0), getattr(node, 'end_lineno', 0), getattr(node, 'end_col_offset', 0)


def operands(node):
    """What an operation works on, what stands nearest to it first."""
    if isinstance(node, ast.BinOp):
        first = [node.left, node.right]
    elif isinstance(node, ast.Compare):
        first = [node.left] + node.comparators
    elif isinstance(node, ast.Attribute):
        first = [node.value]
    elif isinstance(node, ast.Subscript):
        first = [node.value, node.slice]
    elif isinstance(node, ast.Call):
        first = list(node.args) + [keyword.value for keyword in node.keywords] + ([node.func.value] if isinstance(node.func, ast.Attribute) else []) + [node.func]
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        first = [node.iter]
    elif isinstance(node, ast.AugAssign):
        first = [node.target, node.value]
    else:
        first = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    found = [part.value if isinstance(part, ast.Starred) else part for part in first]
    for part in list(found):
        if len(found) > 40:
            break
        if isinstance(node, ast.stmt) or isinstance(part, (ast.BinOp, ast.Tuple, ast.List, ast.Dict, ast.JoinedStr, ast.FormattedValue, ast.BoolOp, ast.UnaryOp, ast.IfExp)) or isinstance(node, ast.Call):
            found += [child for child in ast.walk(part) if isinstance(child, ast.expr) and child is not part]
    return found
