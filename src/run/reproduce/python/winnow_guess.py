"""The way of `run --partial` to fill in, for statements of an issue: modules that are not there, and names, files and answers that are found nowhere.

Values follow from how the piece uses them, by the files of `run/partial/python` that lie beside this one. It is one round at level 2: no branch is forced, nothing is called that the
issue does not call, and no guess is corrected by running again. Python 3.8 and later; before that nothing is guessed.
"""
import ast
import os
import sys

from winnow_told import fill
from winnow_watch import ROOT, SECONDS, here

#: Kinds that are told; the others are parts of what these gave.
TOLD = ('name', 'file', 'input', 'argument', 'network', 'call')

#: Statements that only make what others use.
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

state = {}


def begin():
    """Whether guesses can be made from here on: missing modules are found as well, also by the repository's own files."""
    if 'round' not in state:
        sys.path.insert(0, here)
        try:
            state['round'] = opened()
        except (ImportError, SyntaxError, AttributeError) as problem:
            fill('Python %d.%d: %s' % (sys.version_info[0], sys.version_info[1], problem), None)
            state['round'] = None
        finally:
            sys.path.remove(here)
    return state['round'] is not None


def opened():
    if sys.version_info < (3, 8):
        raise ImportError('values are guessed from Python 3.8 on')
    from winnow_finder import install
    from winnow_round import Round, Spent
    from winnow_rows import Rows
    from winnow_source import Source

    class Told(Rows):
        """What is put in is told as the other fillings are."""

        def injected(self, index, path, line, column, kind, what, named, value, source, why, corrected=0):
            Rows.injected(self, index, path, line, column, kind, what, named, value, source, why, corrected)
            if kind == 'module':
                fill(what, 'module' if not str(why[0]).startswith('its own code') else str(why[0])[:200])
            elif kind in TOLD:
                fill(what, 'a guess: ' + named)

    plan = {'level': 2, 'truth': 'true', 'forced': [], 'fixes': [], 'seed': 0, 'wallMs': SECONDS * 1000, 'entry': 'issue.py', 'files': [], 'function': None, 'packages': []}
    round = Round(plan, Told(os.path.join(here, 'guesses.jsonl'), 2))
    state.update(spent=Spent, source=Source)
    add(round, '')
    install(round, ROOT)
    return round


def add(round, text):
    number = len(round.sources)
    source = state['source']('issue_%d.py' % number, '<issue %d>' % number, text)
    source.look({})
    round.sources.append(source)
    if not text:
        source.rewrite(round, 0)
        round.rows.statements(source)
    return source


def guessing(form, node, namespace):
    """A statement of a piece, to be run with what it misses guessed from the whole piece's uses; None where that cannot be."""
    if not begin():
        return None
    round = state['round']
    source = add(round, form)
    place = node.lineno, node.col_offset
    # What it calls of the piece was defined as it is; now that it lacks something, with guesses.
    body = [one for one in source.tree.body if (one.lineno, one.col_offset) == place or one.lineno < place[0] and isinstance(one, DEFINITIONS)]
    shows = [one for one in body if isinstance(one, ast.Expr)]
    # What a prompt would show is shown: that runs what writes it.
    source.tree.body = [ast.copy_location(ast.Assign([ast.copy_location(ast.Name('_', ast.Store()), one)], one.value), one) if one in shows else one for one in body]
    code = source.rewrite(round, 0)
    round.rows.statements(source)

    # What it defines is called by later statements, which run as they are.
    namespace.update((name, value) for name, value in round.names.items() if name.startswith('_winnow_'))

    def work():
        usual, namespace['__builtins__'] = namespace['__builtins__'], round.names
        round.begin()
        try:
            exec(code, namespace)
        finally:
            namespace['__builtins__'] = usual
        if shows and namespace.get('_') is not None:
            print(repr(namespace['_'])[:2000])
    return work


def is_spent(raised):
    """Whether a guessed statement was stopped because it ran long enough."""
    return 'spent' in state and isinstance(raised, state['spent'])
