"""What the program does to the interpreter that it shares with what watches it: tracing, threads, and what is to run at its end.

`sys.settrace` and `sys.setprofile` show the program its own frames and the library's, and none of the hooks' between them. A thread that is stopped because the round ran long says nothing of that.
What was registered with `atexit` runs when the program has, as it would, though the process is left in another way.
"""

import atexit
import sys
import threading


def begin(ours, names, spent, is_watched, died):
    """`ours`: how the paths of the round's own files begin. `names`: paths of the files that are looked into. `spent`: the exception that ends a round. `is_watched`: somebody else has set a trace. `died`: is told of each error that ended a thread."""
    def is_ours(frame):
        while frame is not None:
            name = frame.f_code.co_filename
            if name in names or name.startswith(ours):
                return name not in names
            frame = frame.f_back
        return False

    if not is_watched:
        hide('trace', is_ours)
        hide('profile', is_ours)
    told = threading.excepthook

    def quiet(args):
        if args.exc_type is not spent:
            died(args.exc_value)
            told(args)
    threading.excepthook = quiet
    atexit.register, atexit.unregister = register, unregister


def hide(name, is_ours):
    set_real, get_real = getattr(sys, 'set' + name), getattr(sys, 'get' + name)
    known = {}

    def set_function(function):
        if function is None:
            known.clear()
            return set_real(None)

        def shown(frame, event, arg):
            return None if is_ours(frame) else function(frame, event, arg)
        known['given'], known['shown'] = function, shown
        set_real(shown)

    def get_function():
        found = get_real()
        return known['given'] if found is not None and found is known.get('shown') else found
    setattr(sys, 'set' + name, set_function)
    setattr(sys, 'get' + name, get_function)


def run_exits(failed):
    """What the program left for its end, the last first. `failed` is told of each error of it."""
    while EXITS:
        function, args, keywords = EXITS.pop()
        try:
            function(*args, **keywords)
        except SystemExit:
            pass
        except Exception as error:
            failed(error)


# What is to run at the end: functions with what they are called with. What was registered before the program is not its own.
EXITS = []


def register(function, *args, **keywords):
    EXITS.append((function, args, keywords))
    return function


def unregister(function):
    EXITS[:] = [one for one in EXITS if one[0] != function]
