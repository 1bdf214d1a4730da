"""Documents that an issue carries, and its other files: written where its code runs, and built where the project builds documents (`sphinx-build`)."""
import importlib
import os
import re
import sys

from winnow_told import fill

#: Targets of Sphinx's Makefile that are not called as their builder is.
BUILDERS = {'latexpdf': 'latex', 'pdf': 'latex', **{one: one for one in ('latex', 'man', 'epub', 'text', 'linkcheck', 'gettext', 'texinfo', 'singlehtml', 'dirhtml', 'xml', 'doctest')}}
#: What belongs to an extension of Sphinx, by how directives and settings begin.
EXTENSIONS = {'auto': 'autodoc', 'autosummary': 'autosummary', 'napoleon': 'napoleon', 'intersphinx': 'intersphinx', 'viewcode': 'viewcode', 'inheritance': 'inheritance_diagram',
              'todo': 'todo', 'graphviz': 'graphviz', 'digraph': 'graphviz', 'linkcode': 'linkcode', 'doctest': 'doctest', 'testcode': 'doctest', 'coverage': 'coverage'}


def run_project(block, step, commands, builder='html'):
    """Builds the documents that the issue carries, in a project that builds documents (`sphinx-build`). What a project always has and an issue leaves out is filled in."""
    script = commands.get('sphinx-build')
    files = [os.path.join(folder, one) for folder, _, all in os.walk('.') for one in all]
    documents = [one for one in files if one.endswith(('.rst', '.md')) and '_templates' not in one]
    if script is None or 'built' in done or not (documents or os.path.exists('conf.py')):
        return
    done.add('built')
    modules = sorted(one[2:-3].replace(os.sep, '.') for one in files if one.endswith('.py') and os.path.basename(one) not in ('conf.py', 'setup.py'))
    texts = [read(one) for one in documents + ['conf.py']]
    if not any(os.path.basename(one) in ('index.rst', 'index.md') for one in documents):
        fill('index.rst', 'what documents the modules' if not documents else 'a table of the documents')
        names = [os.path.splitext(one)[0][2:] for one in documents]
        index = ['.. toctree::', ''] + ['   ' + one for one in names] if names else ['.. automodule:: %s\n   :members:\n' % one for one in modules]
        write('index.rst', '\n'.join(['Issue', '=====', ''] + index + ['']))
        texts.append(read('index.rst'))
    settings = read('conf.py')
    if not re.search(r'^extensions\b', settings, re.M):
        wanted = sorted({'sphinx.ext.' + EXTENSIONS[one] for one in EXTENSIONS for text in texts if re.search(r'^(?:\s*\.\. )?%s' % one, text, re.M)})
        fill('extensions', ', '.join(wanted) or 'none')
        settings = 'extensions = %r\n%s' % (wanted, settings)
    if not re.search(r'^(?:master|root)_doc\b', settings, re.M):
        settings += "\nmaster_doc = 'index'\n"
    write('conf.py', settings)

    def work():
        sys.argv = ['sphinx-build', '-b', builder, '-q', '.', '_build']
        return getattr(importlib.import_module(script[0]), script[1])(sys.argv[1:])
    step(block, 'sphinx-build -b %s . _build' % builder, work)


done = set()


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return ''


def write(path, text):
    path = os.path.normpath(path)
    if os.path.isabs(path) or path.startswith('..'):
        return
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)
