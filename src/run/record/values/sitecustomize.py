"""Records which values a project's functions worked with, for the Python process that runs its tests.

Python imports this module, by its name, at the end of its start, when its directory is on PYTHONPATH. `plan.json` beside it says which files are looked
at; each is rewritten when it is imported (`winnow_sites.py`), so that names, attributes, items, call results and arguments pass through `value` below.

The idea: an observation is four words about a value (`winnow_words.py`), and a site keeps how often it saw which. A site looks at its first observations and
then at one in `SPARSE`, so that a loop costs a count. No code of the program is called, and no value is kept alive.

Not recorded: processes that the tests start, and functions that a forked child ran.
"""
import atexit
import builtins
import json
import os
import sys
from importlib import _bootstrap_external

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.join(os.path.dirname(HERE), '')
sys.path.insert(0, HERE)
from winnow_sites import Rewriter  # noqa: E402
from winnow_words import words  # noqa: E402

sys.path.remove(HERE)

#: Observations of a site that are all looked at; a power of two.
DENSE = 64
#: After them one in so many, a power of two. Of click's 1.9 million observations 0.3 million are looked at.
SPARSE = 64
#: Distinct observations that a site keeps.
DISTINCT = 32

OWN_PROCESS = os.getpid()
functions = []  # as `Rewriter` makes them
sites = []
seen = []  # by site: how often it was reached
values = []  # by site: words → how often
calls = []  # by function: how often it began
returned = []  # by function: how often it came to a `return` or its end


def value(site, one):
    number = seen[site] = seen[site] + 1
    if number <= DENSE or not number & (SPARSE - 1):
        known = values[site]
        told = words(one)
        if told in known:
            known[told] += 1
        elif len(known) < DISTINCT:
            known[told] = 1
    return one


def enter(function):
    calls[function] += 1


def leave(function, one):
    returned[function] += 1
    return one


def rewritten(path, source):
    """The tree of a file with probes, or None when it is no program."""
    rewriter = Rewriter(path, len(functions), len(sites))
    try:
        tree = rewriter.rewrite(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    functions.extend(rewriter.functions)
    sites.extend(rewriter.sites)
    seen.extend([0] * len(rewriter.sites))
    values.extend({} for _ in rewriter.sites)
    calls.extend([0] * len(rewriter.functions))
    returned.extend([0] * len(rewriter.functions))
    return tree


def watch(files):
    plain = _bootstrap_external.SourceLoader.source_to_code

    def source_to_code(self, data, path, *rest, **named):
        if type(data) is bytes and type(path) is str and path.startswith(ROOT) and path[len(ROOT):] in files:
            tree = rewritten(path[len(ROOT):], data)
            if tree is not None:
                data = tree
        return plain(self, data, path, *rest, **named)

    _bootstrap_external.SourceLoader.source_to_code = source_to_code


def write():
    if os.getpid() != OWN_PROCESS:
        return
    told = {number: [] for number, count in enumerate(calls) if count}
    for number, (function, site) in enumerate(sites):
        if values[number] and function in told:
            distinct = [list(four) + [count] for four, count in values[number].items()]
            told[function].append(dict(site, count=seen[number], values=distinct))
    rows = [
        dict(functions[number], calls=calls[number], returned=returned[number], sites=found)
        for number, found in told.items()
    ]
    name = os.path.join(HERE, 'values.jsonl')
    try:
        with open(name + '~', 'w') as file:
            for row in rows:
                file.write(json.dumps(row) + '\n')
        os.replace(name + '~', name)
    except OSError:
        pass  # The directory is gone or full: a recording must not be what a suite fails by.


def begin():
    with open(os.path.join(HERE, 'plan.json'), 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    builtins.__winnow_value__ = value
    builtins.__winnow_enter__ = enter
    builtins.__winnow_leave__ = leave
    atexit.register(write)
    watch(frozenset(plan['files']))


begin()
