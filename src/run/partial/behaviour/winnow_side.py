"""One version of a function: its file is loaded as far as it goes, and the function is called with an input, each call in a process of its own.

A file is run statement by statement. What fails because something is missing leaves stand-ins for the names that it would have bound, and the rest of the file goes on. Modules that
are not there are stand-ins throughout; those of the repository are real.
"""

import __future__
import ast
import contextlib
import dataclasses
import datetime
import functools
import inspect
import io
import logging
import os
import re
import sys
import types
import warnings

import winnow_canon
import winnow_stands
from winnow_canon import canon
from winnow_fixed import Running, dates, fixed
from winnow_missing import TRIED, Finder, Missing, bound, older, outside, raised_names
from winnow_near import note
from winnow_stands import Stand, World, error_class
from winnow_time import Endless, timed
from winnow_ways import Forcing
from winnow_wishes import Wishes, error_of

# CPU time of one call, seconds; what takes longer does not end.
CALL = 0.3
# How often an attribute that is None when an object begins is not any more.
LATER = 0.6
# The flag of classes that a program made (Py_TPFLAGS_HEAPTYPE).
HEAP = 1 << 9


class Forced(dict):
    """Decisions that are taken; of a `while` the first one alone, so that it comes to its end."""

    def __getitem__(self, key):
        return self.pop(key) if key.startswith('while ') else dict.__getitem__(self, key)


class Side:
    def __init__(self, about, facts):
        self.path, self.function, self.facts = about['path'], about['function'], facts
        self.text = about['text']
        self.globals = {}
        self.raw = None
        self.owner = None
        self.lines, self.differ = frozenset(about['lines']), frozenset(about['differ'])
        self.gap = None
        self.load(about)

    def load(self, about):
        root = about['root']
        older()
        dates()
        winnow_canon.ROOTS[:] = [root]
        sys.path[1:1] = about['packages']
        sys.path.insert(0, root)
        sys.meta_path.append(Finder())
        winnow_stands.WORLD[0] = World(self.facts, 0, -1)
        inside = self.path
        parts = inside[:-3].split('/')
        if parts[-1] == '__init__':
            parts.pop()
        # The outermost package is below the directory that has no `__init__.py`.
        base = 0
        for index in range(len(parts) - 1, -1, -1):
            if not os.path.exists(os.path.join(root, *parts[:index + 1], '__init__.py')) and index < len(parts) - 1:
                base = index + 1
                break
        sys.path.insert(0, os.path.join(root, *parts[:base]))
        name = '.'.join(parts[base:]) or 'module'
        package = name if inside.endswith('__init__.py') else name.rpartition('.')[0]
        if package and package != name:
            with contextlib.suppress(BaseException):
                __import__(package)
        module = types.ModuleType(name)
        module.__file__ = os.path.join(root, inside)
        module.__package__ = package
        if inside.endswith('__init__.py'):
            module.__path__ = [os.path.dirname(module.__file__)]
        sys.modules[name] = module
        self.globals = module.__dict__
        self.forced = self.globals['__winnow_forced__'] = Forced()
        self.globals['__winnow_noted__'] = noted
        tree = ast.parse(self.text)
        winnow_stands.RAISED.update(raised_names(tree))
        node = definition(tree, self.function)
        if node is not None:
            Forcing(self.differ).generic_visit(node)
        self.file = module.__file__
        # What the file's first lines ask of the compiler holds for every statement of it: annotations that nobody works out name what is not there.
        self.future = sum(getattr(__future__, name.name).compiler_flag for part in tree.body if isinstance(part, ast.ImportFrom) and part.module == '__future__' for name in part.names if hasattr(__future__, name.name))
        TRIED[self.file] = [(node.body[0].lineno, node.body[-1].end_lineno) for node in ast.walk(tree) if isinstance(node, ast.Try) and any(
            isinstance(part, ast.Name) and part.id in ('ImportError', 'ModuleNotFoundError', 'Exception') or handler.type is None for handler in node.handlers for part in ast.walk(handler.type or handler))]
        # The sandbox's file may have another version of it; a function is told by the text that was given.
        for statement in tree.body:
            self.statement(statement)
        # Names that nobody binds are an error of the file's own, unless everything of a module that is missing was to be bound.
        self.loaded = frozenset(sys.modules)
        self.stars = any(isinstance(node, ast.ImportFrom) and node.names[0].name == '*' for node in ast.walk(tree))
        self.find(tree)

    def statement(self, statement):
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare) and getattr(statement.test.left, 'id', '') == '__name__':
            return
        try:
            exec(compile(ast.Module([statement], []), self.file, 'exec', flags=self.future, dont_inherit=True), self.globals)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            if isinstance(statement, (ast.If, ast.Try)):
                for inner in list(getattr(statement, 'body', [])) + list(getattr(statement, 'orelse', [])):
                    self.statement(inner)
                return
            if isinstance(statement, ast.ClassDef) and (statement.bases or statement.decorator_list or statement.keywords):
                statement.bases, statement.decorator_list, statement.keywords = [], [], []
                return self.statement(statement)
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.decorator_list:
                statement.decorator_list = []
                return self.statement(statement)
            for name in bound(statement):
                self.globals.setdefault(name, error_class(name) if winnow_stands.is_error(name) else Stand(name, name))

    def find(self, tree):
        *outer, last = self.function.split('.')
        holder = None
        for name in outer:
            holder = self.globals.get(name) if holder is None else getattr(holder, '__dict__', {}).get(name)
        self.owner = holder if isinstance(holder, type) else None
        node = definition(tree, self.function)
        if node is None:
            self.gap = 'there is no function %s' % self.function
            return
        self.is_static = any(getattr(one, 'id', '') == 'staticmethod' for one in node.decorator_list)
        self.is_class = any(getattr(one, 'id', '') == 'classmethod' for one in node.decorator_list) or last in ('__new__', '__init_subclass__', '__class_getitem__')
        self.has_self = bool(outer) and self.owner is not None and not self.is_static
        found = self.owner.__dict__.get(last) if self.owner is not None else self.globals.get(last) if not outer else None
        for _ in range(8):
            if isinstance(found, types.FunctionType) and found.__code__.co_filename == self.file and found.__code__.co_name == last:
                break
            found = next((one for one in (getattr(found, name, None) for name in ('__wrapped__', '__func__', 'fget', 'func', 'callback', 'fn')) if one is not None and type(one) is not Stand), None)
        if not isinstance(found, types.FunctionType):
            found = self.alone(node, outer)
        self.raw = found
        self.first = node.lineno

    def alone(self, node, outer):
        """The function without what decorates it, where that hides it."""
        node.decorator_list = [one for one in node.decorator_list if getattr(one, 'attr', getattr(one, 'id', '')) in ('contextmanager',)]
        body = node
        for name in reversed(outer):
            body = ast.ClassDef(name, [], [], [body], [])
            ast.copy_location(body, node)
            body.type_params = []
        space = dict(self.globals)
        try:
            exec(compile(ast.fix_missing_locations(ast.Module([body], [])), self.file, 'exec', flags=self.future, dont_inherit=True), self.globals if not outer else space)
        except BaseException as error:
            self.gap = '%s could not be made: %s' % (self.function, type(error).__name__)
            return None
        found = (space if outer else self.globals).get((outer or [node.name])[0])
        for name in outer[1:] + ([node.name] if outer else []):
            found = getattr(found, '__dict__', {}).get(name)
        if outer:
            for name, value in list(self.globals.items()):
                space.setdefault(name, value)
        return found if isinstance(found, types.FunctionType) else getattr(found, '__wrapped__', None)

    # Values of classes that are there.

    def maker(self):
        side = self

        class Classes:
            def get(self, name):
                kind = side.globals.get(name)
                return (lambda place, short: side.of_class(kind, place, short)) if isinstance(kind, type) and not issubclass(kind, (BaseException, int, str, type)) else None
        return Classes()

    def of_class(self, kind, place, short, made=None):
        """An instance without its beginnings: what it lacks it is given when it is asked for."""
        if getattr(kind, '_is_protocol', False) or inspect.isabstract(kind) and False:
            return Stand(place, short)
        own = kind.__dict__.get('__getattr__') or getattr(kind, '__getattr__', None)

        def lacking(self, name):
            if name.startswith('__') and name.endswith('__'):
                raise AttributeError(name)
            if own is not None:
                try:
                    return own(self, name)
                except (AttributeError, RecursionError, KeyError):
                    pass
            value = winnow_stands.world().value('%s.%s' % (place, name), '%s.%s' % (short, name))
            with contextlib.suppress(Exception):
                object.__setattr__(self, name, value)
                winnow_stands.world().given[id(self), name] = canon(value, 1)
            return value

        body = {}
        if winnow_stands.world().turn % 3 == 2:
            for base in reversed([one for one in kind.__mro__ if one.__module__ not in ('builtins', 'typing', 'abc')]):
                body.update({name: lenient(value, place + '.' + name, True) for name, value in base.__dict__.items()
                             if isinstance(value, types.FunctionType) and not name.startswith('__') and value is not self.raw})
        try:
            sub = type(kind)(kind.__name__, (kind,), {**body, '__getattr__': lacking, '_winnow_name': kind.__name__, '__module__': kind.__module__})
        except Exception:
            return Stand(place, short)
        with contextlib.suppress(Exception):
            sub.__abstractmethods__ = frozenset()
        if made is not None:
            with contextlib.suppress(TypeError):
                made.__class__ = sub
            return made
        try:
            if issubclass(kind, tuple) and hasattr(kind, '_fields'):
                return kind._make([winnow_stands.world().value('%s.%s' % (place, name), '%s.%s' % (short, name)) for name in kind._fields])
            # The nearest class that Python itself has made; dates are not made of nothing.
            base = next(one for one in kind.__mro__ if not one.__flags__ & HEAP)
            made = base.__new__(sub, *((2020, 2, 29) if issubclass(base, datetime.date) else ()))
        except Exception:
            return Stand(place, short)
        if dataclasses.is_dataclass(kind):
            for field in dataclasses.fields(kind):
                with contextlib.suppress(Exception):
                    object.__setattr__(made, field.name, winnow_stands.world().value('%s.%s' % (place, field.name), '%s.%s' % (short, field.name)))
        return made

    def itself(self, place):
        """What a method is called on: every other one as its class begins it, where that works."""
        now = winnow_stands.world()
        if now.turn % 2 and not self.function.endswith('.__init__'):
            with contextlib.suppress(Exception):
                signature = inspect.signature(self.owner.__init__)
                args, keywords = self.arguments(list(signature.parameters.values())[1:], {}, 'made ')
                return self.wished(place, self.later(place, self.of_class(self.owner, place, place, self.owner(*args, **keywords))))
        return self.wished(place, self.later(place, self.of_class(self.owner, place, place)))

    def later(self, place, made):
        """What is None in the beginning is something by the time of most calls."""
        now = winnow_stands.world()
        for name in sorted({name for code in inner(self.raw.__code__) for name in code.co_names}) if type(made) is not Stand else ():
            with contextlib.suppress(Exception):
                if inspect.getattr_static(made, name) is None and now.random('later %s.%s' % (place, name)).random() < LATER:
                    object.__setattr__(made, name, now.value('%s.%s' % (place, name), '%s.%s' % (place, name)))
        return made

    def wished(self, place, made):
        """With attributes that the way to a statement asks for, where its own are others."""
        now = winnow_stands.world()
        for short in now.wishes.of if now.wishes is not None and type(made) is not Stand else ():
            name = short[len(place) + 1:]
            if not short.startswith(place + '.') or not name.isidentifier() or short in now.memo:
                continue
            with contextlib.suppress(Exception):
                with contextlib.suppress(Exception):
                    if now.wishes.holds(now, short, getattr(made, name)):
                        continue
                found, value = now.wishes.value(now, short, short)
                if found:
                    now.memo[short] = value
                    if isinstance(getattr(type(made), name, None), property):
                        setattr(type(made), name, value)
                    else:
                        object.__setattr__(made, name, value)
        return made

    def arguments(self, parameters, spec, prefix=''):
        now = winnow_stands.world()
        args, keywords, skipped = [], {}, False
        for index, one in enumerate(parameters):
            name = spec.get('names', {}).get(one.name, one.name)
            place = prefix + name
            rare = now.random('given? ' + place)
            if one.kind is one.VAR_POSITIONAL:
                if not skipped:
                    args += [now.value('%s[%d]' % (place, at), name + '[]') for at in range((0, 1, 2, 3)[now.turn % 4])]
                continue
            if one.kind is one.VAR_KEYWORD:
                for key in (self.facts['keys'].get(name) or [])[:6] if now.turn % 2 else []:
                    if isinstance(key, str) and rare.random() < 0.6:
                        keywords[key] = now.value('%s[%r]' % (place, key), '%s[%r]' % (name, key))
                continue
            if spec.get('extra') and not prefix:
                # All by name, and of those that one version alone has, only the one that is asked for.
                if one.name not in spec['alone'] and one.kind is not one.POSITIONAL_ONLY:
                    keywords[one.name] = now.value(place, name)
                continue
            if one.name in spec.get('alone', ()) and not prefix and one.default is not one.empty:
                skipped = True
                continue
            if one.name in spec.get('omit', ()) and not prefix:
                skipped = True
                continue
            left = one.default is not one.empty and one.name not in spec.get('needed', ()) and not (now.wishes is not None and name in now.wishes.of) and (place in now.plain or rare.random() < (0.8, 0.0, 0.3)[now.turn % 3])
            if left:
                skipped = True
                continue
            value = now.value(place, name)
            if one.kind is one.KEYWORD_ONLY or skipped:
                if one.kind is not one.POSITIONAL_ONLY:
                    keywords[one.name] = value
            else:
                args.append(value)
        return args, keywords

    # A call.

    def call(self, spec):
        """-> what came of it, as plain data."""
        wishes = Wishes(spec.get('wish', ()), spec.get('failing', ()), self.globals, self.facts.get('modules', {})) if spec.get('wish') or spec.get('failing') else None
        now = winnow_stands.WORLD[0] = World(self.facts, spec['seed'], spec['turn'], spec.get('plain', ()), self.maker(), spec.get('salt'), wishes)
        now.keys, now.space, now.near = tuple(spec.get('keys', ())), self.globals, decoded(spec.get('near', {}))
        now.avoid = spec.get('avoid', {})
        self.forced.clear()
        for name in [name for name, module in sys.modules.items() if type(module) is Missing and name not in self.loaded]:
            del sys.modules[name]
        if '__file__' in self.raw.__code__.co_names:
            # What is written beside the file goes to the call's own directory.
            self.globals['__file__'] = os.path.abspath(os.path.basename(self.file))
        for key, value in spec.get('force', {}).items():
            value = error_of(value, self.globals, spec.get('salt', {}).get('raised', 0)) if isinstance(value, str) else value
            if value is not None:
                self.forced[key] = value
        for key, (place, short) in spec.get('mend', {}).items():
            self.forced[key] = Stand(place, short)
        ran = set()
        out, err = io.StringIO(), io.StringIO()
        outside()
        logging.disable(logging.CRITICAL)
        fixed(spec['turn'], now)
        warnings.simplefilter('always')
        warnings.showwarning = lambda message, category, *rest, **more: now.effect('warns %s' % category.__name__)
        result = {'kind': 'returned', 'soft': False, 'refused': False}
        passed = {}
        code, tracing = self.raw.__code__, None
        codes = set(inner(code))

        def trace(frame, event, arg):
            if frame.f_code in codes:
                ran.add(frame.f_lineno)
                return lines
            return None

        def lines(frame, event, arg):
            ran.add(frame.f_lineno)
            return lines

        restore = self.ease() if spec['turn'] % 3 == 2 else {}
        if spec.get('state'):
            restore.update(self.state())
        sys.stdout, sys.stderr = out, err
        try:
            timed(CALL)
            args, keywords = self.given(spec, passed)
            sys.settrace(trace)
            try:
                value = self.raw(*args, **keywords)
                if isinstance(value, types.CoroutineType):
                    value = drive(value)
                elif isinstance(value, types.AsyncGeneratorType):
                    value = drive(listed(value))
                result['value'] = canon(value)
            finally:
                sys.settrace(None)
            if now.late is not None:
                result['at'] = self.line_of(now.late)
        except Endless as error:
            result.update(kind='endless', value='', at=self.line_of(error))
        except BaseException as error:
            result['kind'] = 'raised'
            result['at'] = self.line_of(error)
            result['value'] = type(error).__name__ if not isinstance(error, SystemExit) else 'SystemExit %s' % canon(error.code if not isinstance(error.code, str) else 1)
            result['value'] += carried(error)
            result['message'] = text_of(error)
            refused = result['refused'] = bool(spec.get('extra') or spec.get('omit')) and not ran and isinstance(error, TypeError) and ('keyword' in result['message'] or 'missing' in result['message'])
            unbound = isinstance(error, NameError) and not self.stars
            result['soft'] = not refused and not unbound and not self.is_refusal(error, result['message']) and type(error).__name__ not in spec.get('handled', ()) and is_soft(error, result['message'])
            if not ran:
                result['early'] = True
        finally:
            timed(0)
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
            self.globals.update(restore)
        result['out'], result['err'] = winnow_canon.plain_text(out.getvalue()[:20_000]), winnow_canon.plain_text(err.getvalue()[:20_000])
        result['state'] = {name: canon(value) for name, value in passed.items()}
        result['writes'] = {place: canon(value) for place, value in now.writes.items()}
        result['effects'] = now.effects
        result['globals'] = {name: canon(self.globals.get(name)) for name in self.written()}
        result['files'] = files('.')
        result['ran'] = sorted(ran & self.lines) if self.lines else (['all'] if ran else [])
        result['lines'], result['chances'] = sorted(ran), list(now.chances)
        result['kinds'] = now.kinds
        result['compared'] = {kind: [one.decode('latin-1') if kind == 'bytes' else one for one in known] for kind, known in now.compared.items()}
        result['input'] = {name: str(value)[:200] for name, value in spec.get('shown', {}).items()}
        return result

    def is_refusal(self, error, message):
        """Whether a function of the file has no parameter of a name that the other version's has, or the other way round: it was passed because a text says that it may be."""
        found = re.search(r"unexpected keyword argument '(\w+)'", message) if isinstance(error, TypeError) else None
        return found is not None and any(found.group(1) in names for names in self.facts.get('spread', {}).values())

    def line_of(self, error):
        """The function's own line that an error went through last."""
        trace, line, codes = error.__traceback__, 0, set(inner(self.raw.__code__))
        while trace is not None:
            if trace.tb_frame.f_code in codes:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line

    def ease(self):
        """On every third input a function of the file that fails on stand-ins gives one, where what calls it would fail with it. -> what stood there."""
        known = {}
        for name in {name for code in inner(self.raw.__code__) for name in code.co_names}:
            value = self.globals.get(name)
            if isinstance(value, types.FunctionType) and value is not self.raw and not name.startswith('__winnow'):
                known[name] = value
                self.globals[name] = lenient(value, name)
        return known

    def state(self):
        """Flags, and containers that are empty, may be otherwise by the time of a call. -> what stood there."""
        known = {}
        for name in sorted({name for code in inner(self.raw.__code__) for name in code.co_names}):
            value = self.globals.get(name, self)
            kind = {bool: 'boolean', dict: 'mapping', list: 'list', set: 'set'}.get(type(value))
            if name in self.globals and not name.startswith('__') and kind is not None and (kind == 'boolean' or not value):
                known[name] = value
                self.globals[name] = winnow_stands.world().of_type(kind, name, name, winnow_stands.world().random(name))
        return known

    def given(self, spec, passed):
        parameters = list(inspect.signature(self.raw, follow_wrapped=False).parameters.values())
        args = []
        if self.has_self and parameters:
            first = parameters.pop(0)
            args.append(self.owner if self.is_class else self.itself(spec.get('names', {}).get(first.name, first.name)))
            passed[spec.get('names', {}).get(first.name, first.name)] = args[0]
        elif '.' in self.function and not self.is_static_method() and parameters:
            first = parameters.pop(0)
            args.append(Stand(first.name, first.name))
        shown = spec.setdefault('shown', {})
        example = spec.get('example')
        if example is not None:
            space = dict(self.globals)
            more = [eval(compile(text, 'example', 'eval'), space) for text in example['args']]
            keywords = {name: eval(compile(text, 'example', 'eval'), space) for name, text in example['keywords'].items()}
            shown.update({'argument %d' % (index + 1): canon(one) for index, one in enumerate(more)})
            shown.update({name: canon(one) for name, one in keywords.items()})
        else:
            more, keywords = self.arguments(parameters, spec)
            for name in spec.get('extra', ()):
                keywords[name] = winnow_stands.world().value(name, name)
            named = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
            for index, one in enumerate(more):
                name = spec.get('names', {}).get(named[index].name, named[index].name) if index < len(named) else 'argument %d' % (index + 1)
                shown[name], passed[name] = canon(one), one
            for name, one in keywords.items():
                told = spec.get('names', {}).get(name, name)
                shown[told], passed[told] = canon(one), one
        if example is not None:
            for index, one in enumerate(more):
                passed['argument %d' % (index + 1)] = one
        return args + more, keywords

    def is_static_method(self):
        return self.is_static or self.owner is None and not self.function.partition('.')[0][:1].isupper()

    def written(self):
        import dis
        return sorted({one.argval for code in inner(self.raw.__code__) for one in dis.get_instructions(code) if one.opname == 'STORE_GLOBAL'})


def noted(value):
    note(value, winnow_stands.world().compared)
    return value


def decoded(near):
    return {kind: [one.encode('latin-1') if kind == 'bytes' else one for one in values] for kind, values in near.items()}


def lenient(func, place, is_method=False):
    @functools.wraps(func)
    def call(*args, **keywords):
        try:
            return func(*args, **keywords)
        except (TypeError, AttributeError, NameError, NotImplementedError, RecursionError) as error:
            if not is_soft(error, text_of(error)):
                raise
            return Stand(place, place)(*args[1 if is_method else 0:], **keywords)
    return call


def carried(error):
    """What an exception of a program's own carries besides texts, which are for people."""
    own = {} if isinstance(error, SystemExit) else getattr(error, '__dict__', {})
    told = ['%s=%s' % (key, canon(own[key])) for key in sorted(own) if not key.startswith('__') and not isinstance(own[key], (str, bytes, BaseException))]
    return ' (%s)' % ', '.join(told)[:300] if told else ''


def text_of(error):
    try:
        return str(error)[:300]
    except Exception:
        return ''


def inner(code):
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from inner(one)


def definition(tree, wanted):
    def walk(body, prefix):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if prefix + node.name == wanted:
                    return node
                found = walk(node.body, prefix + node.name + '.') if wanted.startswith(prefix + node.name + '.') else None
            elif isinstance(node, ast.ClassDef):
                found = walk(node.body, prefix + node.name + '.') if wanted.startswith(prefix + node.name + '.') else None
            else:
                found = next((one for one in (walk(part, prefix) for part in (getattr(node, 'body', None), getattr(node, 'orelse', None), getattr(node, 'finalbody', None)) if isinstance(part, list)) if one is not None), None)
            if found is not None:
                return found
        return None
    return walk(tree.body, '')


def is_soft(error, message):
    """An operation failed on a value that a real caller might never give: nothing is made of it. `raise` in the code, and missing values that the code looks out for, count."""
    if not isinstance(error, (TypeError, AttributeError, NameError, RecursionError, NotImplementedError, MemoryError, ImportError)):
        return False
    if isinstance(error, UnboundLocalError) or "'NoneType'" in message and not isinstance(error, ImportError):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return True
    import dis
    code = trace.tb_frame.f_code
    if 'winnow_' in code.co_filename:
        return True
    at = trace.tb_lasti
    return not (at < len(code.co_code) and dis.opname[code.co_code[at]] in ('RAISE_VARARGS', 'RERAISE'))


def drive(coroutine):
    """Runs a coroutine; what it waits for comes at once, or never."""
    with Running(Stand('loop', 'loop')):
        try:
            for _ in range(200):
                coroutine.send(None)
        except StopIteration as done:
            return done.value
        finally:
            coroutine.close()
    return Stand('unfinished', '')


async def listed(values):
    made = []
    async for one in values:
        made.append(one)
        if len(made) > 30:
            break
    return iter(made)


def files(root):
    told = {}
    for directory, _, names in os.walk(root):
        for name in sorted(names)[:50]:
            path = os.path.join(directory, name)
            with contextlib.suppress(OSError):
                with open(path, 'rb') as file:
                    told[os.path.relpath(path, root)] = repr(file.read(2000))
        told[os.path.relpath(directory, root) + '/'] = 'a directory'
    return told
