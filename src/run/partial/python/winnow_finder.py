"""Modules that are not there, and the things of the world that a sandbox lacks: files to read, and somebody who types."""

import ast
import builtins
import importlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import types

from winnow_instance import Instance, facts
from winnow_names import FRAME
from winnow_pools import Pool
from winnow_round import Spent
from winnow_tries import IMPORT_ERRORS, attempts, imported_names

REAL_OPEN, REAL_INPUT, REAL_ISINSTANCE, REAL_ISSUBCLASS = builtins.open, builtins.input, builtins.isinstance, builtins.issubclass
CONTENT = 'a\n1\n'


class MissingModule(types.ModuleType):
    """Has what is asked of it. Named as what it stands for."""

    def __getattr__(self, name):
        if name.startswith('__') and name.endswith('__'):
            if name == '__all__':
                return []
            if name == '__version__':
                return '1.0'
            raise AttributeError(name)
        round = self.__dict__['_winnow_round']
        value = round.imported(self.__name__, name, *place_of(round))
        setattr(self, name, value)
        return value


def place_of(round):
    """-> path and line of the program's statement that is being run, in a file that is looked into or one of the repository around."""
    frame = FRAME(1)
    paths = {source.name: source.path for source in round.sources}
    while frame is not None:
        name = frame.f_code.co_filename
        # Ours and the library's are passed by first: to look where a file lies takes built-ins, which the program may have taken away.
        path = paths.get(name)
        if path is None and name[:1] != '<' and name.rpartition('/')[2][:7] != 'winnow_':
            path = round.inside(frame)
        if path is not None:
            return path, frame.f_lineno
        frame = frame.f_back
    return round.sources[0].path, 1


def tried_imports(path):
    """Modules that a file of the repository around tries to import and can do without."""
    try:
        with REAL_OPEN(path, 'rb') as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(name for _, caught, inside in attempts(tree) if caught & IMPORT_ERRORS for name in imported_names(inside))


class HaltedModule(MissingModule):
    """A file of the repository around whose own code ended early for want of what is missing: what it made until then, its submodules, and the rest as of one that is not there."""

    def __getattr__(self, name):
        path = self.__dict__.get('__path__')
        if path and importlib.machinery.PathFinder.find_spec('%s.%s' % (self.__name__, name), path):
            return importlib.import_module('%s.%s' % (self.__name__, name))
        return super().__getattr__(name)


class AroundLoader(importlib.machinery.SourceFileLoader):
    """Loads a file of the repository around; its failure is not its importer's, which may need little of it."""

    def exec_module(self, module):
        round = self.round
        try:
            super().exec_module(module)
        except Spent:
            raise
        except BaseException as error:
            if self.can_do_without and isinstance(error, ImportError):
                raise
            trace, line = error.__traceback__, 0
            while trace is not None:
                if trace.tb_frame.f_code.co_filename == self.path:
                    line = trace.tb_lineno
                trace = trace.tb_next
            module.__dict__['_winnow_round'] = round
            module.__class__ = HaltedModule
            index = round.rows.reserve()
            because = 'its own code ends at line %d with %s: %s' % (line, type(error).__name__, str(error)[:100])
            round.rows.injected(index, *place_of(round), 1, 'module', module.__name__, 'module', module, 'use', [because])
            round.identity[id(module)] = index
            for one in round.sources:
                one.injected[module.__name__] = index


class Around:
    """First in line: files of the repository around, but for those that are looked into."""

    def __init__(self, round, root, finder):
        self.round, self.inside, self.finder = round, os.path.join(root, ''), finder

    def find_spec(self, name, path=None, target=None):
        found = importlib.machinery.PathFinder.find_spec(name, path, target)
        if found is None or type(found.loader) is not importlib.machinery.SourceFileLoader or not found.origin.startswith(self.inside):
            return None
        if os.path.basename(found.origin).startswith('winnow_') or any(found.origin == source.name for source in self.round.sources[1:]):
            return None
        loader = AroundLoader(name, found.origin)
        frame = FRAME(1)
        while frame is not None and frame.f_code.co_filename.startswith('<frozen importlib'):
            frame = frame.f_back
        loader.round = self.round
        loader.can_do_without = frame is not None and self.finder.tries(frame, name)
        return importlib.util.spec_from_file_location(name, found.origin, loader=loader, submodule_search_locations=found.submodule_search_locations)


class Finder:
    """Last in line: only what nobody else finds, and only where a file of the program imports it: one that is looked into, or of the repository around."""

    def __init__(self, round, root):
        self.round, self.root = round, root
        self.tried, self.asked = {}, {}

    def around(self, frame, name):
        """Whether a file of the repository that runs as it is needs the module."""
        inside = self.inside(frame)
        if inside is None or self.tries(frame, name):
            return False
        self.asked[name] = inside, frame.f_lineno
        return True

    def inside(self, frame):
        """The path of the repository's file that a frame runs; None where it is another's."""
        path = os.path.abspath(frame.f_code.co_filename)
        inside = os.path.relpath(path, self.root)
        return None if inside.startswith(('..', '.winnow-')) or not os.path.isfile(path) else inside

    def tries(self, frame, name):
        """Whether the file of a frame can do without the module."""
        path = os.path.abspath(frame.f_code.co_filename)
        if path not in self.tried:
            self.tried[path] = tried_imports(path)
        return name in self.tried[path] or name.rpartition('.')[2] in self.tried[path]

    def find_spec(self, name, path=None, target=None):
        frame = FRAME(1)
        names = {source.name: source for source in self.round.sources}
        # The frame of the import statement; a library's own test for a module is not to be answered.
        while frame is not None and frame.f_code.co_filename.startswith('<frozen importlib'):
            frame = frame.f_back
        importer = frame.f_globals.get('__name__', '') if frame is not None else ''
        source = names.get(frame.f_code.co_filename) if frame is not None else None
        parent = sys.modules.get(name.rpartition('.')[0])
        if source is None and importer not in ('winnow_round',) and type(parent) is not MissingModule:
            if frame is None or not self.around(frame, name):
                return None
        if source is not None and 'import ' + name in source.tested:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        made = MissingModule(spec.name)
        made.__dict__['_winnow_round'] = self.round
        return made

    def exec_module(self, module):
        round = self.round
        module.__path__ = []
        path, line = self.asked.get(module.__name__) or place_of(round)
        index = round.rows.reserve()
        round.rows.injected(index, path, line, 1, 'module', module.__name__, 'module', module, 'use', ['it is imported at line %d' % line])
        round.identity[id(module)] = index
        for source in round.sources:
            source.injected[module.__name__] = index


def install(round, root):
    """Built-ins that know injected values."""
    def known_isinstance(value, kind):
        if type(value) is Instance or has_instance(kind):
            own = facts(value)
            if own is not None and own.kind is not None and own.kind is kind:
                return True
            index = own.index if own is not None else round.index_of(kind if not REAL_ISINSTANCE(kind, tuple) else next(one for one in kind if type(one) is Instance))
            return round.instance(Pool(), index, 'isinstance', 'boolean')
        return REAL_ISINSTANCE(value, kind)

    def known_issubclass(value, kind):
        if type(value) is Instance or has_instance(kind):
            return round.instance(Pool(), round.index_of(value), 'issubclass', 'boolean')
        return REAL_ISSUBCLASS(value, kind)

    def known_open(file, mode='r', *args, **keywords):
        try:
            return REAL_OPEN(file, mode, *args, **keywords)
        except OSError as error:
            if not REAL_ISINSTANCE(mode, str) or not REAL_ISINSTANCE(error, (FileNotFoundError, NotADirectoryError, PermissionError)):
                raise
            site = round.open_site
            if site is not None and site.index is None:
                site.index = round.rows.reserve()
                round.rows.injected(site.index, site.source.path, site.line, site.column, 'file', site.what, 'file', CONTENT, 'library', ['%s is not there' % (file,)])
                site.source.injected[site.node] = site.index
            try:
                path = os.fspath(file)
                if os.path.dirname(path):
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                if 'r' in mode:
                    with REAL_OPEN(path, 'w') as made:
                        made.write(CONTENT)
                return REAL_OPEN(file, mode, *args, **keywords)
            except (OSError, TypeError, ValueError):
                return io.BytesIO(CONTENT.encode()) if 'b' in mode else io.StringIO(CONTENT)

    def known_input(*prompt):
        try:
            return REAL_INPUT(*prompt)
        except EOFError:
            site = round.open_site
            if site is None:
                return '1'
            value = round.inject(site, 'input')
            return value if REAL_ISINSTANCE(value, str) else '1' if type(value) is Instance else str(value)

    def known_exit(code=None):
        raise SystemExit(code)

    round.open_site = None
    round.world = (known_open, known_input)
    round.names.update(isinstance=known_isinstance, issubclass=known_issubclass, open=known_open, input=known_input, exit=known_exit, quit=known_exit)
    finder = Finder(round, root)
    round.inside = finder.inside
    sys.meta_path.append(finder)
    sys.meta_path.insert(0, Around(round, root, finder))


def has_instance(kind):
    return type(kind) is Instance or REAL_ISINSTANCE(kind, tuple) and any(has_instance(one) for one in kind)
