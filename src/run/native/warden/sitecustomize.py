"""What makes `python3 SCRIPT` stop before its script: Python imports this module, by its name, at the end of its start.

Started by the warden as a warm zygote, descriptor 3 is its control socket: this module loads what programs
commonly import, serves cells, and returns in each job, so that the interpreter goes on with the script by itself.
Started as a program with WINNOW_SEED, it only seeds. It takes every trace of itself away first.
"""
import os
import sys

#: What programs for judges and benchmarks import most; what is not here is simply imported by the job.
COMMON = (
    'bisect collections copy dataclasses datetime decimal enum fractions functools hashlib heapq itertools json '
    'math operator random re statistics string struct time typing unittest warnings'
).split()

#: Our own modules, which no job may find loaded.
OWN = ('cell', 'collecting', 'compact', 'ending', 'messages', 'zygote')


def take_away():
    here = os.path.dirname(__file__)
    sys.path[:] = [path for path in sys.path if path != here]
    rest = os.environ['PYTHONPATH'].split(os.pathsep)[1:]
    if rest:
        os.environ['PYTHONPATH'] = os.pathsep.join(rest)
    else:
        del os.environ['PYTHONPATH']
    own = sys.modules.pop('sitecustomize')
    try:
        import sitecustomize  # the one this hides, if there is one
    except ImportError as problem:
        if problem.name != 'sitecustomize':
            raise
        # The import that runs this module looks for it when it is done.
        sys.modules['sitecustomize'] = own


def zygote():
    sys.path.insert(0, '/run/winnow')
    import ending
    ending.register()
    started_with = set(sys.modules)
    for name in COMMON:
        try:
            __import__(name)
        except ImportError:
            pass  # a Python built without it: the job will see so itself
    import _socket
    import marshal

    import messages
    import zygote
    sys.path.remove('/run/winnow')
    os.environ.pop('LD_BIND_NOW', None)
    control = _socket.socket(fileno=3)
    setup, cgroups = messages.receive(control, 8)
    setup = marshal.loads(setup)
    setup['cgroups'] = cgroups
    loaded = sorted({name.split('.')[0] for name in set(sys.modules) - started_with} - set(OWN))
    messages.send(control, marshal.dumps(loaded))
    ending.keep_loaded(OWN)
    job = zygote.serve(control, setup)
    for name in OWN:
        del sys.modules[name]
    fresh_main(ending.replace_main)
    threading = sys.modules.get('threading')
    if threading is not None:
        # What its hook after a fork would set; the other hooks are for locks of threads, and there are none.
        threading.main_thread()._set_native_id()
    if not job['warm']['archive'] and sys.version_info >= (3, 9):
        # That none of the importers wants it, which Python would find out by asking them: 0.2 ms.
        sys.path_importer_cache[os.path.join(os.getcwd(), job['warm']['script'])] = None
    sys.argv[1:] = job['warm']['args']
    if hasattr(sys, 'orig_argv'):
        sys.orig_argv[2:] = job['warm']['args']
    return job['warm']['seed']


def fresh_main(replace):
    """A main module that the collector sees: the one made before the fork is frozen, and its objects would never be finalised."""
    old = sys.modules['__main__']
    new = type(sys)('__main__')
    new.__dict__.update(old.__dict__, __annotations__={})
    replace(new)


def seed_random(seed, beside=()):
    """@param beside names that the script finds in its own directory first: what would hide one of them is forgotten again"""
    before = set(sys.modules) if 'random' not in sys.modules else None
    import random
    random.seed(seed)
    if before is None:
        return
    new = [name for name in sys.modules if name not in before]
    if any(name.split('.')[0] in beside for name in new):
        for name in new:
            del sys.modules[name]


take_away()
own = os.environ.pop('WINNOW_SEED', None)
if own is None:
    seed_random(zygote())
else:
    first, *others = own.split(',')
    seed_random(int(first), others)
