"""What calls tell: of what is called, of what is passed to it, and of what it gives. A part of `winnow_uses.py`.

A method's name tells what it is called on, a well-known function's what it takes and gives; functions of the file itself are near to what the file passes to them.
"""

import ast
import builtins

from winnow_pools import Pool, merge
from winnow_words import FUNCTIONS, LOOSE, METHOD_TYPES, RESULT_TYPES, by_call, by_name, names_class

# Methods that give back a text much like the one they are called on.
PRESERVING = frozenset('lower upper strip lstrip rstrip casefold title capitalize decode encode expandtabs resolve'.split())


class Calls:
    """The visits of calls; `Uses` has pools, scopes and all other visits."""

    def visit_Call(self, node):
        func = node.func
        callee = self.pool(func)
        callee.called = True
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ''
        self.of[node] = result = callee.part('()')
        is_class = name[:1].isupper() and not name.isupper() or names_class(name)
        callee.vote('class' if is_class else 'callable', 4, 'use', 'it is called at line %d' % node.lineno)
        if isinstance(func, ast.Attribute):
            kind = METHOD_TYPES.get(name)
            if kind is not None:
                self.say(func.value, kind, 3, 'its method %s is called' % name)
            else:
                self.say(func.value, 'instance', 0.5, 'its method %s is called' % name)
            self.method(node, func, name, result)
        if is_class:
            result.vote('instance', 3, 'use', 'it is made by calling %s' % name)
        elif not result.votes:
            for kind, weight in by_call(name):
                result.vote(kind, weight, 'library' if name in RESULT_TYPES else 'name', 'it is what %s gives' % name)
        self.arguments(node, name, callee)
        self.library(node, self.dotted(func), result)

    def arguments(self, node, name, callee):
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self.say(argument.value, 'tuple', 2, 'it is spread into arguments')
                self.of[argument] = Pool()
            else:
                self.pool(argument)
        for keyword in node.keywords:
            value = self.pool(keyword.value)
            if keyword.arg is None:
                self.say(keyword.value, 'mapping', 4, 'it is spread into arguments by name')
            elif not isinstance(keyword.value, ast.Constant):
                for kind, weight in by_name(keyword.arg):
                    value.vote(kind, weight * 0.6, 'name', 'it is passed as %s at line %d' % (keyword.arg, node.lineno))
        params = self.known_functions.get(callee)
        definition = params or self.known_functions.get(callee.root())
        if definition is not None:
            for index, argument in enumerate(node.args[:40]):
                if index < len(definition) and not isinstance(argument, ast.Starred):
                    definition[index].toward(self.pool(argument), 0.8, 'it is passed at line %d' % node.lineno)

    def method(self, node, func, name, result):
        """What well-known methods tell of their arguments and what they give."""
        base = self.pool(func.value)
        args = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
        if name in PRESERVING:
            self.preserved.append((base, result))
        if name == 'join' and (base.known == 'text' or self.type_of(func.value) == 'text') and args:
            self.say(args[0], 'list', 3, 'its elements are joined to a text')
            self.pool(args[0]).part('[]').vote('text', 3, 'use', 'it is joined to a text at line %d' % node.lineno)
        elif name in ('append', 'add', 'appendleft') and len(args) == 1:
            base.part('[]').toward(self.pool(args[0]), 0.7, 'it is added to the list at line %d' % node.lineno)
        elif name == 'extend' and args:
            self.say(args[0], 'list', 2, 'a list is extended by it')
        elif name == 'update' and args:
            self.say(args[0], 'mapping', 1.5, 'a mapping is updated by it')
        elif name in ('items', 'values', 'keys') and not args:
            result.vote('list', 2, 'library', 'it is what %s gives' % name)
            if name == 'values':
                merge(result.part('[]'), base.part('[]'))
            elif name == 'keys':
                merge(result.part('[]'), base.part('key'))
            else:
                pair = result.part('[]')
                pair.arity = 2
                pair.vote('tuple', 4, 'library', 'it is what items gives')
                merge(pair.part(('k', 0)), base.part('key'))
                merge(pair.part(('k', 1)), base.part('[]'))
        elif name in ('get', 'pop', 'setdefault') and args:
            literal = args[0].value if isinstance(args[0], ast.Constant) else None
            if isinstance(literal, str):
                base.vote('mapping', 1, 'use', 'its key %r is asked for at line %d' % (literal, node.lineno))
                merge(result, base.part(('k', literal)))
            if len(args) > 1:
                result.toward(self.pool(args[1]), 0.8, 'its default stands at line %d' % node.lineno)
        elif name in ('startswith', 'endswith', 'split', 'replace', 'strip', 'lstrip', 'rstrip', 'encode', 'decode') and args:
            if METHOD_TYPES.get(name) == 'text':
                self.say(args[0], 'text', 2, 'it is passed to %s' % name)
        if name in ('split', 'splitlines', 'rsplit', 'readlines'):
            result.part('[]').vote('text', 3, 'library', 'it is what %s gives' % name)
            if name in ('split', 'splitlines', 'rsplit'):
                given = args[0].value if args and isinstance(args[0], ast.Constant) else None
                merge(base.part(('j', '\n' if name == 'splitlines' else given if isinstance(given, str) else ' ')), result)
        if name == 'format' and self.type_of(func.value) == 'text':
            result.known = 'text'
            for argument in args:
                self.say(argument, 'text', 0.4, 'it is formatted')

    def library(self, node, dotted, result):
        """What well-known functions tell of their first argument and what they give."""
        if dotted is None:
            return
        args = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
        first = self.pool(args[0]) if args else None
        at = 'at line %d' % node.lineno
        if dotted in FUNCTIONS:
            takes, gives = FUNCTIONS[dotted]
            short = dotted.rsplit('.', 1)[-1]
            if takes is not None and first is not None:
                kind = 'text' if takes == 'path' else takes
                for argument in args if dotted in ('os.path.join', 'zip', 'itertools.chain', 'range') else args[-1:] if short in ('map', 'filter') else args[:1]:
                    weight = 2 if dotted in LOOSE else 3
                    self.pool(argument).vote('list' if short in ('map', 'filter') else kind, weight, 'library', 'it is passed to %s %s' % (short, at))
                    if takes == 'path':
                        self.pool(argument).vote('path', 0.6, 'library', 'it is passed to %s %s' % (short, at))
            if gives is not None:
                result.vote(gives, 3, 'library', 'it is what %s gives' % short)
                if dotted in builtins.__dict__ and not self.scopes.binds(dotted):
                    result.known = gives
        if first is None:
            return
        if dotted == 'len':
            for kind, weight in (('list', 1.5), ('text', 0.8), ('mapping', 0.6), ('tuple', 0.3)):
                first.vote(kind, weight, 'use', 'its length is taken %s' % at)
            first.excluded |= {'integer', 'float', 'boolean', 'none'}
        elif dotted in ('int', 'float'):
            for kind, weight in (('text', 1.5), ('float' if dotted == 'int' else 'integer', 0.8)):
                first.vote(kind, weight, 'library', 'it is converted by %s %s' % (dotted, at))
            first.condition('number', None, None)
        elif dotted in ('max', 'min') and len(args) > 1:
            for argument in args:
                self.pool(argument).vote('integer', 1.5, 'library', 'it is passed to %s %s' % (dotted, at))
            result.vote('integer', 2, 'library', 'it is what %s gives' % dotted)
        elif dotted in ('max', 'min') and args:
            first.vote('list', 2, 'library', 'it is passed to %s %s' % (dotted, at))
            merge(result, first.part('[]'))
        elif dotted == 'sum':
            first.part('[]').vote('integer', 3, 'library', 'it is summed up %s' % at)
        elif dotted in ('sorted', 'list', 'set', 'tuple', 'reversed', 'iter', 'random.choice', 'next'):
            if dotted in ('random.choice', 'next'):
                merge(result, first.part('[]'))
            elif not isinstance(args[0], (ast.Constant, ast.GeneratorExp)):
                merge(result.part('[]'), first.part('[]'))
        elif dotted == 'map' and len(args) > 1:
            merge(result.part('[]'), first.part('()'))
        elif dotted == 'enumerate':
            self.pairs(result, [Pool('integer'), first.part('[]')])
        elif dotted == 'zip':
            self.pairs(result, [self.pool(argument).part('[]') for argument in args])
        elif dotted in ('getattr', 'hasattr') and len(args) > 1 and isinstance(args[1], ast.Constant) and isinstance(args[1].value, str):
            first.vote('instance', 1.5, 'use', 'its attribute %s is asked for %s' % (args[1].value, at))
            if dotted == 'getattr':
                merge(result, first.part(('a', args[1].value)))
        elif dotted == 'super' or dotted == 'print':
            pass
        elif dotted == 'issubclass':
            first.vote('class', 3, 'library', 'it is passed to issubclass %s' % at)

    def pairs(self, result, pools):
        pair = result.part('[]')
        pair.arity = len(pools)
        pair.vote('tuple', 4, 'library', 'it is one of pairs')
        for index, pool in enumerate(pools):
            merge(pair.part(('k', index)), pool)
