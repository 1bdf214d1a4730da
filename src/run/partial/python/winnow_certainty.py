"""Whether an error is genuine: from what the failing operation worked on, and what led there."""

import ast
import builtins

from winnow_origin import Origins
from winnow_written import UNKNOWN

# What is missing outside the program causes these: files, modules, the network, memory.
OUTSIDE = (ImportError, OSError, EOFError, MemoryError)
NAMES = (NameError,)


def certainty_of(round, source, node, line, error):
    """-> (certainty, indices of injected values, whether a condition over injected values led there)."""
    if round.level == 1:
        # Nothing is traced here: what comes behind something missing that the program caught, or that ended a thread, may come from that.
        round.lacks(error)
        return 'possible' if round.lacked else 'genuine', [], False
    own = getattr(error, '_winnow_index', None)
    if own is not None:
        return 'possible', [own], True
    if node is None:
        return 'possible', [], True
    if source.origins is None:
        source.origins = Origins(round, source)
    origins = source.origins
    origins.steps, origins.decided = 0, set()
    origins.come, origins.wanted = set(), 20
    try:
        nothing = nothing_in(node, str(error))
        origins.nothing = (operand_of(node) if nothing is None else nothing) if "'NoneType'" in str(error) else None
        found = origins.of(node if nothing is None else nothing, None)
        # That a condition led there is all that is still asked where a value did.
        origins.come, origins.wanted = set(), 1 if found else None
        path = origins.path(node) | origins.decided
        if isinstance(error, RecursionError):
            found |= path | origins.around(error)
    except RecursionError:
        found, path = {UNKNOWN}, {UNKNOWN}
    because = set(found)
    if id(error) in round.raised or isinstance(error, AssertionError) or isinstance(error, NAMES):
        because |= path
    # What a condition would have kept out, no value of the program's own can be blamed for.
    because |= path & set(source.forced.values())
    if is_of_outside(error):
        because.add(UNKNOWN)
    return 'possible' if because else 'genuine', sorted(index for index in because if index >= 0)[:20], bool(path)


def is_of_missing(error):
    """Whether it, or what it was raised for, tells of a name or of something outside that is not there."""
    for _ in range(5):
        if isinstance(error, NAMES) or error is not None and is_of_outside(error):
            return True
        error = getattr(error, '__cause__', None) or getattr(error, '__context__', None)
    return False


def is_of_outside(error):
    """Whether it tells of something that is not there, or of another program that failed; that there are no threads here, or no more of them."""
    return isinstance(error, OUTSIDE) or type(error).__module__ == 'subprocess' or type(error) is RuntimeError and error.args == ("can't start new thread",)


def nothing_in(node, message):
    """The operand that is None, of an operation that nothing allows with None: what the other is does not matter."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.BitOr, ast.BitAnd)):
        sides = node.left, node.right
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and not isinstance(node.ops[0], (ast.In, ast.NotIn)):
        sides = node.left, node.comparators[0]
    else:
        return None
    if message.endswith("and 'NoneType'"):
        # An injected left operand told of itself first, wherever None stood.
        return sides[0] if isinstance(sides[0], ast.Constant) and sides[0].value is None else sides[1]
    return sides[0] if "'NoneType' and" in message else None


def operand_of(node):
    """What an operation with one operand works on."""
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return node.value
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return node.iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords and node.func.id in builtins.__dict__:
        return node.args[0]
    return None
