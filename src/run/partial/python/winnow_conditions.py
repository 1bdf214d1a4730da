"""Which way each condition of a file should go for most of it to run, and what that asks of the values in it.

A way is worth the statements that it leads to: those of its branch, and those behind the branch unless it ends the function, the loop's turn, or the program: the longest path through the
text that is left. Turns of a loop are planned one after the other, each for what those before it leave out, so that they go through a chain of `elif` one by one. A condition
is broken down into leaves (`not`, `and`, `or`), each with the way it should go; a leaf that compares a missing value tells its pool which literal it is compared with.
"""

import ast

from winnow_derived import LARGEST, Definitions, derived, replaced
from winnow_known import MODULES
from winnow_paths import AGAIN, LOOPS, TRIES, TURNS, Paths

# Conditions that are handed on to what a value is made of.
MOST = 20
# What a way is worth that a round is told to take: more than all that other conditions ask.
ASKED = 1000


class Leaf:
    """A condition without `and`, `or` or `not` in it. `ways`: the way it should go on each visit; `worth`: statements that the first gains; `other`: whether the other way may be tried on a later visit."""

    __slots__ = ('node', 'ways', 'worth', 'loops', 'other', 'branch', 'visits', 'off', 'compared', 'asks')

    def __init__(self, node, want, worth, loops, other, branch):
        self.node, self.ways, self.worth, self.loops, self.other, self.branch = node, [want], worth, loops, other, branch
        self.visits = 0
        # What it compares, and how often it may still say what one of two numbers should be.
        self.compared, self.asks = None, 2
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]).__name__ in COMPARED:
            self.compared = (node.left, type(node.ops[0]).__name__, node.comparators[0])
        # Turns that are not planned to come here: what a value is then does not matter.
        self.off = set()

    @property
    def want(self):
        return self.ways[0]

    def way(self, turn):
        """The way it should go on a visit, counted from 0; of values, on the visit that the value is for."""
        if self.loops and len(self.ways) > 1:
            return self.ways[turn % len(self.ways)]
        return self.want if not (turn % 2 and self.other) else not self.want

    def next_way(self):
        """The way that it should go on the visit that comes now: on the first as on the first turn that is planned to come here."""
        if not self.loops:
            return self.want
        turns = [turn for turn in range(len(self.ways)) if turn not in self.off] or [0]
        return self.ways[turns[self.visits % len(turns)]]

    def weight(self, turn):
        return self.worth * AGAIN if (turn % len(self.ways) if self.loops else 0) in self.off else self.worth


class Conditions:
    def __init__(self, uses, asked):
        """`asked`: ways that a round is told to take, {(line, column from 0 in bytes): bool}. They go before what seems best."""
        self.uses = uses
        self.leaves = {}
        self.asked = asked
        self.paths, self.turn = Paths(), 0
        self.definitions, self.known = None, {}
        # Turns of a loop whose longest path comes to a statement, where not all do.
        self.planned = {}

    def read(self, tree):
        """Of all conditions in a tree."""
        self.definitions = Definitions(tree)
        has_loop = any(isinstance(node, LOOPS) for node in ast.walk(tree))
        for self.turn in range(TURNS if has_loop else 1):
            self.block(tree.body, 0, 0, False)
            self.paths.path = set()
            self.paths.take(tree.body, False, True)
            for statement in self.paths.path:
                self.planned.setdefault(statement, []).append(self.turn)
            for leaf in self.leaves.values():
                if isinstance(leaf.branch, ast.If) and leaf.branch not in self.paths.path:
                    leaf.off.add(self.turn)
        self.planned = {statement: turns for statement, turns in self.planned.items() if len(turns) < (TURNS if has_loop else 1)}
        # What is asked of `x.strip()` is asked of x.
        for base, result in reversed(self.uses.preserved):
            base, result = base.root(), result.root()
            if base is not result:
                base.conditions += [condition for condition in result.conditions if condition not in base.conditions][:MOST]
                for key, part in result.parts.items():
                    if key[0] == 'j':
                        base.parts.setdefault(key, part)

    def block(self, body, after, turn, loops):
        """`after`: statements behind this block that are reached when it is left at its end; `turn`: when its turn is left."""
        behind = after
        for statement in reversed(body):
            self.statement(statement, behind, turn, loops)
            behind = self.paths.through(statement, behind, turn, loops)

    def statement(self, statement, behind, turn, loops):
        self.known = {}
        self.expressions(statement, loops)
        self.known = self.definitions.at.get(getattr(statement, 'test', None), {})
        if isinstance(statement, ast.If):
            own = self.paths.own(statement)
            yes, no = own + self.paths.best(statement.body, behind, turn, loops), self.paths.best(statement.orelse, behind, turn, loops)
            # Of two that are alike, the one that leaves is the rarer.
            want = yes > no or yes == no and self.paths.end(statement.body) != 'out'
            other_end = self.paths.end(statement.orelse if want else statement.body)
            self.paths.chosen[statement] = self.leaf(statement.test, want, abs(yes - no) + 0.5, loops, other_end != 'out', statement)
            self.block(statement.body, behind, turn, loops)
            self.block(statement.orelse, behind, turn, loops)
        elif isinstance(statement, ast.While):
            self.leaf(statement.test, True, 1 + self.paths.inside(statement.body), True, True, statement)
            self.block(statement.body, behind, behind, True)
            self.block(statement.orelse, behind, turn, loops)
        elif isinstance(statement, (ast.For, ast.AsyncFor)):
            if self.turn == 0 and self.paths.end(statement.body) == 'out':
                # Its first turn is its last: what is behind it runs where nothing is gone over.
                inner = 1 + self.paths.best(statement.body, 0, 0, True)
                self.uses.pool(statement.iter).condition('truth', None, Leaf(statement.iter, inner >= behind, abs(inner - behind) + 0.5, loops, False, statement))
            self.block(statement.body, behind, behind, True)
            self.block(statement.orelse, behind, turn, loops)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            self.block(statement.body, behind, turn, loops)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.block(statement.body, 0, 0, False)
        elif isinstance(statement, ast.ClassDef):
            self.block(statement.body, behind, 0, loops)
        elif isinstance(statement, TRIES):
            final = self.paths.best(statement.finalbody, behind, turn, loops)
            rest = self.paths.best(statement.orelse, final, turn, loops)
            self.block(statement.body, rest, turn, loops)
            for handler in statement.handlers:
                self.block(handler.body, final, turn, loops)
            self.block(statement.orelse, final, turn, loops)
            self.block(statement.finalbody, behind, turn, loops)
        elif isinstance(statement, ast.Assert):
            self.leaf(statement.test, True, 1 + behind, loops, False, statement)
        elif type(statement).__name__ == 'Match':
            for case in statement.cases:
                self.block(case.body, behind, turn, loops)

    def expressions(self, statement, loops):
        """Conditional expressions and filters of comprehensions within a statement, without those of statements in it."""
        for field, value in ast.iter_fields(statement):
            if field in ('body', 'orelse', 'finalbody', 'handlers', 'cases'):
                continue
            for part in value if isinstance(value, list) else [value]:
                if not isinstance(part, ast.AST):
                    continue
                for node in ast.walk(part):
                    if isinstance(node, ast.IfExp):
                        self.leaf(node.test, self.turn % 2 == 0, 0.3, loops, True, node)
                    elif isinstance(node, ast.comprehension):
                        for test in node.ifs:
                            self.leaf(test, self.turn % 2 == 0, 0.6, True, True, node)

    def leaf(self, node, want, worth, loops, other, branch):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not self.leaf(node.operand, not want, worth, loops, other, branch)
        if isinstance(node, ast.BoolOp):
            if self.turn == 0:
                want = self.want_of(node, want)
            for value in node.values:
                self.leaf(value, want, worth, loops, other, branch)
            return want
        if self.turn > 0:
            self.leaves[node].ways.append(want)
            return want
        want = self.want_of(node, want)
        if (node.lineno, node.col_offset) in self.asked:
            worth = ASKED
        found = self.leaves[node] = Leaf(node, want, worth, loops, other, branch)
        self.tell(node, found)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ('any', 'all') and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            # One that holds is enough for the one, and one that does not for the other.
            self.leaf(node.args[0].elt, want, worth, True, False, node)
        made = replaced(node, self.known)
        asks = derived(made, self.uses.pool) if sum(1 for _ in ast.walk(made)) <= 2 * LARGEST else None
        if asks is not None and not asks.plain:
            for _, pool in asks.roots:
                pool.condition('derived', asks, found)
        elif made is not node and self.is_of_tree(made):
            self.tell(made, found)
        return want

    def is_of_tree(self, node):
        """Whether what a condition looks at stands in the tree as it is."""
        parts = [node.left] + node.comparators if isinstance(node, ast.Compare) else [node.func.value] if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else [node]
        return all(part in self.uses.of for part in parts)

    def want_of(self, node, want):
        return self.asked.get((node.lineno, node.col_offset), want)

    def tell(self, node, leaf):
        """The pools of what a leaf looks at."""
        uses = self.uses
        if isinstance(node, ast.Compare):
            if len(node.ops) != 1:
                return
            left, op, right = node.left, node.ops[0], node.comparators[0]
            name = type(op).__name__
            if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == 'len' and left.args and isinstance(right, ast.Constant):
                uses.pool(left.args[0]).condition('len ' + name, right.value, leaf)
                return
            literal = literal_of(right) or standard_constant(right)
            end = end_of(left)
            if end is not None and literal is not None and isinstance(literal[0], (str, bytes)):
                uses.pool(left.value).condition(end if name == 'Eq' else 'not ' + end, literal[0], leaf)
            if literal is not None:
                uses.pool(left).condition(name, literal[0], leaf)
            elif name in ('Eq', 'NotEq') and literal_of(left) is None and standard_constant(left) is None:
                uses.pool(left).condition('same' if name == 'Eq' else 'other', uses.pool(right), leaf)
                uses.pool(right).condition('same' if name == 'Eq' else 'other', uses.pool(left), leaf)
            elif name in ('In', 'NotIn') and literal_of(left) is None:
                uses.pool(left).condition('within' if name == 'In' else 'without', uses.pool(right), leaf)
            literal = literal_of(left) or standard_constant(left)
            if literal is not None:
                uses.pool(right).condition('has' if name == 'In' else 'lacks' if name == 'NotIn' else MIRROR.get(name, name), literal[0], leaf)
            return
        if isinstance(node, ast.Call) and node.args:
            if isinstance(node.func, ast.Name) and node.func.id == 'isinstance' and len(node.args) == 2:
                names = [part.id for part in (node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]) if isinstance(part, ast.Name)]
                pool = uses.pool(node.args[0])
                pool.condition('isinstance', names, leaf)
                for name in names:
                    kind = CLASSES.get(name)
                    if kind is not None:
                        pool.vote(kind, 1.5, 'use', 'it is asked to be a %s at line %d' % (name, node.lineno))
                return
            if isinstance(node.func, ast.Attribute) and node.func.attr in ('startswith', 'endswith') and isinstance(node.args[0], ast.Constant):
                uses.pool(node.func.value).condition(node.func.attr, node.args[0].value, leaf)
                return
        uses.pool(node).condition('truth', None, leaf)
        if isinstance(node, (ast.Name, ast.Attribute)):
            uses.pool(node).vote('boolean', 0.35, 'use', 'it is a condition at line %d' % node.lineno)
        elif isinstance(node, ast.Call):
            uses.pool(node).vote('boolean', 0.8, 'use', 'it is a condition at line %d' % node.lineno)


def end_of(node):
    """Which end of a sequence an expression takes: `x[0]`, `x[:3]`, `x[-1]`, `x[-2:]`; None."""
    if not isinstance(node, ast.Subscript):
        return None
    index = node.slice.value if type(node.slice).__name__ == 'Index' else node.slice
    if isinstance(index, ast.Slice):
        return 'startswith' if index.lower is None and index.upper is not None else 'endswith' if index.upper is None and isinstance(index.lower, ast.UnaryOp) else None
    if isinstance(index, ast.UnaryOp) and isinstance(index.operand, ast.Constant):
        return 'endswith' if index.operand.value == 1 else None
    return 'startswith' if isinstance(index, ast.Constant) and index.value == 0 and not isinstance(index.value, bool) else None


COMPARED = frozenset(('Eq', 'NotEq', 'Lt', 'LtE', 'Gt', 'GtE', 'Is', 'IsNot'))
MIRROR = {'Lt': 'Gt', 'Gt': 'Lt', 'LtE': 'GtE', 'GtE': 'LtE'}
CLASSES = {'int': 'integer', 'float': 'float', 'str': 'text', 'basestring': 'text', 'unicode': 'text', 'bytes': 'bytes', 'bool': 'boolean', 'list': 'list', 'tuple': 'tuple', 'set': 'set',
           'frozenset': 'set', 'dict': 'mapping', 'Mapping': 'mapping', 'type': 'class'}


def literal_of(node):
    """-> a list with the value of an expression of constants alone, or None."""
    try:
        return [ast.literal_eval(node)]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def standard_constant(node):
    """-> a list with the value of `errno.ENOENT` and its like, where the module's name is nearly everywhere the standard library's; None."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name) or node.value.id not in MODULES:
        return None
    try:
        value = getattr(__import__(MODULES[node.value.id], None, None, ['*']), node.attr)
    except Exception:
        return None
    return [value] if isinstance(value, (int, str)) else None
