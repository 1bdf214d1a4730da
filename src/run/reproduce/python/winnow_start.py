"""Runs pieces of code against a repository's packages, and tells which functions of it each piece ran and where it failed.

Every piece is taken apart into statements, as at a prompt, and each runs even where one before it failed: what an issue shows is seldom a whole
program. Only the beginnings of functions of the repository are watched; while a module is imported nothing is, because everything that is imported runs
that. What is missing is filled in only where a run failed by it, and each filling is told: a name that the repository defines, what later versions of
Python took out of its library, and guesses at the rest (`winnow_guess.py`).

What to run stands in `plan.json` beside this file; rows of JSON are appended to `rows.jsonl` as each statement ends, so that those of a run that is stopped stay.
Python 3.6 and later; guesses take 3.8. No code is started in another process.
"""
import os
import signal
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from winnow_background import run_background
from winnow_fill import bring
from winnow_documents import run_project, write
from winnow_pieces import commands, main, run_block, step
from winnow_told import filled
from winnow_watch import PACKAGES, ROOT, SECONDS, here, out, plan, tell, text_of


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
    try:
        run_project(max(0, len(blocks) - 1), step, commands())
    except BaseException:
        tell({'fault': traceback.format_exc()[-1000:]})
    tell({'filled': filled[:200], 'end': True})
    sys.stdout.flush()
    run_background()
    out.close()
    # Threads and what was registered to be done at the end are no part of it.
    os._exit(0)


run()
