"""Which function of the program called which, in a round that is asked for it: rows of `winnow.partial/1`.

Every beginning of a function of the program is looked at from below: the nearest frame of the program called it, through hooks and libraries. Where anything else of ours lies between, an
injected value or what makes one, it was the guess that called, and that is no call of the program; neither is one that the round made. Generators and coroutines are left out: they begin when their
first value is asked for, by whom it may be. Places are those of `winnow.calls/1`.
"""

import sys

import winnow_round

# Distinct calls that are told; a round has 200,000 statements.
MOST = 20_000
# Bits of `co_flags`: a body with fast locals is a function's; the others make generators and coroutines.
OPTIMIZED, RESUMABLE = 0x1, 0x20 | 0x80 | 0x200
PIECES = frozenset(('<listcomp>', '<setcomp>', '<dictcomp>', '<genexpr>', '<lambda>'))


class Observed:
    def __init__(self, rows, here, root):
        hooks = winnow_round.Round
        self.hooks = frozenset(hook.__code__.co_filename for hook in (hooks.on_p, hooks.on_c, hooks.on_t, hooks.on_x))
        self.rows, self.here, self.root = rows, (here + '/', hooks.on_p.__code__.co_filename.rpartition('/')[0] + '/'), root + '/'
        self.paths, self.seen, self.codes, self.around = {}, {}, {}, {}
        self.frame, self.stop = sys._getframe, lambda: sys.setprofile(None)

    def begin(self):
        monitoring = getattr(sys, 'monitoring', None)
        if monitoring is None:
            sys.setprofile(self.profile)
            return
        tool = next((number for number in (4, 3, 5, 2, 1) if monitoring.get_tool(number) is None), None)
        if tool is None:
            return
        disable, events = monitoring.DISABLE, monitoring.events

        def started(code, _offset):
            if self.path(code) is None:
                return disable
            self.entered(code, self.frame(1))

        monitoring.use_tool_id(tool, 'winnow')
        monitoring.register_callback(tool, events.PY_START, started)
        monitoring.set_events(tool, events.PY_START)
        self.stop = lambda: monitoring.set_events(tool, 0)

    def profile(self, frame, event, _called):
        code = frame.f_code
        if event == 'call' and self.path(code) is not None:
            self.entered(code, frame)

    def path(self, code):
        name = code.co_filename
        try:
            return self.paths[name]
        except KeyError:
            known = name.startswith(self.root) and not name.startswith(self.here)
            found = self.paths[name] = name[len(self.root):] if known else None
            return found

    def entered(self, code, frame):
        if id(code) not in self.codes:
            self.codes[id(code)] = code
            for part in code.co_consts:
                if type(part) is type(code):
                    self.around[id(part)] = code
        if not code.co_flags & OPTIMIZED or code.co_flags & RESUMABLE or code.co_name in PIECES:
            return
        back = frame.f_back
        while back is not None and self.path(back.f_code) is None:
            name = back.f_code.co_filename
            if name.startswith(self.here) and not (name in self.hooks and back.f_code.co_name.startswith('on_')):
                return
            back = back.f_back
        if back is None:
            return
        caller = back.f_code
        while caller.co_name in PIECES and id(caller) in self.around:
            caller = self.around[id(caller)]
        self.codes[id(caller)] = caller
        key = (id(caller), id(code))
        if key in self.seen or len(self.seen) < MOST:
            self.seen[key] = self.seen.get(key, 0) + 1

    def end(self):
        """Tells all; nothing is seen after it."""
        self.stop()
        seen, self.seen = self.seen, {}
        for (caller, callee), count in seen.items():
            self.rows.row(e='call', caller=self.place(self.codes[caller]), callee=self.place(self.codes[callee]), count=count)

    def place(self, code):
        path = self.path(code)
        if code.co_name == '<module>':
            return {'path': path, 'line': 0, 'name': '<module>'}
        return {'path': path, 'line': code.co_firstlineno, 'name': getattr(code, 'co_qualname', code.co_name).replace('.<locals>', '')}
