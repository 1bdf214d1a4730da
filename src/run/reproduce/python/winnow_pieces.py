"""Runs pieces of an issue: statements, tests, programs that are given to the project, and commands of it. No other process is started."""
import ast
import builtins
import importlib
import os
import re
import runpy
import sys
import types

import winnow_guess
from winnow_documents import BUILDERS, run_project, write
from winnow_fill import bring, find, is_missing, mend, module_path
from winnow_text import is_of_package, is_test, parsed, source_of, statements
from winnow_told import fill
from winnow_watch import PACKAGES, ROOT, OutOfTime, frames_of, kept, ran, tell, text_of, watched

#: Fillings of one statement; an issue that lacks more names than this is no program.
MOST_FILLED = 12

steps = 0
namespace = {'__name__': '__main__', '__builtins__': builtins}
main = types.ModuleType('__main__')
main.__dict__.update(namespace)
namespace = main.__dict__


def step(block, text, work, guess=None):
    """One row: what a piece ran and how it ended, after filling in what it failed by. `guess` makes of it one whose missing values are guessed, where nothing real is found."""
    global steps
    for _ in range(MOST_FILLED):
        value, raised = watched(work)
        if isinstance(raised, NameError) and lacks(raised):
            continue
        if raised is not None and mend(raised):
            continue
        if guess is not None and is_missing(raised):
            made, guess = guess(), None
            if made is not None:
                work = made
                continue
        break
    row = {'step': steps, 'block': block, 'text': text[:300], 'ran': ran(), 'ended': 'done', 'frames': []}
    if raised is not None:
        row.update(ended='raised', type=type(raised).__name__, message=text_of(raised), frames=frames_of(raised))
        if isinstance(raised, OutOfTime) or winnow_guess.is_spent(raised):
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
        return False
    namespace[name] = found[0]
    fill(name, found[1])
    return True


def show(value):
    """As a prompt does, or a notebook where the value has no text of its own."""
    print(repr(value)[:2000])
    if type(value).__repr__ is object.__repr__:
        for way in ('_repr_html_', '_repr_png_', '_repr_svg_'):
            if callable(getattr(type(value), way, None)):
                getattr(value, way)()
                break


def run_statement(node):
    module = ast.parse('')
    if isinstance(node, ast.Expr):
        code = compile(ast.Expression(node.value), '<issue>', 'eval')

        def work():
            value = eval(code, namespace)
            if value is not None:
                namespace['_'] = value
                show(value)
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
        step(block, source_of(form, node), work, lambda form=form, node=node: winnow_guess.guessing(form, node, namespace))
    return [node for _, node in found]


def run_tests(block, text, nodes):
    """Tests are called by their runner, or else as plain functions."""
    pytest = bring('pytest')[0]
    if pytest is None:
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
                for command, module, function in re.findall(r'([\w.-]+)\s*=\s*["\']?([\w.]+):(\w+)', file.read()):
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
    if name == 'make':
        run_project(block, step, commands(), BUILDERS.get(words[1] if len(words) > 1 else '', 'html'))
    return None


def run_block(number, block, mentioned):
    kind = block['kind']
    if kind == 'session':
        whole = '\n'.join(block['statements'])
        for text in [whole] if parsed(whole) is not None else block['statements']:
            run_source(number, text)
    elif kind == 'command':
        run_command(number, block['words'])
    elif kind == 'file' and (not block['path'].endswith('.py') or block['path'] in mentioned):
        return
    else:
        nodes = statements(block['text'])
        tool = [name for name in PACKAGES if module_path(name + '.__main__')]
        tests = any(is_test(node) for _, node in nodes)
        before = len(kept)
        run_source(number, block['text'])
        if tests:
            run_tests(number, block['text'], [node for _, node in nodes])
        elif tool and len(kept) == before and not is_of_package([node for _, node in nodes]):
            # A program that runs nothing of a project that reads programs is given to it.
            write('issue_%d.py' % number, block['text'])
            run_module(number, tool[0], ['issue_%d.py' % number])
