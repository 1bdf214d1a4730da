"""What the texts of two versions of a function tell of the values at its places: types, literals they are compared with, keys, and whether they may be nothing.

A place is written as the source writes it, without arguments: `self.pool.get()`, `items[]`. Local names are followed to what they are assigned once. Both versions are read and
their answers put together, so that what one alone knows of a value, the other gets as well.
"""

import ast

from winnow_pools import guess
from winnow_source import Source

BUILTIN = {'int': 'integer', 'float': 'float', 'str': 'text', 'bytes': 'bytes', 'bool': 'boolean', 'list': 'list', 'tuple': 'tuple', 'set': 'set', 'frozenset': 'set', 'dict': 'mapping',
           'List': 'list', 'Tuple': 'tuple', 'Set': 'set', 'Dict': 'mapping', 'Mapping': 'mapping', 'Iterable': 'list', 'Sequence': 'list', 'Iterator': 'iterator', 'Text': 'text', 'AnyStr': 'text',
           'unicode': 'text', 'basestring': 'text', 'text_type': 'text', 'string_types': 'text', 'None': 'none', 'Path': 'path', 'datetime': 'time', 'date': 'date', 'timedelta': 'span', 'Callable': 'callable', 'slice': 'slice', 'Any': None, 'object': None}
CONSTANTS = ((bool, 'boolean'), (int, 'integer'), (float, 'float'), (str, 'text'), (bytes, 'bytes'))
MOST = 40
# Nodes of a value of the file that are looked at for literals.
NEAR = 60
# What a value may be of which nothing is known.
ANYTHING = ('instance', 'text', 'integer', 'list', 'mapping', 'boolean', 'iterator')
# Types beside a guessed one that are taken for it as often as not.
SEVERAL = {'list': ('tuple', 'iterator'), 'tuple': ('list',), 'iterator': ('list',), 'set': ('list',), 'integer': ('integer',)}


def empty():
    return {'types': {}, 'literals': {}, 'nothing': {}, 'keys': {}, 'constants': {}, 'said': {}, 'spread': {}, 'modules': {}, 'shape': {}}


class Places:
    """Of one version; `names`: what its parameters are called in the other, by position."""

    def __init__(self, text, function, names):
        self.source = Source('version', 'version', text)
        self.source.look({})
        self.uses = self.source.uses
        self.node = self.source.function(function)
        self.names = dict(names)
        self.facts = empty()
        self.follow = {}
        if self.node is not None:
            self.local()
            self.parameters()
            self.read()
            self.beyond()
            self.around(function)

    def short(self, node):
        if isinstance(node, ast.Name):
            return self.follow.get(node.id) or self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.short(node.value)
            return '%s.%s' % (base or '', node.attr)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in ('list', 'tuple', 'set', 'sorted', 'iter', 'cast', 'len', 'str', 'int', 'getattr', 'isinstance', 'bool'):
                return None
            base = self.short(node.func)
            return base and base + '()'
        if isinstance(node, ast.Subscript):
            base = self.short(node.value)
            if isinstance(node.slice, ast.Slice):
                return None
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                return base and '%s[%r]' % (base, node.slice.value)
            return base and base + '[]'
        if isinstance(node, ast.Await):
            return self.short(node.value)
        if isinstance(node, ast.NamedExpr):
            return self.short(node.value)
        return None

    def local(self):
        counts = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                counts[node.id] = counts.get(node.id, 0) + 1
        for node in ast.walk(self.node):
            target, value, end = None, None, ''
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, value = node.targets[0], node.value
            elif isinstance(node, (ast.For, ast.comprehension)):
                target, value, end = node.target, node.iter, '[]'
            name = getattr(getattr(value, 'func', None), 'id', '')
            if isinstance(target, ast.Tuple) and end and name in ('enumerate', 'zip') and len(value.args) >= len(target.elts) - (name == 'enumerate'):
                for one, part in zip(target.elts[1:] if name == 'enumerate' else target.elts, value.args):
                    self.unpack(one, self.short(part), end, counts)
            elif target is not None:
                self.unpack(target, self.short(value), end, counts)

    def unpack(self, target, found, end, counts):
        """What a name is a part of; several names at once tell how many parts there are."""
        if found is None:
            return
        if isinstance(target, ast.Name) and counts.get(target.id) == 1 and not found.startswith(target.id):
            self.follow[target.id] = found + end
        elif isinstance(target, (ast.Tuple, ast.List)) and not any(isinstance(one, ast.Starred) for one in target.elts):
            self.facts['shape'].setdefault(found + end, len(target.elts))
            for index, one in enumerate(target.elts):
                self.unpack(one, found + end, '[%d]' % index, counts)

    def type(self, short, kind, first=False):
        if short is None or kind is None:
            return
        known = self.facts['types'].setdefault(short, [])
        if kind not in known and len(known) < 8:
            known.insert(0, kind) if first else known.append(kind)

    def literal(self, short, value):
        if short is None:
            return
        known = self.facts['literals'].setdefault(short, [])
        if not any(type(one) is type(value) and one == value for one in known) and len(known) < MOST:
            known.append(value)

    def nothing(self, short):
        if short is not None:
            self.facts['nothing'][short] = True

    def annotated(self, short, node):
        if node is None:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode='eval').body
            except SyntaxError:
                return
        if isinstance(node, ast.Constant) and node.value is None:
            return self.nothing(short)
        if isinstance(node, ast.BinOp):
            self.annotated(short, node.left)
            return self.annotated(short, node.right)
        if isinstance(node, ast.Subscript):
            outer = getattr(node.value, 'id', getattr(node.value, 'attr', ''))
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if outer == 'Optional':
                self.nothing(short)
            if outer in ('Optional', 'Union'):
                for one in inner:
                    self.annotated(short, one)
                return
            if outer == 'Literal':
                for one in inner:
                    if isinstance(one, ast.Constant):
                        self.literal(short, one.value)
                return
            if BUILTIN.get(outer) == 'tuple' and isinstance(node.slice, ast.Tuple) and not any(isinstance(one, ast.Constant) and one.value is Ellipsis for one in inner):
                self.facts['shape'].setdefault(short, len(inner))
                for index, one in enumerate(inner):
                    self.annotated('%s[%d]' % (short, index), one)
            if inner and BUILTIN.get(outer) in ('list', 'tuple', 'set', 'iterator', 'mapping', 'list'):
                self.annotated(short + '[]', inner[-1] if BUILTIN.get(outer) == 'mapping' else inner[0])
            node = node.value
        name = getattr(node, 'id', getattr(node, 'attr', ''))
        # What is said of it, in full: nothing else is tried.
        self.facts['said'].setdefault(short, []).append(BUILTIN.get(name, 'class'))
        if name in BUILTIN:
            self.type(short, BUILTIN[name])
        elif name[:1].isupper() and not name.isupper():
            self.type(short, 'class ' + name)

    def parameters(self):
        args = self.node.args
        every = args.posonlyargs + args.args + args.kwonlyargs
        positional = args.posonlyargs + args.args
        defaults = dict(zip([one.arg for one in positional[len(positional) - len(args.defaults):]], args.defaults))
        defaults.update({one.arg: default for one, default in zip(args.kwonlyargs, args.kw_defaults) if default is not None})
        for one in every:
            short = self.names.get(one.arg, one.arg)
            self.annotated(short, one.annotation)
            default = defaults.get(one.arg)
            if isinstance(default, ast.Constant):
                if default.value is None:
                    self.nothing(short)
                else:
                    if not isinstance(default.value, bool):
                        self.literal(short, default.value)
                    self.type(short, next((kind for own, kind in CONSTANTS if type(default.value) is own), None))
            kind, source, _ = guess(self.uses.variable(one.arg, one))
            if not self.facts['types'].get(short):
                self.type(short, kind)
                if one.annotation is None and one.arg not in ('self', 'cls'):
                    uses = self.uses.variable(one.arg, one).attributes
                    weak = source in ('name', 'nothing', 'neighbour') and not uses or kind == 'instance' and not uses or self.node.name in ('__eq__', '__ne__')
                    for other in ANYTHING if weak else SEVERAL.get(kind, ()):
                        self.type(short, other)
            pool = self.uses.variable(one.arg, one)
            if kind in ('list', 'tuple', 'set', 'iterator', 'mapping') and '[]' in pool.root().parts:
                inner, source, _ = guess(pool.part('[]'))
                self.type(short + '[]', inner)
                if inner == 'instance' and not pool.part('[]').attributes:
                    for other in ANYTHING:
                        self.type(short + '[]', other)
            elif kind in ('list', 'tuple', 'set', 'iterator', 'mapping') and one.annotation is None:
                for other in ANYTHING:
                    self.type(short + '[]', other)

    def read(self):
        for node in ast.walk(self.node):
            if isinstance(node, (ast.Attribute, ast.Call, ast.Subscript, ast.Name)) and isinstance(getattr(node, 'ctx', None), (ast.Load, type(None))):
                self.guessed(node)
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self.facts['modules'].update({(one.asname or one.name).partition('.')[0]: True for one in node.names})
            if isinstance(node, ast.Compare):
                self.compared(node)
            elif isinstance(node, ast.Constant):
                self.constant(node.value)
            elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
                self.nothing(self.short(node.test))
            elif isinstance(node, ast.Assert):
                self.nothing(None)
            elif isinstance(node, ast.BoolOp):
                for one in node.values:
                    self.nothing(self.short(one))
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
                self.nothing(self.short(node.operand))
            elif isinstance(node, ast.comprehension):
                for one in node.ifs:
                    self.nothing(self.short(one))
            if isinstance(node, ast.Call):
                self.call(node)
                self.handed_on(node)
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, (str, bytes)):
                self.key(self.short(node.value), node.slice.value)

    def handed_on(self, node):
        """`**options` that are handed on take the names of whom they are handed to, where the file has it."""
        holder = next((one.value.id for one in node.keywords if one.arg is None and isinstance(one.value, ast.Name)), None)
        if holder is None or self.node.args.kwarg is None or holder != self.node.args.kwarg.arg:
            return
        func = node.args[0] if getattr(node.func, 'attr', getattr(node.func, 'id', '')) == 'partial' and node.args else node.func
        name = getattr(func, 'attr', getattr(func, 'id', ''))
        for part in ast.walk(self.source.tree):
            found = next((one for one in part.body if isinstance(one, ast.FunctionDef) and one.name == '__init__'), None) if isinstance(part, ast.ClassDef) and part.name == name else part if isinstance(part, ast.FunctionDef) and part.name == name else None
            if found is not None and found is not self.node:
                for one in found.args.kwonlyargs + found.args.args[1 if found.args.args and found.args.args[0].arg in ('self', 'cls') else 0:]:
                    self.key(holder, one.arg)
                    known = self.facts['spread'].setdefault(holder, [])
                    if one.arg not in known and len(known) < MOST:
                        known.append(one.arg)

    def beyond(self):
        """Literals of the names of the file that the function uses: its patterns, tables and marks stand outside of it."""
        used = {one.id for one in ast.walk(self.node) if isinstance(one, ast.Name)} | {one.attr for one in ast.walk(self.node) if isinstance(one, ast.Attribute) and getattr(one.value, 'id', '') in ('self', 'cls')}
        holders = [self.source.tree] + [one for one in ast.walk(self.source.tree) if isinstance(one, ast.ClassDef)]
        for statement in [one for holder in holders for one in holder.body]:
            names = [one.id for target in getattr(statement, 'targets', [getattr(statement, 'target', None)]) for one in ast.walk(target) if isinstance(one, ast.Name)] if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None else []
            if set(names) & used:
                for one in list(ast.walk(statement.value))[:NEAR]:
                    if isinstance(one, ast.Constant):
                        self.constant(one.value)

    def constant(self, value):
        kind = next((kind for own, kind in CONSTANTS if type(value) is own), None)
        if kind is not None:
            known = self.facts['constants'].setdefault(kind, [])
            if value not in known and len(known) < MOST and not (isinstance(value, str) and len(value) > 200):
                known.append(value)

    def key(self, short, value):
        if short is not None:
            known = self.facts['keys'].setdefault(short, [])
            if value not in known and len(known) < MOST:
                known.append(value)

    def guessed(self, node):
        short = self.short(node)
        pool = self.uses.of.get(node)
        if short is None or pool is None:
            return
        kind, source, _ = guess(pool)
        if kind != 'instance' and source != 'nothing':
            self.type(short, kind)
        if kind in ('list', 'tuple', 'set', 'iterator', 'mapping') and '[]' in pool.root().parts:
            inner = guess(pool.part('[]'))[0]
            if inner != 'instance':
                self.type(short + '[]', inner)

    def compared(self, node):
        sides = [node.left] + node.comparators
        if isinstance(node.left, ast.Call) and getattr(node.left.func, 'id', '') == 'type' and len(node.left.args) == 1:
            for one in node.comparators:
                self.of_class(self.short(node.left.args[0]), one)
        for one, other in zip(sides, sides[1:] + sides[:1]):
            short = self.short(one)
            if short is None:
                continue
            for constant in other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]:
                if isinstance(constant, ast.UnaryOp) and isinstance(constant.operand, ast.Constant) and isinstance(constant.operand.value, (int, float)):
                    self.literal(short, -constant.operand.value)
                if isinstance(constant, ast.Constant):
                    if constant.value is None:
                        self.nothing(short)
                    elif constant.value is not Ellipsis:
                        self.literal(short, constant.value)
                        if type(constant.value) is int:
                            self.literal(short, constant.value + 1)
                            self.literal(short, constant.value - 1)
        for position, op in enumerate(node.ops):
            if isinstance(op, (ast.In, ast.NotIn)) and isinstance(sides[position], ast.Constant):
                holder, value = self.short(sides[position + 1]), sides[position].value
                if isinstance(value, (str, bytes)):
                    self.key(holder, value)
                    if 'text' in self.facts['types'].get(holder or '', ['text']):
                        self.literal(holder, value)
                        self.literal(holder, (b'a' if isinstance(value, bytes) else 'a') + value + (b'b' if isinstance(value, bytes) else 'b'))

    def of_class(self, short, classes):
        """What a value is asked whether it is."""
        for one in classes.elts if isinstance(classes, (ast.Tuple, ast.List, ast.Set)) else [classes]:
            name = getattr(one, 'id', getattr(one, 'attr', ''))
            if name in BUILTIN and BUILTIN[name]:
                self.type(short, BUILTIN[name])
            elif name:
                self.type(short, 'class ' + name)

    def call(self, node):
        func = node.func
        if isinstance(func, ast.Name) and func.id == 'isinstance' and len(node.args) == 2:
            self.of_class(self.short(node.args[0]), node.args[1])
        if isinstance(func, ast.Attribute) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, (str, bytes)):
            base, value = self.short(func.value), node.args[0].value
            if func.attr in ('get', 'pop', 'setdefault', '__getitem__'):
                self.key(base, value)
                if len(node.args) == 1 and func.attr == 'get' and base:
                    self.nothing('%s[%r]' % (base, value))
                    self.nothing(base + '.get()')
            elif func.attr in ('startswith', 'endswith', 'split', 'rsplit', 'partition', 'rpartition', 'count', 'find', 'strip', 'rstrip', 'lstrip', 'replace', 'index'):
                inner = b'a' if isinstance(value, bytes) else 'a'
                end = b'b' if isinstance(value, bytes) else 'b'
                for made in (value + inner, inner + value, inner + value + end, inner + value + value):
                    self.literal(base, made)

    def around(self, function):
        """What the class of a method says of its attributes: annotations, and what methods assign."""
        outer = function.rpartition('.')[0]
        if not outer:
            return
        name = outer.rpartition('.')[2]
        found = next((node for node in ast.walk(self.source.tree) if isinstance(node, ast.ClassDef) and node.name == name), None)
        first = self.node.args.args[0].arg if self.node.args.args else 'self'
        for node in ast.walk(found) if found is not None else ():
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, (ast.Name, ast.Attribute)):
                attribute = node.target.id if isinstance(node.target, ast.Name) else node.target.attr
                self.annotated('%s.%s' % (first, attribute), node.annotation)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute) and getattr(node.targets[0].value, 'id', '') == 'self':
                short = '%s.%s' % (first, node.targets[0].attr)
                value = node.value
                if isinstance(value, ast.Constant):
                    if value.value is None:
                        self.nothing(short)
                    else:
                        self.type(short, next((kind for own, kind in CONSTANTS if type(value.value) is own), None))
                else:
                    self.type(short, {'List': 'list', 'Dict': 'mapping', 'Set': 'set', 'Tuple': 'tuple', 'ListComp': 'list', 'DictComp': 'mapping', 'JoinedStr': 'text'}.get(type(value).__name__))


def both(one, other):
    """The facts of two versions together."""
    made = empty()
    for facts in (one, other):
        for table in ('types', 'literals', 'keys', 'constants', 'said', 'spread'):
            for short, values in facts[table].items():
                known = made[table].setdefault(short, [])
                known += [value for value in values if not any(type(value) is type(own) and value == own for own in known)]
        made['nothing'].update(facts['nothing'])
        # Where the two see different numbers of parts, either may be what there is.
        for short, count in facts['shape'].items():
            if made['shape'].setdefault(short, count) != count:
                made['shape'][short] = 0
        made['modules'].update(facts['modules'])
    # What is known of `x.name` wherever it stands, where nothing more is known of all of it.
    for table in ('types', 'literals', 'keys', 'nothing', 'shape'):
        for short, value in list(made[table].items()):
            at = short.rfind('.')
            if at > 0 and short[at:] not in made[table]:
                made[table][short[at:]] = value
    return made
