"""Runs some tests of the project, to tell what every use of it runs."""
import importlib.util
import os
import signal
import sys
import types
from time import monotonic

from winnow_fill import mend
from winnow_watch import ROOT, plan, ran, tell, watched

#: A test of the background is cut there; what it ran until then is background as well.
BACKGROUND_SECONDS = 1.0
#: From the middle of a file: its first tests are often of the simplest things.
TESTS_OF_FILE = 2


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
    until = monotonic() + plan['backgroundSeconds']
    for path in plan['background']:
        if monotonic() > until:
            break
        tests = gathered(path)
        for work in tests[len(tests) // 2:][:TESTS_OF_FILE]:
            watched(work, BACKGROUND_SECONDS)
            rows = [row[0] for row in ran()]
            if rows:
                tell({'background': path, 'ran': rows})
