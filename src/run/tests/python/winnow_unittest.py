"""unittest's own discovery and loader, with a result of ours that writes a row when a test begins and one when it has ended."""
import os
import signal
import sys
import threading
import time
import traceback
import unittest

from winnow_rows import DETAILS, MESSAGE, NAME, Begun, cut


class TimeUp(BaseException):
    pass


def run(plan, root, rows, lines):
    rows.write(e='runner', name='unittest', version='%d.%d.%d' % sys.version_info[:3])
    if lines is not None:
        lines.start()
    try:
        suite = found(plan, root)
    except BaseException as error:
        rows.write(e='broken', name='discovery', message=cut(repr(error), MESSAGE), details=cut(traceback.format_exc(), DETAILS), at=None)
        rows.write(e='end', code=2)
        return 2
    tests = list(each(suite))
    begun = Begun(plan.get('begun', ()))
    good = []
    broken = 0
    for test in tests:
        if type(test).__name__ == '_FailedTest':
            broken += 1
            error = getattr(test, '_exception', None)
            if begun.count:
                continue
            text = str(error)
            said = [line for line in text.splitlines() if line.strip()]
            rows.write(e='broken', name=cut(test.id().replace('unittest.loader._FailedTest.', ''), NAME), message=cut(said[-1] if said else repr(error), MESSAGE),
                       details=cut(text, DETAILS), at=None)
        elif not plan['only'] or any(part in test.id() for part in plan['only']):
            if not begun.take(test.id()):
                good.append(test)
    for start in range(0, 0 if begun.count else len(good), 500):
        rows.write(e='tests', names=[cut(test.id(), NAME) for test in good[start:start + 500]])
    if lines is not None:
        lines.take(None)
    result = Result(plan, root, rows, lines, begun.count)
    # The suites of the loader order what classes and modules set up; one list in the same order does the same.
    unittest.TestSuite(good).run(result)
    # What made another process go on behind a test did not pass.
    code = 0 if result.wasSuccessful() and not broken and not begun.count else 1
    if lines is not None:
        lines.finish()
    rows.write(e='end', code=code if good or broken or begun.count else 5)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def found(plan, root):
    loader = unittest.defaultTestLoader
    if plan['paths']:
        suite = unittest.TestSuite()
        for path in plan['paths']:
            full = os.path.join(root, path)
            if os.path.isdir(full):
                suite.addTest(discovered(loader, full, root))
            else:
                suite.addTest(loader.loadTestsFromName(path[:-3].replace('/', '.') if path.endswith('.py') else path))
        return suite
    suite = discovered(loader, root, root)
    if suite.countTestCases():
        return suite
    # Directories that are no packages: discovery from above does not go into them.
    for name in sorted(os.listdir(root)):
        full = os.path.join(root, name)
        if os.path.isdir(full) and not name.startswith('.') and any(one.startswith('test') and one.endswith('.py') for one in os.listdir(full)):
            suite.addTest(discovered(loader, full, root))
    return suite


def discovered(loader, directory, root):
    top = root if os.path.isfile(os.path.join(directory, '__init__.py')) else directory
    return loader.discover(directory, top_level_dir=top)


def each(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from each(one)
        else:
            yield one


class Result(unittest.TestResult):
    def __init__(self, plan, root, rows, lines, count):
        super().__init__()
        self.limit = plan['testSeconds']
        self.root = root
        self.rows = rows
        self.lines = lines
        self.count = count
        self.number = None
        self.started = 0.0
        self.told = None
        self.telling = False

    def begin(self, test):
        number = self.count
        self.count += 1
        method = getattr(type(test), getattr(test, '_testMethodName', ''), None)
        code = getattr(method, '__code__', None)
        file, line = ('', 0)
        if code is not None and code.co_filename.startswith(self.root + os.sep):
            file, line = code.co_filename[len(self.root) + 1:], code.co_firstlineno
        self.rows.write(e='start', n=number, name=cut(test.id(), NAME), file=cut(file, NAME), line=line)
        return number

    def startTest(self, test):
        super().startTest(test)
        if self.lines is not None:
            self.lines.take(None)
        self.number = self.begin(test)
        self.told = None
        self.late = False
        self.started = time.perf_counter()
        if self.limit and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, self.time_up)
            signal.setitimer(signal.ITIMER_REAL, self.limit, 1.0)

    def time_up(self, *_):
        if self.telling:
            return
        self.late = True
        if self.lines is not None:
            # A test that goes on all the same is killed with its process, and with what it has not told.
            self.telling = True
            self.lines.take(self.number)
            self.telling = False
        raise TimeUp('the test took longer than %g s' % self.limit)

    def stopTest(self, test):
        super().stopTest(test)
        if self.limit:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.lines is not None:
            self.lines.take(self.number)
        state, message, details, place = self.told or ('passed', '', '', None)
        if self.late and state in ('failed', 'error'):
            state = 'timed-out'
        self.rows.write(
            e='test', n=self.number, state=state, ms=round((time.perf_counter() - self.started) * 1000, 1), message=message, details=details, at=place)
        self.number = None

    def tell(self, test, state, error=None, message=''):
        details, place = '', None
        if error is not None:
            kind, value, trace = error
            details = cut(''.join(traceback.format_exception(kind, value, trace)), DETAILS)
            message = message + ('%s: %s' % (kind.__name__, value) if str(value) else kind.__name__)
            for frame, line in traceback.walk_tb(trace):
                name = frame.f_code.co_filename
                if name.startswith(self.root + os.sep) and not name.startswith(os.path.join(self.root, '.winnow-tests')):
                    place = [cut(name[len(self.root) + 1:], NAME), line]
        row = (state, cut(message, MESSAGE), details, place)
        if self.number is None:
            # What a class or a module sets up, or takes down.
            number = self.begin(test)
            self.rows.write(e='test', n=number, state=state, ms=0, message=row[1], details=details, at=place)
        elif self.told is None or self.told[0] in ('passed', 'skipped'):
            self.told = row

    def addError(self, test, error):
        super().addError(test, error)
        self.tell(test, 'error' if self.number is None else 'failed', error)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.tell(test, 'failed', error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell(test, 'skipped', message=str(reason))

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.tell(test, 'expected-failure', error)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.tell(test, 'unexpected-pass')

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.tell(test, 'failed', error, message='%s: ' % subtest._subDescription())
