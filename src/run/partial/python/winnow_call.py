"""Level 3: what the program never called is called, with arguments inferred as everything else is.

Functions and methods are called in the order of the text, those that come to be while others run after them; again where a call left statements of theirs out, since conditions go the other
way then. Methods get an instance that the class's own constructor made, or one without it where that fails. Of a generator some elements are taken, a coroutine is run to
its end; results are dropped, errors are told like any other and end that call alone.
"""

import ast
import types

from winnow_pools import guess
from winnow_round import Spent

# Calls of one function, of all together, and elements of a generator.
TIMES, ALL, ELEMENTS = 3, 200, 5


class Caller:
    def __init__(self, round):
        self.round = round
        self.instances = {}
        self.calls = 0

    def everything(self):
        round = self.round
        round.calling = True
        for times in range(TIMES):
            called = set()
            progress = True
            while progress:
                progress = False
                for number, made in list(round.objects.values()):
                    if number in called or isinstance(made, type):
                        continue
                    called.add(number)
                    source, node, probe = round.definitions[number]
                    if self.whole(source, node, probe, times) or self.calls >= ALL:
                        continue
                    progress = True
                    self.calls += 1
                    if not round.ran[probe]:
                        round.rows.row(e='called', name=source.qualified(node))
                    self.call(source, node, made)

    def named(self, source, name):
        """One function, or the methods of one class, which somebody asked for: once, and from level 3 on again for what was left out."""
        round = self.round
        round.calling = round.level >= 3
        round.asking = True
        node = source.function(name)
        wanted = node.body if isinstance(node, ast.ClassDef) else [node]
        for times in range(TIMES if round.level >= 3 else 1):
            called = set()
            for number, made in list(round.objects.values()):
                _, found, probe = round.definitions[number]
                if found not in wanted or number in called or isinstance(made, type) or times > 0 and self.whole(source, found, probe, times):
                    continue
                called.add(number)
                if times == 0:
                    round.rows.row(e='called', name=source.qualified(found))
                self.call(source, found, made)

    def whole(self, source, node, probe, times):
        """Whether nothing is to be gained by a call: it ran, or on a second turn all of it did."""
        round = self.round
        if not round.ran[probe]:
            return False
        if times == 0:
            return True
        last = getattr(node, 'end_lineno', node.lineno)
        return all(round.ran[source.base + index] for index, line in enumerate(source.lines) if node.lineno <= line <= last and isinstance(source.probes.get(index), ast.stmt)
                   and not isinstance(source.probes[index], (ast.Raise, ast.Break, ast.Continue)))

    def call(self, source, node, function):
        try:
            self.finish(self.invoke(source, node, function))
        except Spent:
            raise
        except SystemExit:
            pass
        except BaseException as error:
            self.round.failure(error, 'ended')

    def invoke(self, source, node, function):
        scope = source.uses.scopes.of.get(node)
        bound = []
        if scope is not None and scope.kind == 'class':
            decorators = {part.id for decorator in node.decorator_list for part in ast.walk(decorator) if isinstance(part, ast.Name)}
            owner = None if 'staticmethod' in decorators else self.class_of(scope.node)
            if owner is not None and node.args.posonlyargs + node.args.args:
                on_class = 'classmethod' in decorators or node.name in ('__new__', '__init_subclass__', '__class_getitem__')
                bound = [owner if on_class else self.instance(owner)]
        args, keywords = self.arguments(source, node, len(bound))
        return function(*bound, *args, **keywords)

    def arguments(self, source, node, bound):
        """Inferred arguments behind the first ones, that are bound."""
        uses, args = source.uses, node.args
        ordered = (args.posonlyargs + args.args)[bound:]
        defaults = dict(zip([argument.arg for argument in reversed(ordered)], reversed(args.defaults)))
        values = []
        for argument in ordered:
            default = defaults.get(argument.arg)
            if default is not None and not (isinstance(default, ast.Constant) and default.value is None):
                break
            values.append(self.value(source, uses, argument, node))
        keywords = {}
        for argument, default in zip(args.kwonlyargs, args.kw_defaults):
            if default is None:
                keywords[argument.arg] = self.value(source, uses, argument, node)
        if args.vararg is not None and len(values) == len(ordered):
            values += [self.round.maker.make(uses.variable(args.vararg.arg, node.args).part('[]'), args.vararg.arg, None)[1]]
        return values, keywords

    def value(self, source, uses, argument, node):
        round = self.round
        pool = uses.variable(argument.arg, node.args)
        index = source.injected.get(argument)
        if index is None:
            index = source.injected[argument] = round.rows.reserve()
            named, value = round.maker.make(pool, argument.arg, index)
            _, reason, why = guess(pool)
            line, column = source.place(argument)
            round.rows.injected(index, source.path, line, column, 'argument', argument.arg, named, value, reason, why)
        else:
            value = round.maker.make(pool, argument.arg, index, 1)[1]
        return round.keep(value, index)

    def class_of(self, node):
        for number, made in self.round.objects.values():
            if isinstance(made, type) and self.round.definitions[number][1] is node:
                return made
        return None

    def instance(self, owner):
        found = self.instances.get(id(owner))
        if found is None:
            found = self.instances[id(owner)] = self.construct(owner)
        return found

    def construct(self, owner):
        init = owner.__dict__.get('__init__')
        known = self.round.objects.get(id(init))
        try:
            if known is not None:
                source, node, _ = self.round.definitions[known[0]]
                args, keywords = self.arguments(source, node, 1)
                return owner(*args, **keywords)
            return owner()
        except Spent:
            raise
        except BaseException as error:
            self.round.failure(error, 'ended')
        try:
            return object.__new__(owner)
        except Exception:
            return self.round.instance(self.round.sources[0].uses.variable('self', None), None, owner.__name__, 'instance')

    def finish(self, result):
        if isinstance(result, types.GeneratorType):
            for _, _ in zip(range(ELEMENTS), result):
                pass
        elif isinstance(result, types.CoroutineType):
            drive(result)
        elif isinstance(result, types.AsyncGeneratorType):
            async def drain():
                left = ELEMENTS
                async for _ in result:
                    left -= 1
                    if left <= 0:
                        return
            drive(drain())


def drive(coroutine):
    """To its end: by the usual loop where there is one, else step by step."""
    try:
        import asyncio
        loop = asyncio.new_event_loop()
    except Exception:
        for _ in range(1000):
            try:
                coroutine.send(None)
            except StopIteration:
                return
        coroutine.close()
        return
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.wait_for(coroutine, 0.5))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
