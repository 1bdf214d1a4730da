"""Runs a project's tests by pytest or unittest, and writes how each ended. What to do stands in `plan.json` beside this file.

The plan is read and removed before any code of the project runs: it has the key that rows are sealed with (`winnow_rows.py`).
"""
import json
import os
import sys


def begin():
    plan, here = read()
    if plan['testSeconds']:
        from winnow_watch import watched

        return watched(plan, os.path.join(here, 'rows.txt'), lambda plan: main(plan, here))
    return main(plan, here)


def read():
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, 'plan.json')
    with open(path, 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    os.unlink(path)
    sys.path[0] = here
    return plan, here


def main(plan, here):
    from winnow_rows import Rows

    root = os.path.dirname(here)
    rows = Rows(os.path.join(here, 'rows.txt'), plan['key'], plan.get('number', 0))
    rows.write(e='runtime', name='CPython' if sys.implementation.name == 'cpython' else sys.implementation.name, version='%d.%d.%d' % sys.version_info[:3])
    lines = None
    if plan['coverage']:
        from winnow_lines import Lines

        lines = Lines(root, plan['files'], rows)
    if plan['runner'] == 'pytest':
        import winnow_pytest as runner
    else:
        import winnow_unittest as runner
    # As `python -m pytest` and `python -m unittest` have it: the project's own modules come first.
    sys.path[0] = root
    for name in plan['roots']:
        sys.path.insert(1, os.path.join(root, name))
    sys.path.append(here)
    # Python processes that tests start find the project's modules too, before any copy that is installed.
    os.environ['PYTHONPATH'] = os.pathsep.join([root] + [os.path.join(root, name) for name in plan['roots']])
    sys.argv = [plan['runner']] + plan['arguments']
    return runner.run(plan, root, rows, lines)


if __name__ == '__main__':
    sys.exit(begin())
