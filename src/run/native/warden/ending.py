"""The end of a warm job's interpreter, without the part that nobody can see.

Python ends by running exit handlers, then taking apart every module, then itself. In a fork, the last two copy 1,200 pages
that are shared with all other jobs only to free what is on them: 3.5 ms of 7. So the last exit handler, which is ours because it was the
first to be registered, does for the job's own modules and objects what `finalize_modules` (Python/pylifecycle.c) does for all, in its order,
and then leaves at once.

It must know the exit code. Python does not tell, but which way it came is visible: after SystemExit the main module still has `__file__`,
else it has been taken away, and an exception that reached the top is in `sys.last_value`. Where that
leaves a doubt (SystemExit, a broken standard output, KeyboardInterrupt, no traceback) Python ends itself the usual way.
"""
import atexit
import gc
import itertools
import operator
import os
import sys
import weakref

#: What was loaded before the fork, by name.
_kept = {}
_hidden = []
_specials = ('path argv ps1 ps2 last_exc last_type last_value last_traceback path_hooks path_importer_cache meta_path __interactivehook__').split()


def register():
    """To be called before anything else can register an exit handler."""
    atexit.register(_end)


def keep_loaded(hidden):
    """What is loaded by now is shared with all forks. @param hidden names of modules that no job may find, but that live on: their end would cost, too"""
    # Where the imports that are going on will put them: behind all others.
    for name in ('sitecustomize', 'site'):
        sys.modules[name] = sys.modules.pop(name)
    _kept.update(sys.modules)
    for name in hidden:
        _hidden.append(_kept.pop(name))


def replace_main(module):
    """A fork's own main module takes the place of the shared one."""
    sys.modules['__main__'] = _kept['__main__'] = module


def _end():
    try:
        code = _exit_code()
        if code is None:
            return
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        return
    _take_apart()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    os._exit(code)


def _exit_code():
    main = sys.modules['__main__'].__dict__
    if '__file__' in main:
        return None
    if not hasattr(sys, 'last_type'):
        return 0
    top = sys.last_traceback
    if top is None or issubclass(sys.last_type, KeyboardInterrupt):
        return None
    return 1 if top.tb_frame.f_globals is main and top.tb_frame.f_code.co_name == '<module>' else None


def _take_apart():
    for name in _specials:
        if hasattr(sys, name):
            setattr(sys, name, None)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    # Every name and module that is looked at costs a page, so no more of them than needed: most jobs change none that was there.
    if all(map(operator.is_, sys.modules.values(), _kept.values())):
        added = list(itertools.islice(sys.modules.items(), len(_kept), None))
        own = [('__main__', _kept.pop('__main__'))] + added
    else:
        del _kept['__main__']
        own = [(name, module) for name, module in sys.modules.items() if _kept.get(name) is not module]
    references = []
    for name, module in own:
        sys.modules[name] = None
        try:
            references.append(weakref.ref(module))
        except TypeError:
            pass  # a program may put anything in there
    own = added = module = None
    gc.collect()
    for reference in reversed(references):
        module = reference()
        if module is not None:
            _clear(vars(module))


def _clear(names):
    for first in (True, False):
        for name in list(names):
            private = name[:1] == '_' and name[1:2] != '_'
            if private == first or not first:
                if name != '__builtins__' and names.get(name) is not None:
                    names[name] = None
