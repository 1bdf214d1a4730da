"""What is asked of the values at a function's places for a statement to be reached: read from the conditions on the way there.

A statement is reached where the tests around it hold, those before it that leave do not, loops around it have something to go over, and calls in a `try` raise what its handler takes.
Each such test becomes demands: the test's own text with the value in the place of the expression that it comes from, so that a value can be tried on it (`winnow_wishes.py`).

Not followed: matches, what a loop before the statement leaves by, and locals that are assigned more than once.
"""

import ast
import copy
import re

LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
# Locals that are put in for their names, one inside another, and demands that are made of one test.
DEEPEST = 3
MOST = 12
# What may be called to try a value: it does nothing but give.
CALLABLE = frozenset('abs all any bool bytes dict divmod enumerate float frozenset hasattr hash int isinstance iter len list max min next ord range repr reversed round set sorted str sum tuple type zip'.split())
# Functions of a class's own, and of those names that tell people something.
OWN = re.compile(r'(self|cls)\.\w+$')
TELLS = re.compile(r'log|warn|err|msg|message|help|debug|fail|info|print|write|echo|say|doc', re.I)
# What looks at who calls it.
SPECIAL = frozenset('super locals globals vars eval exec dir isinstance len'.split())
# Methods of texts that look for what they are given.
LOOKS = frozenset('startswith endswith split rsplit partition rpartition find rfind index replace count strip lstrip rstrip removeprefix removesuffix'.split())
MODULES = frozenset(['re', 'os.path', 'math', 'json', 'string', 'shlex', 'itertools', 'datetime', 'time'])


class Guard:
    """`kind`: test, loop or handler. `text`: how it is told, and what a forced decision goes by."""

    def __init__(self, kind, node, wanted, line, text):
        self.kind, self.node, self.wanted, self.line, self.text = kind, node, wanted, line, text


def told_of(test):
    return ast.unparse(test)


def key_of_test(node):
    return ('while ' if isinstance(node, ast.While) else '') + told_of(node.test)


def call_key(node):
    return 'call ' + ast.unparse(node)[:300]


def func_key(node):
    return 'func ' + ast.unparse(node.func)[:300]


def other_arguments(trees, differ):
    """Methods of its own that are called on lines that differ with as many arguments, not all of them the same: {key: [place, short place]}."""
    calls = [[node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno in lines and OWN.match(ast.unparse(node.func)) and not TELLS.search(ast.unparse(node.func))] for tree, lines in zip(trees, differ)]
    made = {}
    for one in calls[0]:
        for other in calls[1]:
            if func_key(one) != func_key(other) or len(one.args) != len(other.args) or [part.arg for part in one.keywords] != [part.arg for part in other.keywords]:
                continue
            pairs = list(zip(one.args + [part.value for part in one.keywords], other.args + [part.value for part in other.keywords]))
            if any(ast.dump(unwrapped(mine)) != ast.dump(unwrapped(its)) for mine, its in pairs):
                name = ast.unparse(one.func)[:200]
                made[func_key(one)] = [name, name]
    return made


def unwrapped(node):
    """Without what makes another container or text of the same: who gets it may not tell them apart."""
    while isinstance(node, ast.Call) and getattr(node.func, 'id', '') in ('list', 'tuple', 'iter', 'str', 'int', 'bool') and len(node.args) == 1 and not node.keywords:
        node = node.args[0]
    return node


def own_calls(trees, differ, places):
    """Methods of its own that both call in the same words for what they give: {key: [place, short place]}. Not those that give several things: what is among them hangs together with
    the object. `places`: of both."""
    made = []
    for tree, lines in zip(trees, differ):
        thrown = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        made.append({call_key(node): ast.unparse(node.func)[:200] for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno not in lines and id(node) not in thrown
                     and OWN.match(ast.unparse(node.func)) and not TELLS.search(ast.unparse(node.func))})
    several = {'list', 'tuple', 'set', 'mapping', 'iterator'}
    return {key: [name, name] for key, name in made[0].items() if key in made[1] and not any(several & set(one.facts['types'].get(name + '()', ())) or name + '()' in one.facts['shape'] for one in places)}


def try_key(node):
    return 'try ' + ast.unparse(node.body[0])[:200]


def leaves(body):
    last = body[-1] if body else None
    return isinstance(last, LEAVES) or isinstance(last, ast.If) and bool(last.orelse) and leaves(last.body) and leaves(last.orelse)


def blocks(node):
    for name in ('body', 'orelse', 'finalbody'):
        part = getattr(node, name, None)
        if isinstance(part, list) and part and isinstance(part[0], ast.stmt):
            yield name, part
    for handler in getattr(node, 'handlers', ()):
        yield handler, handler.body
    for case in getattr(node, 'cases', ()):
        yield case, case.body


def way(body, target):
    """-> (guards, lines of statements on the way), outermost first, or None where the target is not in this body."""
    guards, lines = [], []
    for node in body:
        if node is target:
            return guards, lines + [node.lineno]
        for where, part in blocks(node):
            found = way(part, target)
            if found is None:
                continue
            own = []
            if isinstance(node, (ast.If, ast.While)) and where in ('body', 'orelse'):
                own = [Guard('test', node.test, where == 'body', node.lineno, key_of_test(node))]
            elif isinstance(node, (ast.For, ast.AsyncFor)) and where == 'body':
                own = [Guard('loop', node.iter, True, node.lineno, told_of(node.iter))]
            elif isinstance(where, ast.ExceptHandler):
                own = [Guard('handler', (node, where), True, node.lineno, try_key(node))]
            return guards + own + found[0], lines + [node.lineno] + found[1]
        if not silent(node):
            lines.append(node.lineno)
        if isinstance(node, ast.If):
            if leaves(node.body) and not leaves(node.orelse):
                guards.append(Guard('test', node.test, False, node.lineno, key_of_test(node)))
            elif leaves(node.orelse) and not leaves(node.body):
                guards.append(Guard('test', node.test, True, node.lineno, key_of_test(node)))
        elif isinstance(node, ast.Assert):
            guards.append(Guard('test', node.test, True, node.lineno, key_of_test(node)))
    return None


def silent(node):
    """What stands there and is never run."""
    return isinstance(node, (ast.Global, ast.Nonlocal)) or isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) or isinstance(node, ast.AnnAssign) and node.value is None


def targets(tree, lines):
    """Statements that differ, and handlers whose head does: -> [(statement, guards, lines on the way, tests in it)]."""
    made = []
    lines = set(lines)
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or node is tree or node.lineno not in lines:
            continue
        found = way(tree.body, node)
        if found is not None:
            made.append((node, found[0], found[1], tests_in(node)))
    return made


def handlers(tree, lines):
    """Handlers whose head stands on one of these lines."""
    made = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                if handler.lineno in lines:
                    found = way(tree.body, node)
                    if found is not None:
                        made.append((handler, found[0] + [Guard('handler', (node, handler), True, node.lineno, try_key(node))], found[1], []))
    return made


def tests_in(statement):
    """Conditions that the statement itself decides."""
    parts = [getattr(statement, name) for name in ('test', 'value', 'iter', 'exc', 'msg') if isinstance(getattr(statement, name, None), ast.AST)]
    parts += [item.context_expr for item in getattr(statement, 'items', ())]
    made = [statement.test] if isinstance(statement, (ast.If, ast.While, ast.Assert)) else [statement.value] if isinstance(getattr(statement, 'value', None), (ast.Call, ast.Name, ast.Attribute, ast.Subscript)) else []
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.IfExp):
                made.append(node.test)
            elif isinstance(node, ast.BoolOp):
                made += node.values
            elif isinstance(node, ast.comprehension):
                made += node.ifs
            elif isinstance(node, (ast.Compare,)):
                made.append(node)
    return made[:MOST]


def atoms(test, wanted, pick):
    """-> [(atom, wanted)] that together make the test what is wanted; of alternatives one is picked."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return atoms(test.operand, not wanted, pick)
    if isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == wanted:
            return [one for part in test.values for one in atoms(part, wanted, pick)]
        return atoms(pick(test.values), wanted, pick)
    return [(test, wanted)]


class Ways:
    """Of one version. `places`: what tells how a place is written (`winnow_places.py`)."""

    def __init__(self, tree, places):
        self.tree, self.places = tree, places
        args = tree.args
        self.parameters = {one.arg for one in args.posonlyargs + args.args + args.kwonlyargs + [part for part in (args.vararg, args.kwarg) if part is not None]}
        counts, self.assigned = {}, {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                counts[node.id] = counts.get(node.id, 0) + 1
        self.locals = set(counts) | self.parameters
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and counts.get(node.targets[0].id) == 1 and node.targets[0].id not in self.parameters:
                self.assigned[node.targets[0].id] = node.value

    def demands(self, guard, pick):
        """-> [[place, text, other places, wanted]] and for handlers [[place, text of what is raised]]."""
        if guard.kind == 'handler':
            node, handler = guard.node
            kind = ast.unparse(handler.type) if handler.type is not None else 'Exception'
            calls = [self.places.short(part) for statement in node.body for part in ast.walk(statement) if isinstance(part, (ast.Call, ast.Subscript, ast.Attribute))]
            return [], [[short, kind] for short in dict.fromkeys(calls) if short is not None and short.endswith(('()', ']'))]
        made = []
        for atom, wanted in ([(guard.node, True)] if guard.kind == 'loop' else atoms(guard.node, guard.wanted, pick)):
            made += self.of_atom(atom, wanted)
        return made, []

    def of_atom(self, atom, wanted):
        made = []
        for level in range(DEEPEST):
            made += self.substituted(atom, wanted)
            inlined = self.inlined(atom)
            if inlined is None or len(made) > MOST:
                break
            atom = inlined
        return made[:MOST]

    def calls(self, part, differ):
        """Calls in it, and in what its locals were assigned: -> [(key, [place, short place])]."""
        made = {}
        for level in range(DEEPEST):
            for node in ast.walk(part):
                if isinstance(node, ast.Call) and getattr(node, 'lineno', 0) not in differ and not (isinstance(node.func, ast.Name) and node.func.id in SPECIAL):
                    made.setdefault(call_key(node), [ast.unparse(node.func)[:200], self.places.short(node.func) or ''])
            part = self.inlined(part)
            if part is None:
                break
        return list(made.items())

    def working(self, statement):
        """Demands that a statement's own expressions do not fail."""
        made = []
        for name in ('value', 'iter', 'test'):
            part = getattr(statement, name, None)
            if not isinstance(part, ast.expr):
                continue
            target = (statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, 'target', None)) if name != 'test' else None
            made += self.failing(part, target, isinstance(statement, (ast.For, ast.AsyncFor)))
        return made

    def failing(self, part, target, each):
        made, atom = [], part
        for level in range(DEEPEST):
            for short, text, others, _ in self.substituted(atom, True):
                if not harmless(text):
                    continue
                made.append([short, '(%s, True)[1]' % text, others, True])
                if isinstance(target, (ast.Tuple, ast.List)) and not any(isinstance(one, ast.Starred) for one in target.elts):
                    count = len(target.elts)
                    made.append([short, 'all(len(list(_e)) == %d for _e in list(%s))' % (count, text) if each else 'len(list(%s)) == %d' % (text, count), others, True])
            atom = self.inlined(atom)
            if atom is None:
                break
        return made[:MOST]

    def inlined(self, atom):
        found = [False]
        assigned = self.assigned

        class Put(ast.NodeTransformer):
            def visit_Name(self, node):
                if node.id in assigned and isinstance(node.ctx, ast.Load):
                    found[0] = True
                    return copy.deepcopy(assigned[node.id])
                return node
        made = Put().visit(copy.deepcopy(atom))
        return made if found[0] and len(ast.unparse(made)) < 400 else None

    def substituted(self, atom, wanted):
        """The atom with each of its places in turn as the value."""
        made = []
        for node in ast.walk(atom):
            if not isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) or not isinstance(getattr(node, 'ctx', ast.Load()), ast.Load):
                continue
            if isinstance(node, ast.Name) and node.id not in self.locals:
                continue
            short = self.places.short(node)
            if short is None or not self.rooted(node):
                continue
            others = []
            text = self.replaced(atom, node, others)
            if text is not None:
                made.append([short, text, others, wanted])
        return made

    def rooted(self, node):
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name)

    def replaced(self, atom, wanted_node, others):
        """Text of the atom with `_v` for the node, and `_o[place]` for other places that are known by the time; None where a local is left."""
        same = ast.dump(wanted_node)
        ways = self

        class Put(ast.NodeTransformer):
            def generic_visit(self, node):
                if isinstance(node, ast.expr) and ast.dump(node) == same:
                    return ast.Name('_v', ast.Load())
                if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                    root = node
                    while isinstance(root, ast.Attribute):
                        root = root.value
                    if isinstance(root, ast.Name) and root.id in ways.locals and not any(ast.dump(part) == same for part in ast.walk(node) if isinstance(part, ast.expr)):
                        short = ways.places.short(node)
                        if short is not None:
                            others.append(short)
                            return ast.Subscript(ast.Name('_o', ast.Load()), ast.Constant(short), ast.Load())
                return super().generic_visit(node)
            visit_Name = visit_Attribute = generic_visit
        made = Put().visit(copy.deepcopy(atom))
        if any(isinstance(one, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)) for one in ast.walk(made)):
            return None
        bound = {one.id for part in ast.walk(made) if isinstance(part, ast.comprehension) for one in ast.walk(part.target) if isinstance(one, ast.Name)}
        if any(isinstance(one, ast.Name) and one.id in self.locals and one.id not in bound for one in ast.walk(made)):
            return None
        return ast.unparse(made)


def harmless(text):
    for node in ast.walk(ast.parse(text, mode='eval')):
        if isinstance(node, ast.Call):
            root = node.func
            while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)) and ast.unparse(root) not in MODULES:
                root = root.func if isinstance(root, ast.Call) else root.value
            if not (isinstance(root, ast.Name) and root.id in ('_v', '_o') or isinstance(root, (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.BinOp)) or ast.unparse(root) in MODULES or isinstance(node.func, ast.Name) and node.func.id in CALLABLE):
                return False
    return True


class Forcing(ast.NodeTransformer):
    """Tests of a function that ask first whether they are decided, `try` bodies that ask whether they fail, calls that ask whether something stands in for what is called. Nothing is until an
    input says so, and never on lines that differ."""

    def __init__(self, differ):
        self.differ = differ

    def hook(self, key):
        return ast.Compare(ast.Constant(key), [ast.In()], [ast.Name('__winnow_forced__', ast.Load())]), ast.Subscript(ast.Name('__winnow_forced__', ast.Load()), ast.Constant(key), ast.Load())

    def visit_If(self, node):
        asks, gives = self.hook(key_of_test(node))
        self.generic_visit(node)
        if node.lineno in self.differ:
            return node
        node.test = self.at(ast.IfExp(asks, gives, node.test), node.test)
        return node

    visit_While = visit_Assert = visit_If

    def visit_Compare(self, node):
        """What is compared is noted: the next inputs are near it."""
        self.generic_visit(node)
        node.left = self.noted(node.left)
        node.comparators = [self.noted(one) for one in node.comparators]
        return node

    def noted(self, part):
        return part if isinstance(part, ast.Constant) else self.at(ast.Call(ast.Name('__winnow_noted__', ast.Load()), [part], []), part)

    def visit_Try(self, node):
        asks, gives = self.hook(try_key(node))
        self.generic_visit(node)
        if node.lineno in self.differ:
            return node
        made = ast.If(asks, [ast.Raise(gives, None)], [])
        for part in ast.walk(made):
            ast.copy_location(part, node)
        node.body = [made] + node.body
        return node

    def visit_Call(self, node):
        asks, gives = self.hook(call_key(node) if node.lineno not in self.differ else func_key(node))
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in LOOKS and node.args and not isinstance(node.args[0], ast.Starred):
            node.args[0] = self.noted(node.args[0])
        if not (isinstance(node.func, ast.Name) and node.func.id in SPECIAL):
            node.func = self.at(ast.IfExp(asks, gives, node.func), node.func)
        return node

    def at(self, made, place):
        for part in ast.walk(made):
            if isinstance(part, (ast.expr, ast.stmt)) and not hasattr(part, 'lineno'):
                ast.copy_location(part, place)
        return ast.copy_location(made, place)
