"""pytest with a plugin of ours that writes a row when a test begins and one when it has ended.

A test is one node; its three phases (setup, call, teardown) are one result: what fails outside of the call is an error and no failure.
"""
import os
import re
import signal
import sys
import threading

from winnow_rows import DETAILS, MESSAGE, NAME, Begun, cut

OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep


class TimeUp(BaseException):
    """No `Exception`, so that a test does not catch it by accident."""


def run(plan, root, rows, lines):
    try:
        import pytest
    except ImportError as error:
        rows.write(e='missing', name='pytest', text=str(error))
        return 3
    rows.write(e='runner', name='pytest', version=pytest.__version__)
    # A file that cannot be loaded does not keep the others from being run.
    arguments = ['-p', 'no:cacheprovider', '--continue-on-collection-errors']
    if have('xdist') and (lines is not None or plan['testSeconds']):
        arguments += ['-n0']
    if have('pytest_cov'):
        arguments += ['--no-cov']
    plugin = Plugin(plan, root, rows, lines)
    if lines is not None:
        lines.start()
    code = pytest.main(arguments + plan['arguments'] + plan['paths'], plugins=[plugin])
    if lines is not None:
        lines.finish()
    # What made another process go on behind a test did not pass.
    code = max(int(code), 1) if plugin.begun.count and code == 0 else int(code)
    rows.write(e='end', code=code)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def have(name):
    import importlib.util

    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


class Plugin:
    def __init__(self, plan, root, rows, lines):
        self.only = plan['only']
        self.limit = plan['testSeconds']
        self.root = root
        self.rows = rows
        self.lines = lines
        self.numbers = {}
        self.count = 0
        self.number = None
        self.telling = False
        self.begun = Begun(plan.get('begun', ()))
        self.reset()

    def reset(self):
        self.state = 'passed'
        self.failure = None
        self.seconds = 0.0
        self.late = False

    def pytest_configure(self, config):
        # No argument: there is none of this name when a project leaves pytest's own terminal out.
        if getattr(config.option, 'tbstyle', 'auto') == 'auto':
            config.option.tbstyle = 'short'

    def pytest_collection_modifyitems(self, config, items):
        if not self.only and not self.begun.count:
            return
        kept = [item for item in items if not self.only or any(part in item.nodeid for part in self.only)]
        kept = [item for item in kept if not self.begun.take(item.nodeid)]
        if len(kept) < len(items):
            gone = set(map(id, kept))
            config.hook.pytest_deselected(items=[item for item in items if id(item) not in gone])
            items[:] = kept

    def pytest_collection_finish(self, session):
        if self.begun.count:
            return
        for start in range(0, len(session.items), 500):
            self.rows.write(e='tests', names=[cut(item.nodeid, NAME) for item in session.items[start:start + 500]])
        if self.lines is not None:
            self.lines.take(None)

    def pytest_collectreport(self, report):
        if report.outcome == 'passed':
            return
        text, message, place = told(report, self.root)
        if self.begun.count:
            return
        if report.outcome == 'skipped':
            number = self.begin(report.nodeid, None)
            self.rows.write(e='test', n=number, state='skipped', ms=0, message=message, details='', at=place)
        else:
            self.rows.write(e='broken', name=cut(report.nodeid, NAME), message=message, details=text, at=place)

    def pytest_internalerror(self, excrepr):
        self.rows.write(e='internal', text=cut(str(excrepr), DETAILS))

    def begin(self, name, location):
        number = self.numbers[name] = self.begun.count + self.count
        self.count += 1
        file, line = (location[0], (location[1] or 0) + 1) if location else (name.split('::')[0], 0)
        self.rows.write(e='start', n=number, name=cut(name, NAME), file=cut(file, NAME), line=line)
        return number

    def pytest_runtest_logstart(self, nodeid, location):
        self.reset()
        if self.lines is not None:
            self.lines.take(None)
        self.number = self.begin(nodeid, location)
        if self.limit and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, self.time_up)
            # Again each second, for those that catch everything.
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

    def pytest_runtest_logreport(self, report):
        self.seconds += getattr(report, 'duration', 0.0)
        if report.outcome == 'passed' and not hasattr(report, 'wasxfail'):
            return
        if hasattr(report, 'wasxfail'):
            state = 'expected-failure' if report.outcome == 'skipped' else 'unexpected-pass'
        elif report.outcome == 'skipped':
            state = 'skipped'
        else:
            state = 'failed' if report.when == 'call' else 'error'
        worst = ('passed', 'skipped', 'expected-failure', 'unexpected-pass', 'failed', 'error')
        if report.outcome == 'failed' and state == 'error' and self.state == 'failed':
            return  # the first failure is the one to tell
        if worst.index(state) >= worst.index(self.state):
            self.state = state
            self.failure = told(report, self.root)

    def pytest_runtest_logfinish(self, nodeid, location):
        if self.limit:
            signal.setitimer(signal.ITIMER_REAL, 0)
        number = self.numbers[nodeid]
        if self.lines is not None:
            self.lines.take(number)
        text, message, place = self.failure or ('', '', None)
        if self.late and self.state in ('failed', 'error'):
            self.state = 'timed-out'
        self.rows.write(
            e='test', n=number, state=self.state, ms=round(self.seconds * 1000, 1), message=message, details=text if self.state != 'skipped' else '', at=place)


def told(report, root):
    """All that pytest says of a failure, its message, and where it came up."""
    shown = report.longrepr
    if isinstance(shown, tuple) and len(shown) == 3:
        path, line, message = shown
        return '', cut(str(message), MESSAGE), place_of(path, line, root)
    text = cut(getattr(report, 'longreprtext', '') or str(shown or ''), DETAILS)
    crash = getattr(shown, 'reprcrash', None)
    if crash is None:
        last = [line for line in text.splitlines() if line.strip()]
        return text, cut(next((line[1:].strip() for line in last if line.startswith('E ')), last[-1].strip() if last else ''), MESSAGE), None
    return text, cut(crash.message, MESSAGE), place_of(crash.path, crash.lineno, root) or last_place(text, root)


def place_of(path, line, root):
    path = os.path.abspath(str(path))
    if not path.startswith(root + os.sep) or path.startswith(OWN):
        return None
    return [cut(path[len(root) + 1:], NAME), int(line or 0)]


def last_place(text, root):
    """The innermost frame of the project, where the failure came up outside of it."""
    for path, line in reversed(re.findall(r'^(\S+?):(\d+): ', text, re.MULTILINE)):
        place = place_of(path, line, root)
        if place is not None:
            return place
    return None
