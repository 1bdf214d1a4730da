"""Which way each condition of a file should go for most of it to run, and what that asks of the values in it.

A way is worth the statements that it leads to: those of its branch, and those behind the branch unless it ends the function, the loop's turn, or the program. A condition
is broken down into leaves (`not`, `and`, `or`), each with the way it should go; a leaf that compares a missing value tells its pool which literal it is compared with.
"""

import ast

# Conditions that are handed on to what a value is made of.
MOST = 20


class Leaf:
    """A condition without `and`, `or` or `not` in it. `want`: the way it should go; `worth`: statements that this gains; `other`: whether the other way may be tried on a later visit."""

    __slots__ = ('node', 'want', 'worth', 'loops', 'other', 'branch', 'visits')

    def __init__(self, node, want, worth, loops, other, branch):
        self.node, self.want, self.worth, self.loops, self.other, self.branch = node, want, worth, loops, other, branch
        self.visits = 0


class Conditions:
    def __init__(self, uses, asked):
        """`asked`: ways that a round is told to take, {(line, column from 0 in bytes): bool}. They go before what seems best."""
        self.uses = uses
        self.leaves = {}
        self.asked = asked

    def read(self, tree):
        """Of all conditions in a tree."""
        self.block(tree.body, 0, False)
        # What is asked of `x.strip()` is asked of x.
        for base, result in reversed(self.uses.preserved):
            base, result = base.root(), result.root()
            if base is not result:
                base.conditions += [condition for condition in result.conditions if condition not in base.conditions][:MOST]

    # How much a block leads to: (statements, how it ends: 'on', 'turn' for break and continue, 'out').

    def reach(self, body):
        count = 0
        for statement in body:
            more, end = self.reach_one(statement)
            count += more
            if end != 'on':
                return count, end
        return count, 'on'

    def reach_one(self, statement):
        if isinstance(statement, (ast.Raise,)):
            return 0, 'out'
        if isinstance(statement, ast.Return) or is_exit(statement):
            return 1, 'out'
        if isinstance(statement, (ast.Break, ast.Continue)):
            return 0, 'turn'
        if isinstance(statement, ast.If):
            (yes, yes_end), (no, no_end) = self.reach(statement.body), self.reach(statement.orelse)
            yes += 1
            if yes_end == no_end:
                return max(yes, no), yes_end
            return (yes, 'on') if yes_end == 'on' else (no, 'on') if no_end == 'on' else (max(yes, no), 'turn')
        if isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):
            inner, _ = self.reach(statement.body)
            return 1 + inner, 'on'
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            inner, end = self.reach(statement.body)
            return 1 + inner, end
        if isinstance(statement, ast.Try):
            inner, end = self.reach(statement.body)
            return 1 + inner, end
        if isinstance(statement, ast.ClassDef):
            inner, _ = self.reach(statement.body)
            return 1 + inner, 'on'
        return 1, 'on'

    def block(self, body, after, loops):
        """`after`: statements behind this block that are reached when it is left at its end."""
        rest = [0] * (len(body) + 1)
        for index in range(len(body) - 1, -1, -1):
            more, end = self.reach_one(body[index])
            rest[index] = more + (rest[index + 1] if end == 'on' else 0)
        whole, end = self.reach(body)
        for index, statement in enumerate(body):
            behind = rest[index + 1] + (after if end == 'on' else 0)
            self.statement(statement, behind, after, loops)

    def statement(self, statement, behind, after, loops):
        self.expressions(statement, loops)
        if isinstance(statement, ast.If):
            (yes, yes_end), (no, no_end) = self.reach(statement.body), self.reach(statement.orelse)
            value = {True: 1 + yes + self.tail(yes_end, behind, after), False: no + self.tail(no_end, behind, after)}
            want = value[True] >= value[False]
            other_end = no_end if want else yes_end
            self.leaf(statement.test, want, abs(value[True] - value[False]) + 0.5, loops, other_end != 'out', statement)
            self.block(statement.body, behind, loops)
            self.block(statement.orelse, behind, loops)
        elif isinstance(statement, ast.While):
            self.leaf(statement.test, True, 1 + self.reach(statement.body)[0], True, True, statement)
            self.block(statement.body, behind, True)
            self.block(statement.orelse, behind, loops)
        elif isinstance(statement, (ast.For, ast.AsyncFor)):
            self.block(statement.body, behind, True)
            self.block(statement.orelse, behind, loops)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            self.block(statement.body, behind, loops)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.block(statement.body, 0, loops)
        elif isinstance(statement, ast.ClassDef):
            self.block(statement.body, behind, loops)
        elif isinstance(statement, ast.Try) or type(statement).__name__ == 'TryStar':
            self.block(statement.body, behind, loops)
            for handler in statement.handlers:
                self.block(handler.body, behind, loops)
            self.block(statement.orelse, behind, loops)
            self.block(statement.finalbody, behind, loops)
        elif isinstance(statement, ast.Assert):
            self.leaf(statement.test, True, 1 + behind, loops, False, statement)
        elif type(statement).__name__ == 'Match':
            for case in statement.cases:
                self.block(case.body, behind, loops)

    @staticmethod
    def tail(end, behind, after):
        return behind if end == 'on' else after if end == 'turn' else 0

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
                        self.leaf(node.test, True, 0.3, loops, True, node)
                    elif isinstance(node, ast.comprehension):
                        for test in node.ifs:
                            self.leaf(test, True, 0.6, True, True, node)

    def leaf(self, node, want, worth, loops, other, branch):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.leaf(node.operand, not want, worth, loops, other, branch)
        if isinstance(node, ast.BoolOp):
            if self.want_of(node, None) is not None:
                want = self.want_of(node, want)
            for value in node.values:
                self.leaf(value, want, worth, loops, other, branch)
            return
        want = self.want_of(node, want)
        found = self.leaves[node] = Leaf(node, want, worth, loops, other, branch)
        self.tell(node, found)

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
            literal = literal_of(right)
            end = end_of(left)
            if end is not None and literal is not None and isinstance(literal[0], (str, bytes)):
                uses.pool(left.value).condition(end if name == 'Eq' else 'not ' + end, literal[0], leaf)
            if literal is not None:
                uses.pool(left).condition(name, literal[0], leaf)
            elif name in ('Eq', 'NotEq') and literal_of(left) is None:
                uses.pool(left).condition('same' if name == 'Eq' else 'other', uses.pool(right), leaf)
                uses.pool(right).condition('same' if name == 'Eq' else 'other', uses.pool(left), leaf)
            elif name in ('In', 'NotIn') and literal_of(left) is None:
                uses.pool(left).condition('within' if name == 'In' else 'without', uses.pool(right), leaf)
            literal = literal_of(left)
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


MIRROR = {'Lt': 'Gt', 'Gt': 'Lt', 'LtE': 'GtE', 'GtE': 'LtE'}
CLASSES = {'int': 'integer', 'float': 'float', 'str': 'text', 'basestring': 'text', 'unicode': 'text', 'bytes': 'bytes', 'bool': 'boolean', 'list': 'list', 'tuple': 'tuple', 'set': 'set',
           'frozenset': 'set', 'dict': 'mapping', 'Mapping': 'mapping', 'type': 'class'}


def literal_of(node):
    """-> a list with the value of an expression of constants alone, or None."""
    try:
        return [ast.literal_eval(node)]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def is_exit(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and (
        isinstance(statement.value.func, ast.Name) and statement.value.func.id in ('exit', 'quit')
        or isinstance(statement.value.func, ast.Attribute) and statement.value.func.attr in ('exit', '_exit'))
