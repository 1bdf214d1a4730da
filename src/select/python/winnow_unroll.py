"""Loops of a test are written out, where what they go over stands in it: `for x, y in [(1, 2), (3, 4)]: assert f(x) == y` is two asserts, and so is `assert all(f(x) == y for x, y in [(1, 2), (3, 4)])`.

What comes out is one expression that holds when the test passes. Only what a test says by itself is used: literals, and `range`, `zip` and `enumerate` of them. Everything else is no loop that is known, and the test runs inside.
"""

import ast
import itertools

#: Passes of all loops of a test: calls beyond them are few tests' and every candidate's time.
MOST = 64
#: These take all of what they are given, so that a list may stand for what is made one by one.
TAKES_ALL = ('list', 'tuple', 'set', 'frozenset', 'sorted', 'sum', 'max', 'min', 'dict')
MUTABLE = (list, dict, set)
#: Parts of a text or list that is written out.
LONGEST = 10_000


class Unknown(Exception):
    """What is gone over, or done, is not told by the test alone."""


class State:
    """Of one test: passes that are left to its loops, and its lists and dicts that the function got or the test looks at."""

    def __init__(self):
        self.left, self.given, self.looked, self.gone = MOST, [], [], set()

    def shares(self, one, is_given):
        """A candidate that changes what it gets would change what the test then looks at, or gives to the next call; each call written out has its own."""
        if any(other is one for other in (self.given + self.looked if is_given else self.given)):
            raise Unknown
        (self.given if is_given else self.looked).append(one)


def unrolled(body, entry):
    """-> an expression that is true when these statements pass. @raises Unknown"""
    state, asserts = State(), []
    statements(body, entry, {}, state, asserts)
    if not asserts:
        raise Unknown
    return asserts[0] if len(asserts) == 1 else ast.BoolOp(ast.And(), asserts)


def statements(body, entry, known, state, asserts, in_loop=False):
    for one in body:
        if isinstance(one, ast.Assert):
            asserts.append(held(one.test, entry, known, state))
        elif isinstance(one, ast.For) and not one.orelse:
            for bound in passes(one.target, one.iter, known, state):
                statements(one.body, entry, bound, state, asserts, True)
            # They live on with what the last pass left, which is not kept here.
            for node in ast.walk(one.target):
                if isinstance(node, ast.Name):
                    known.pop(node.id, None)
                    state.gone.add(node.id)
        elif isinstance(one, ast.Assign) and not in_loop and len(one.targets) == 1 and isinstance(one.targets[0], (ast.Name, ast.Tuple)):
            # In a loop it would be there in the next pass.
            known.update(matched(one.targets[0], value(one.value, known), {}))
        else:
            raise Unknown


def held(test, entry, known, state):
    """What an assert asks. `all` stops at the first that fails, and then the test fails: so it may as well ask all of them."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return ast.BoolOp(ast.And(), [held(part, entry, known, state) for part in test.values])
    turned = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    call = test.operand if turned else test
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == ('any' if turned else 'all') and len(call.args) == 1 and not call.keywords and isinstance(call.args[0], (ast.GeneratorExp, ast.ListComp)):
        parts = [ast.UnaryOp(ast.Not(), one) if turned else one for one in elements(call.args[0], entry, known, state)]
        return ast.BoolOp(ast.And(), parts) if len(parts) > 1 else parts[0] if parts else ast.Constant(True)
    return Written(entry, known, state).visit(copied(test))


def copied(node):
    return ast.parse(ast.unparse(node), mode='eval').body


def elements(made, entry, known, state):
    bounds = [known]
    for part in made.generators:
        if part.ifs or part.is_async:
            raise Unknown
        bounds = [inner for bound in bounds for inner in passes(part.target, part.iter, bound, state)]
    return [Written(entry, bound, state).visit(copied(made.elt)) for bound in bounds]


def passes(target, over, known, state):
    """-> what is known in each pass of a loop"""
    found = []
    for one in gone_over(over, known):
        state.left -= 1
        if state.left < 0:
            raise Unknown
        found.append(matched(target, one, dict(known)))
    return found


def gone_over(node, known):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, args = node.func.id, node.args
        if name == 'range':
            limits = [value(one, known) for one in args]
            if 0 < len(limits) < 4 and all(type(one) is int for one in limits) and (len(limits) < 3 or limits[2] != 0):
                return itertools.islice(range(*limits), MOST + 1)
        elif name == 'zip' and args:
            return zip(*[list(gone_over(one, known)) for one in args])
        elif name == 'enumerate' and len(args) == 1:
            return enumerate(list(gone_over(args[0], known)))
        raise Unknown
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'items' and not node.args and not node.keywords:
        table = value(node.func.value, known)
        if type(table) is dict:
            return table.items()
        raise Unknown
    several = value(node, known)
    # The order of a set is nobody's promise.
    if type(several) not in (list, tuple, str, dict):
        raise Unknown
    return several


def value(node, known):
    if isinstance(node, ast.Name):
        if node.id not in known:
            raise Unknown
        return known[node.id]
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [value(one, known) for one in node.elts]
        return parts if isinstance(node, ast.List) else tuple(parts)
    if isinstance(node, ast.BinOp):
        return computed(node.op, value(node.left, known), value(node.right, known))
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise Unknown from None


def computed(sign, one, other):
    """`[1] * 3`, `'a' + 'b'`, `10 ** 9`: what stands for a literal that is long to write."""
    kinds = type(one), type(other)
    if isinstance(sign, ast.Add) and kinds[0] is kinds[1] and (kinds[0] in (int, float) or kinds[0] in (str, list, tuple) and len(one) + len(other) <= LONGEST):
        return one + other
    if isinstance(sign, ast.Sub) and kinds[0] is kinds[1] and kinds[0] in (int, float):
        return one - other
    if isinstance(sign, ast.Mult) and kinds == (int, int) and max(abs(one), abs(other)) < 1 << 64:
        return one * other
    # Repeated lists are one list at several places, which no literal says.
    if isinstance(sign, ast.Mult) and kinds[0] in (str, list, tuple) and kinds[1] is int and len(one) * max(0, other) <= LONGEST and not (kinds[0] is not str and any(isinstance(part, MUTABLE) for part in one)):
        return one * other
    if isinstance(sign, ast.Pow) and kinds == (int, int) and 0 <= other <= 64 and abs(one) < 1 << 16:
        return one**other
    raise Unknown


def matched(target, one, bound):
    """Names of a target with their parts of a value, added to `bound`."""
    if isinstance(target, ast.Name):
        bound[target.id] = one
        return bound
    if not isinstance(target, (ast.Tuple, ast.List)) or type(one) not in (tuple, list, str) or len(target.elts) != len(one):
        raise Unknown
    for inner, part in zip(target.elts, one):
        matched(inner, part, bound)
    return bound


def literal(one):
    """A value as it is written in a test."""
    counted(one, [10 * LONGEST])
    try:
        text = repr(one)
        if ast.literal_eval(text) != one:
            raise Unknown
        return ast.parse(text, mode='eval').body
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Unknown from None


def counted(one, left):
    """Lists that hold a list twice, which holds another twice, are small here and endless when written."""
    left[0] -= 1 + (len(one) if isinstance(one, (str, bytes)) else 0)
    if left[0] < 0:
        raise Unknown
    if isinstance(one, dict):
        one = [part for pair in one.items() for part in pair]
    if isinstance(one, (list, tuple, set, frozenset)):
        for part in one:
            counted(part, left)


class Written(ast.NodeTransformer):
    """Names of loops become their values, and what is made of each becomes a list."""

    def __init__(self, entry, known, state):
        self.entry, self.known, self.state, self.given = entry, known, state, 0

    def visit_Name(self, node):
        if node.id not in self.known:
            if node.id in self.state.gone:
                raise Unknown
            return node
        if not isinstance(node.ctx, ast.Load):
            raise Unknown
        one = self.known[node.id]
        if isinstance(one, MUTABLE):
            self.state.shares(one, self.given > 0)
        return literal(one)

    def visit_Call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else ''
        if name == self.entry:
            self.given += 1
            made = self.generic_visit(node)
            self.given -= 1
            return made
        if name in TAKES_ALL and len(node.args) >= 1 and isinstance(node.args[0], ast.GeneratorExp) and self.calls(node.args[0]):
            node.args[0] = ast.ListComp(node.args[0].elt, node.args[0].generators)
        return self.generic_visit(node)

    def visit_ListComp(self, node):
        if not self.calls(node):
            return self.plain(node)
        return ast.List(elements(node, self.entry, self.known, self.state), ast.Load())

    def plain(self, node):
        """Nothing of it calls the function: it stays, unless its names are taken for a loop's."""
        bound = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        bound |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
        inner = Written(self.entry, {name: one for name, one in self.known.items() if name not in bound}, self.state)
        inner.given = self.given
        return ast.NodeTransformer.generic_visit(inner, node)

    visit_GeneratorExp = visit_SetComp = visit_DictComp = visit_Lambda = plain

    def calls(self, node):
        return any(isinstance(one, ast.Name) and one.id == self.entry for one in ast.walk(node))
