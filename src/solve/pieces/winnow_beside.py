"""Modules of a repository, for candidates that stand in one of its files (or, with no module of their own, beside them).

They are read into memory before a candidate runs, so that none can change them for another. The file that a candidate belongs to is among them, without the body that is wanted: `enter` gives the candidate the names of
that module, and `put` gives the module the candidate.
"""

import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys

ROOT = '/repository'
#: What is a module's own, and not a name that stands in it.
OWN = {'__builtins__', '__cached__', '__doc__', '__file__', '__loader__', '__name__', '__path__', '__spec__'}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'winnow_beside.json'), encoding='utf-8') as _file:
    _plan = json.load(_file)
MODULE, FILES = _plan['module'], _plan['files']
DIRECTORIES = {os.path.dirname(path) for path in FILES}
DIRECTORIES |= {'/'.join(parts[:end]) for parts in [one.split('/') for one in DIRECTORIES] for end in range(1, len(parts))}


class Finder:
    """Finds modules among the files. One that only has directories below it is a namespace package."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        place = name.replace('.', '/')
        for file in (place + '/__init__.py', place + '.py'):
            if file in FILES:
                return importlib.util.spec_from_loader(name, Loader(name, file), origin=ROOT + '/' + file, is_package=file.endswith('/__init__.py'))
        if place not in DIRECTORIES:
            return None
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [ROOT + '/' + place]
        return spec


class Loader:
    def __init__(self, name, file):
        self.name, self.file = name, file

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__file__ = ROOT + '/' + self.file
        exec(compile(FILES[self.file], module.__file__, 'exec', dont_inherit=True), module.__dict__)

    def get_source(self, name):
        return FILES[self.file]

    def is_package(self, name):
        return self.file.endswith('/__init__.py')


def warm():
    """Loads the module, where it can be loaded: what fails, fails again where it is told."""
    try:
        if MODULE is not None:
            importlib.import_module(MODULE)
    except BaseException:
        pass


def enter(space):
    """Gives a candidate's globals the names of its module."""
    module = importlib.import_module(MODULE)
    space.update((name, value) for name, value in vars(module).items() if name not in OWN)
    space['__package__'] = module.__package__


def put(space, name):
    """A function of a candidate takes its place in the module, for who calls it from there."""
    if name in space and MODULE in sys.modules:
        setattr(sys.modules[MODULE], name, space[name])


# As if the repository stood first where modules are looked for, behind those of the interpreter itself.
_before = [at for at, one in enumerate(sys.meta_path) if one is importlib.machinery.PathFinder]
sys.meta_path.insert(_before[0] if _before else len(sys.meta_path), Finder)
sys.path.extend(one for one in _plan['packages'] if one not in sys.path)
