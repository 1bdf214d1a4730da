"""A round of partial execution. What is to be done stands in `plan.json` beside this file; what was done goes to `rows.jsonl`.

The program gets a `__main__` of its own, its arguments and its path. Its files that are looked into are rewritten with hooks before they run; all others run as they are.
"""


def begin():
    import json
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(here)
    with open(os.path.join(here, 'plan.json'), 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    sys.path[0] = here
    sys.dont_write_bytecode = True
    from winnow_run import run

    sys.path[0] = os.path.dirname(os.path.join(root, plan['entry']))
    return run(plan, here, root)


begin()
