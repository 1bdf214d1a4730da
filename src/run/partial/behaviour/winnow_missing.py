"""What is not there when a file is loaded: modules that are missing, names of older Pythons, and all that leaves the sandbox."""

import ast
import asyncio
import collections
import collections.abc
import functools
import importlib.machinery
import inspect
import io
import socketserver
import sys
import types

import winnow_stands
from winnow_canon import canon
from winnow_stands import Stand, error_class

SIX = {'PY2': False, 'PY3': True, 'text_type': str, 'string_types': (str,), 'integer_types': (int,), 'binary_type': bytes, 'class_types': (type,), 'iteritems': lambda one: iter(one.items()),
       'itervalues': lambda one: iter(one.values()), 'iterkeys': lambda one: iter(one.keys()), 'unichr': chr, 'u': str, 'next': next, 'add_metaclass': lambda kind: lambda cls: cls,
       'with_metaclass': lambda kind, *bases: type('temporary', bases or (object,), {}), 'python_2_unicode_compatible': lambda cls: cls, 'MAXSIZE': sys.maxsize}
OUTSIDE = (('subprocess', ('Popen', 'call', 'check_call', 'check_output', 'run')), ('smtplib', ('SMTP', 'SMTP_SSL')), ('urllib.request', ('urlopen', 'urlretrieve')),
           ('os', ('kill', 'killpg', 'system', 'popen', 'fork', 'execv', 'execve', 'execvp', 'execvpe', 'spawnv', 'spawnvp', 'setsid', 'setuid', 'setgid', 'nice', 'waitpid')),
           ('socket', ('create_connection', 'getfqdn')), ('http.client', ('HTTPConnection', 'HTTPSConnection')))
# What waits for others, or needs them.
SERVING = ((socketserver.BaseServer, ('serve_forever', 'handle_request')), (socketserver.socket.socket, ('bind', 'listen', 'connect', 'accept')))


class Missing(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith('__') and name.endswith('__'):
            if name == '__all__':
                return []
            if name == '__version__':
                return '1.0'
            raise AttributeError(name)
        own = self.__dict__['__name__']
        if own == 'six' and name in SIX:
            return SIX[name]
        if own.startswith('six.moves'):
            found = moved(own, name)
            if found is not None:
                return found
        if winnow_stands.is_error(name):
            return error_class(name)
        made = Stand(name, name)
        setattr(self, name, made)
        return made


def moved(module, name):
    import builtins
    import itertools
    import urllib.parse
    import urllib.request
    for where in (builtins, urllib.parse, urllib.request, itertools, io, functools):
        if hasattr(where, name):
            return getattr(where, name)
    return None


TRIED = {}


def is_tried(frame):
    """Whether an import stands where the file itself knows what to do without it."""
    while frame is not None and frame.f_code.co_filename.startswith('<frozen importlib'):
        frame = frame.f_back
    if frame is None:
        return False
    path = frame.f_code.co_filename
    if path not in TRIED:
        spans = []
        try:
            with open(path, 'rb') as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            tree = ast.parse('')
        for node in ast.walk(tree):
            if isinstance(node, ast.Try):
                caught = {part.id for handler in node.handlers for part in ast.walk(handler.type or ast.Name('Exception', ast.Load())) if isinstance(part, ast.Name)}
                if caught & {'ImportError', 'ModuleNotFoundError', 'Exception'}:
                    spans.append((node.body[0].lineno, node.body[-1].end_lineno))
        TRIED[path] = spans
    return any(first <= frame.f_lineno <= last for first, last in TRIED[path])


class Finder:
    def find_spec(self, name, path=None, target=None):
        top = name.partition('.')[0]
        parent = sys.modules.get(name.rpartition('.')[0])
        if '.' in name and type(parent) is not Missing:
            return None
        if top in sys.stdlib_module_names:
            return None
        # What a call tries to import is there on every other input.
        now = winnow_stands.world()
        if (now is None or now.turn < 0 or now.turn % 2 == 0) and is_tried(sys._getframe(1)):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Missing(spec.name)

    def exec_module(self, module):
        module.__path__ = []


def older():
    """Names that Python had when the file was written."""
    import builtins
    for name, value in dict(unicode=str, basestring=str, xrange=range, long=int, unichr=chr, raw_input=input, reduce=functools.reduce).items():
        if not hasattr(builtins, name):
            setattr(builtins, name, value)
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(inspect, 'getargspec'):
        inspect.getargspec = lambda func: inspect.getfullargspec(func)[:4]
    if not hasattr(asyncio, 'coroutine'):
        asyncio.coroutine = lambda func: func


def raised_names(tree):
    """Names that the file raises and looks out for: what is missing of these are exceptions."""
    made = set()
    for node in ast.walk(tree):
        for part in (node.exc,) if isinstance(node, ast.Raise) else (node.type,) if isinstance(node, ast.ExceptHandler) else ():
            for one in part.elts if isinstance(part, ast.Tuple) else [part]:
                one = one.func if isinstance(one, ast.Call) else one
                name = getattr(one, 'attr', getattr(one, 'id', ''))
                if name[:1].isupper():
                    made.add(name)
    return made


def bound(statement):
    names = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.alias):
            names.append((node.asname or node.name).partition('.')[0])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
    return [name for name in names if name != '*']


def outside():
    """What leaves the sandbox is a stand-in: what is asked of it is told, and nothing comes of it."""
    for kind, names in SERVING:
        for name in names:
            setattr(kind, name, lambda self, *args, name='%s.%s' % (kind.__name__, name), **keywords: winnow_stands.world().effect('%s(%s)' % (name, canon(args))))
    for module, names in OUTSIDE:
        found = sys.modules.get(module)
        for name in names if found is not None else ():
            setattr(found, name, Stand('%s.%s' % (module, name), '%s.%s' % (module, name)))
