"""What is missing, and the real thing that takes its place: names of the repository, of other packages, and what later versions of Python took out of its library.

Nothing is filled in before a run has failed by it, because programs ask what is there (`try: import numpy`). Every filling is told. What is nowhere is guessed as partial execution does
(`winnow_guess.py`).
"""
import builtins
import importlib
import importlib.util
import os
import re
import sys
import types

import winnow_guess
from winnow_known import MODULES, NAMES
from winnow_told import fill
from winnow_watch import PACKAGES, ROOT, OutOfTime, plan, text_of

#: Rounds of importing a package with what it lacks filled in.
MOST_ROUNDS = 6

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


def is_missing(raised):
    """Whether something was not there that the repository does not define."""
    if isinstance(raised, ModuleNotFoundError):
        name = getattr(raised, 'name', None) or ''
        return not (name.split('.')[0] in PACKAGES and os.path.exists(module_path(name) or ''))
    return isinstance(raised, (NameError, FileNotFoundError, EOFError))


def mend(raised):
    """Fills in what an import failed by; whether there was anything to fill."""
    words = text_of(raised)
    if isinstance(raised, ModuleNotFoundError) and is_missing(raised) and 'modules' not in done:
        done.add('modules')
        return winnow_guess.begin()
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
    last = None
    for _ in range(MOST_ROUNDS):
        try:
            return importlib.import_module(package), None
        except OutOfTime as problem:
            return None, problem
        except BaseException as problem:
            if not mend(problem):
                return None, problem
            last = problem
            forget(package)
    return None, last


#: What packages are called in scripts, beside what partial execution knows.
ALIASES = {
    **{short: module for short, module in MODULES.items() if short != module},
    'numpy': 'numpy', 'xr': 'xarray', 'sns': 'seaborn', 'so': 'seaborn.objects', 'nx': 'networkx',
    'sp': 'sympy', 'sy': 'sympy', 'sym': 'sympy', 'tf': 'tensorflow', 'mpl': 'matplotlib', 'sa': 'sqlalchemy',
}


def find(name):
    """A value for a name that code uses and does not define, and where it is from."""
    module, _, known = NAMES.get(name, '').partition(':')
    if module == 'builtins':
        return getattr(builtins, known), 'old Python'
    for package in PACKAGES:
        module = sys.modules.get(package)
        if module is None:
            continue
        if name == package:
            return module, 'import ' + name
        # A name that is not imported is a variable sooner than one of the package's own modules: `app`.
        if name in vars(module) and not isinstance(vars(module)[name], types.ModuleType):
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
            if isinstance(value, types.ModuleType):
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
