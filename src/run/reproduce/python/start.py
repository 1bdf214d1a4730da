"""Runs pieces of code against a repository's packages, and tells which functions of it each piece ran and where it failed.

Every piece is taken apart into statements, as at a prompt, and each runs even where one before it failed: what an issue shows is seldom a whole
program. Only the beginnings of functions of the repository are watched; while a module is imported nothing is, because everything that is imported runs
that. What is missing is filled in only where a run failed by it, and each filling is told: a name that the repository defines, a module that is not
installed, what later versions of Python took out of its library.

What to run stands in `plan.json` beside this file; rows of JSON are appended to `rows.jsonl` as each statement ends, so that those of a run that is stopped stay.
Python 3.6 and later. No code is started in another process.
"""
import ast
import builtins
import importlib
import importlib.machinery
import importlib.util
import json
import os
import re
import runpy
import signal
import sys
import tempfile
import textwrap
import threading
import traceback
import types

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'plan.json'), 'rb') as file:
    plan = json.loads(file.read().decode('utf-8'))

ROOT = os.path.join(os.path.realpath(plan['root']), '')
PACKAGES = plan['packages']
SECONDS = plan['seconds']
#: Fillings of one statement; an issue that lacks more names than this is no program.
MOST_FILLED = 12
#: Rounds of importing a package with what it lacks filled in.
MOST_ROUNDS = 12
#: Functions told of one step; more are cut, the most seldom called kept.
MOST_RAN = 4000
#: Lines that are tried together as one statement.
MOST_LINES = 60
#: A test of the background is cut there; what it ran until then is background as well.
BACKGROUND_SECONDS = 1.0
#: From the middle of a file: its first tests are often of the simplest things.
TESTS_OF_FILE = 2
#: `co_flags` of code with fast locals: a function's, not a class's or a module's.
OPTIMIZED = 1

out = open(os.path.join(here, 'rows.jsonl'), 'a')


def tell(row):
    out.write(json.dumps(row) + '\n')
    out.flush()


# Watching.

inside = {}  # file name of a code → path below the root, or None
codes = {}  # id of a code → its number; `kept` holds them alive so that ids stay true
kept = []
seen = {}  # id of a code → [calls, depth] in this step
ELSEWHERE = [0, 0]


def path_of(filename):
    try:
        return inside[filename]
    except KeyError:
        full = os.path.realpath(filename)
        path = full[len(ROOT):].replace(os.sep, '/') if full.startswith(ROOT) else None
        if path is not None and {'site-packages', 'dist-packages'} & set(path.split('/')):
            path = None
        inside[filename] = path
        return path


def number_of(code):
    number = codes.get(id(code))
    if number is None:
        number = codes[id(code)] = len(kept)
        kept.append(code)
        tell({'code': number, 'path': path_of(code.co_filename), 'line': code.co_firstlineno, 'name': code.co_name})
    return number


def watch(frame, event, argument):
    code = frame.f_code
    entry = seen.get(id(code))
    if entry is not None:
        entry[0] += 1
        return
    if path_of(code.co_filename) is None or not code.co_flags & OPTIMIZED:
        alive.append(code)
        seen[id(code)] = ELSEWHERE
        return
    depth, back = 0, frame.f_back
    while back is not None and depth < 200:
        if path_of(back.f_code.co_filename) is not None:
            if back.f_code.co_name == '<module>' and back.f_globals.get('__name__') != '__main__':
                return  # It is being imported, not run.
            depth += 1
        back = back.f_back
    number_of(code)
    seen[id(code)] = [1, depth]


alive = []


class OutOfTime(BaseException):
    pass


def on_alarm(number, frame):
    raise OutOfTime()


signal.signal(signal.SIGALRM, on_alarm)


def watched(work):
    """What work came to, watched: its value, and what it raised."""
    seen.clear()
    del alive[:]
    value, raised = None, None
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    threading.settrace(watch)
    sys.settrace(watch)
    try:
        value = work()
    except BaseException as problem:  # Whatever it is, it is what the program did.
        raised = problem
    finally:
        sys.settrace(None)
        threading.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return value, raised


def ran():
    rows = [[codes[key], entry[0], entry[1]] for key, entry in seen.items() if entry is not ELSEWHERE]
    rows.sort(key=lambda row: row[1])
    return rows[:MOST_RAN]


def frames_of(raised):
    """Frames of the repository on the way to what went wrong first, outermost first."""
    for _ in range(20):
        under = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
        if under is None:
            break
        raised = under
    found, at = [], raised.__traceback__
    while at is not None and len(found) < 2000:
        code = at.tb_frame.f_code
        if path_of(code.co_filename) is not None:
            found.append([number_of(code), at.tb_lineno])
        at = at.tb_next
    return found[-60:]


def text_of(what):
    try:
        return str(what)[:500]
    except BaseException:
        return ''


# Filling in.

filled = []


def fill(what, by):
    filled.append({'what': what, 'by': by})


class Stand:
    """Stands for what a module that is not there would have had."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return Stand()

    def __getattr__(self, name):
        if name[:2] == '__' and name[-2:] == '__':
            raise AttributeError(name)
        return Stand()

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


class StandModule(types.ModuleType):
    __path__ = []
    __version__ = version = '99.0'

    def __getattr__(self, name):
        if name[:2] == '__' and name[-2:] == '__':
            raise AttributeError(name)
        value = type(name, (Stand,), {}) if name[:1].isupper() else Stand()
        setattr(self, name, value)
        return value


class Stands:
    """Finds the modules that runs have failed by, and those below them."""

    names = set()

    def find_spec(self, name, path=None, target=None):
        parts = name.split('.')
        if not any('.'.join(parts[:length]) in self.names for length in range(1, len(parts) + 1)):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return StandModule(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.append(Stands())


def moved():
    """What later versions took out of the library, under its old names."""
    import collections
    import collections.abc
    import inspect
    import time
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(time, 'clock'):
        time.clock = time.process_time
    if not hasattr(inspect, 'getargspec'):
        spec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')
        inspect.getargspec = lambda function: spec(*inspect.getfullargspec(function)[:4])
    import fractions
    import math
    if not hasattr(fractions, 'gcd'):
        fractions.gcd = math.gcd


def versions():
    """Packages that were never installed have no version to tell."""
    try:
        from importlib import metadata
    except ImportError:
        return
    told = metadata.version

    def version(name):
        try:
            return told(name)
        except Exception:
            return '99.0'

    metadata.version = version


def mend(raised):
    """Fills in what an import failed by; whether there was anything to fill."""
    name = getattr(raised, 'name', None)
    words = text_of(raised)
    if isinstance(raised, ImportError) and name:
        top = name.split('.')[0]
        there = top in PACKAGES and os.path.exists(module_path(name) or '')
        if isinstance(raised, ModuleNotFoundError) and not there and name not in Stands.names:
            Stands.names.add(name)
            fill(name, 'module')
            return True
    if 'collections' in words or 'inspect' in words or 'fractions' in words or "'time'" in words:
        if 'moved' not in done:
            done.add('moved')
            moved()
            fill(words, 'library')
            return True
    if type(raised).__name__ in ('PackageNotFoundError', 'DistributionNotFound') and 'versions' not in done:
        done.add('versions')
        versions()
        fill(words, 'version')
        return True
    return False


done = set()


def module_path(name):
    for root in plan['roots']:
        base = os.path.join(ROOT, root, *name.split('.'))
        for path in (base + '.py', os.path.join(base, '__init__.py')):
            if os.path.exists(path):
                return path
    return None


def forget(package):
    for name in list(sys.modules):
        if name == package or name.startswith(package + '.'):
            del sys.modules[name]


def bring(package):
    """Imports a package of the repository, with what it lacks filled in."""
    for _ in range(MOST_ROUNDS):
        try:
            return importlib.import_module(package), None
        except OutOfTime as problem:
            return None, problem
        except BaseException as problem:
            if not mend(problem):
                return None, problem
            forget(package)
    return None, problem


ALIASES = {
    'np': 'numpy', 'numpy': 'numpy', 'pd': 'pandas', 'plt': 'matplotlib.pyplot', 'xr': 'xarray', 'sns': 'seaborn', 'nx': 'networkx',
    'sp': 'sympy', 'sy': 'sympy', 'sym': 'sympy', 'tf': 'tensorflow', 'mpl': 'matplotlib', 'sa': 'sqlalchemy',
}
OLD_BUILTINS = {'unicode': str, 'xrange': range, 'long': int, 'raw_input': input, 'basestring': str, 'unichr': chr}


def find(name):
    """A value for a name that code uses and does not define, and where it is from."""
    if name in OLD_BUILTINS:
        return OLD_BUILTINS[name], 'old Python'
    for package in PACKAGES:
        module = sys.modules.get(package)
        if module is None:
            continue
        if name == package:
            return module, 'import ' + name
        if name in vars(module):
            return vars(module)[name], package
    if name in ALIASES or (len(name) > 1 and importable(name)):
        try:
            return importlib.import_module(ALIASES.get(name, name)), 'import ' + ALIASES.get(name, name)
        except BaseException:
            pass
    best = None
    for key, module in list(sys.modules.items()):
        if key.split('.')[0] in PACKAGES and name in getattr(module, '__dict__', ()):
            value = vars(module)[name]
            if isinstance(value, types.ModuleType) and value.__name__.split('.')[0] not in PACKAGES:
                continue
            # The module that defines it, else the one nearest to the top.
            rank = (getattr(value, '__module__', key) != key, key.count('.'), key)
            if best is None or rank < best[0]:
                best = rank, value, key
    if best is not None:
        return best[1], best[2]
    module = defining(name)
    if module is not None:
        try:
            return getattr(importlib.import_module(module), name), module
        except BaseException:
            pass
    return None


def importable(name):
    try:
        return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None
    except BaseException:
        return False


sources = []


def defining(name):
    """The module of the repository, nearest to the top, whose own code binds a name."""
    if not sources:
        for root in plan['roots']:
            for package in PACKAGES:
                for folder, folders, files in os.walk(os.path.join(ROOT, root, package)):
                    folders[:] = sorted(one for one in folders if not re.match(r'tests?$|benchmarks$|\.|__', one))
                    for one in sorted(files):
                        if one.endswith('.py') and not one.startswith('test'):
                            path = os.path.join(folder, one)
                            module = os.path.relpath(path, os.path.join(ROOT, root))[:-3].replace(os.sep, '.')
                            sources.append((module.count('.'), module.replace('.__init__', ''), path))
        sources.sort()
    binds = re.compile(r'^(?:(?:def|class)\s+%s\b|(?:\w+\s*,\s*)*%s\s*(?:,\s*\w+\s*)*=)' % (re.escape(name), re.escape(name)), re.M)
    for _, module, path in sources:
        try:
            with open(path, encoding='utf-8', errors='replace') as file:
                if binds.search(file.read()):
                    return module
        except OSError:
            pass
    return None


# Running.

steps = 0
namespace = {'__name__': '__main__', '__builtins__': builtins}
main = types.ModuleType('__main__')
main.__dict__.update(namespace)
namespace = main.__dict__


def step(block, text, work):
    """One row: what a piece ran and how it ended, after filling in what it failed by."""
    global steps
    for _ in range(MOST_FILLED):
        start = len(filled)
        value, raised = watched(work)
        if isinstance(raised, NameError) and lacks(raised):
            continue
        if raised is not None and mend(raised):
            continue
        break
    row = {'step': steps, 'block': block, 'text': text[:300], 'ran': ran(), 'ended': 'done', 'frames': []}
    if raised is not None:
        row.update(ended='raised', type=type(raised).__name__, message=text_of(raised), frames=frames_of(raised))
        if isinstance(raised, OutOfTime):
            row['ended'] = 'timed-out'
        elif isinstance(raised, SystemExit):
            row.update(ended='exited', message=text_of(raised.code))
    steps += 1
    tell(row)
    return raised


def lacks(raised):
    match = re.match(r"(?:global )?name '(\w+)' is not defined", text_of(raised))
    name = getattr(raised, 'name', None) or (match.group(1) if match else None)
    if not name or name in namespace:
        return False
    found = find(name)
    if found is None:
        fill(name, None)
        return False
    namespace[name] = found[0]
    fill(name, found[1])
    return True


def parsed(text):
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def old_print(text):
    return re.sub(r'^(\s*)print\s+(?![(=])(.+)$', r'\1print(\2)', text, flags=re.M)


def statements(text):
    """Statements of a text that may hold output and prose between them."""
    text = textwrap.dedent(text.replace('\t', '    '))
    for form in (text, old_print(text)):
        body = parsed(form)
        if body is not None:
            return [(form, node) for node in body]
    found, lines, at = [], old_print(text).split('\n'), 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        best = None
        for end in range(at + 1, min(len(lines), at + MOST_LINES) + 1):
            chunk = textwrap.dedent('\n'.join(lines[at:end]))
            body = parsed(chunk)
            if body is None:
                continue
            best = end, chunk, body
            after = lines[end] if end < len(lines) else ''
            if not re.match(r'\s+\S|(?:else|elif|except|finally)\b', after) and after.strip():
                break
            if not after.strip() and not any(re.match(r'\s+\S', line) for line in lines[end:end + 2]):
                break
        if best is None:
            at += 1
            continue
        at = best[0]
        found.extend((best[1], node) for node in best[2])
    return found


def source_of(text, node):
    lines = text.split('\n')
    return '\n'.join(lines[node.lineno - 1:getattr(node, 'end_lineno', None) or node.lineno])


def run_statement(node):
    module = ast.parse('')
    if isinstance(node, ast.Expr):
        code = compile(ast.Expression(node.value), '<issue>', 'eval')

        def work():
            value = eval(code, namespace)
            if value is not None:
                namespace['_'] = value
                print(repr(value)[:2000])
    else:
        module.body = [node]
        code = compile(module, '<issue>', 'exec')

        def work():
            exec(code, namespace)
    return work


def run_source(block, text):
    found = statements(text)
    for form, node in found:
        try:
            work = run_statement(node)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        step(block, source_of(form, node), work)
    return [node for _, node in found]


def is_test(node):
    return re.match(r'test|Test', getattr(node, 'name', '')) is not None


def run_tests(block, text, nodes):
    """Tests are called by their runner, or else as plain functions."""
    try:
        import pytest
    except BaseException:
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and is_test(node) and not node.args.args:
                step(block, node.name + '()', lambda name=node.name: namespace[name]())
        return
    write('test_issue_%d.py' % block, text)
    step(block, 'pytest', lambda: pytest.main(['-q', '-p', 'no:cacheprovider', 'test_issue_%d.py' % block]))


def run_module(block, module, arguments):
    def work():
        sys.argv = [module] + arguments
        runpy.run_module(module, run_name='__main__', alter_sys=True)
    return step(block, ' '.join([module] + arguments), work)


def commands():
    """Names of commands that the project would install → module and function."""
    found = {}
    for name in ('setup.py', 'setup.cfg', 'pyproject.toml'):
        try:
            with open(os.path.join(ROOT, name), encoding='utf-8', errors='replace') as file:
                for command, module, function in re.findall(r'([\w-]+)\s*=\s*["\']?([\w.]+):(\w+)', file.read()):
                    found.setdefault(command, (module, function))
        except OSError:
            pass
    return found


def run_command(block, words):
    if words and re.match(r'python[\d.]*$', os.path.basename(words[0])):
        words = words[1:]
        if words[:1] == ['-m'] and len(words) > 1:
            return run_module(block, words[1], words[2:]) if words[1].split('.')[0] in PACKAGES + ['pytest', 'unittest'] else None
        if words[:1] == ['-c'] and len(words) > 1:
            return run_source(block, words[1])
        if words and os.path.exists(words[0]):
            with open(words[0]) as file:
                return run_source(block, file.read())
        return None
    name = os.path.basename(words[0]) if words else ''
    script = commands().get(name)
    if script is not None:
        def work():
            sys.argv = [name] + words[1:]
            return getattr(importlib.import_module(script[0]), script[1])()
        return step(block, ' '.join(words), work)
    if name in PACKAGES and module_path(name + '.__main__'):
        return run_module(block, name, words[1:])
    return None


def write(path, text):
    path = os.path.normpath(path)
    if os.path.isabs(path) or path.startswith('..'):
        return
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def is_of_package(nodes):
    for node in nodes:
        for one in ast.walk(node):
            names = [alias.name for alias in one.names] if isinstance(one, ast.Import) else []
            if isinstance(one, ast.ImportFrom):
                names = [one.module or '']
            if any(name.split('.')[0] in PACKAGES for name in names):
                return True
    return False


def run_block(number, block, mentioned):
    kind = block['kind']
    if kind == 'session':
        for text in block['statements']:
            run_source(number, text)
    elif kind == 'command':
        run_command(number, block['words'])
    elif kind == 'file' and (not block['path'].endswith('.py') or block['path'] in mentioned):
        return
    else:
        nodes = statements(block['text'])
        tool = [name for name in PACKAGES if module_path(name + '.__main__')]
        tests = any(is_test(node) for _, node in nodes)
        if nodes and tool and not tests and not is_of_package([node for _, node in nodes]):
            # A program that reads programs is given this one.
            write('issue_%d.py' % number, block['text'])
            run_module(number, tool[0], ['issue_%d.py' % number])
            return
        run_source(number, block['text'])
        if tests:
            run_tests(number, block['text'], [node for _, node in nodes])


def tests_of(path):
    """Tests of a file that need nothing given: name and what to call."""
    name = 'winnow_background_%d' % abs(hash(path))
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, path))
    module = importlib.util.module_from_spec(spec)
    # So that what a test imports from beside itself is found.
    module.__package__ = package_of(path)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    for key, value in list(vars(module).items()):
        if not key.lower().startswith('test') or getattr(value, '__module__', None) != name:
            continue
        if isinstance(value, types.FunctionType):
            if not value.__code__.co_argcount and not value.__code__.co_kwonlyargcount:
                yield value
        elif isinstance(value, type):
            for method in sorted(vars(value)):
                if method.startswith('test'):
                    yield in_class(value, method)


def package_of(path):
    folder, parts = os.path.dirname(path), []
    while folder and os.path.exists(os.path.join(ROOT, folder, '__init__.py')):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return '.'.join(parts)


def in_class(cls, method):
    def work():
        if hasattr(cls, 'debug'):
            cls(method).debug()
        else:
            getattr(cls(), method)()
    return work


def gathered(path):
    """Tests of a file, with what it lacks to be imported filled in; none where that does not help."""
    for _ in range(4):
        try:
            signal.setitimer(signal.ITIMER_REAL, 10)
            return list(tests_of(path))
        except BaseException as problem:
            if not mend(problem):
                return []
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return []


def run_background():
    """What tests of the project run: that much is common, and says nothing of this issue."""
    global SECONDS
    from time import monotonic
    until, SECONDS = monotonic() + plan['backgroundSeconds'], BACKGROUND_SECONDS
    for path in plan['background']:
        if monotonic() > until:
            break
        tests = gathered(path)
        for work in tests[len(tests) // 2:][:TESTS_OF_FILE]:
            watched(work)
            rows = [row[0] for row in ran()]
            if rows:
                tell({'background': path, 'ran': rows})


def run():
    sys.path[:] = [one for one in sys.path if os.path.realpath(one or '.') != here]
    sys.path[0:0] = [os.path.join(ROOT, root) for root in reversed(plan['roots'])]
    os.chdir(tempfile.mkdtemp())
    sys.path.insert(0, os.getcwd())
    sys.modules['__main__'] = main
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1500))
    problems = []

    def imports():
        for package in PACKAGES:
            problem = bring(package)[1]
            if problem is not None:
                problems.append([package, type(problem).__name__, text_of(problem)])

    signal.setitimer(signal.ITIMER_REAL, 6 * SECONDS)
    try:
        imports()
    except BaseException as problem:
        problems.append(['', type(problem).__name__, text_of(problem)])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    tell({'imports': problems, 'runtime': '%d.%d.%d' % sys.version_info[:3]})
    blocks = plan['blocks']
    for block in blocks:
        if block['kind'] == 'file':
            write(block['path'], block['text'])
    mentioned = {word for block in blocks if block['kind'] == 'command' for word in block['words']}
    for number, block in enumerate(blocks):
        try:
            run_block(number, block, mentioned)
        except BaseException:
            tell({'fault': traceback.format_exc()[-1000:]})
    tell({'filled': filled[:200], 'end': True})
    sys.stdout.flush()
    run_background()
    out.close()
    # Threads and what was registered to be done at the end are no part of it.
    os._exit(0)


run()
