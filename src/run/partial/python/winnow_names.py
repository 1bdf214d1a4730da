"""Names that nobody bound: Python looks into built-ins for them, and finds what is missing there."""

import builtins
import sys

from winnow_known import MODULES, NAMES

REAL = dict(builtins.__dict__)
# As it was before the program began.
FRAME = sys._getframe


class Names(dict):
    """Built-ins that have what the program misses: Python looks here for names that it finds nowhere else."""

    def __init__(self, round):
        self.round = round

    def __missing__(self, name):
        round = self.round
        if round.level < 2 or name.startswith('__') and name.endswith('__'):
            raise KeyError(name)
        frame = FRAME(1)
        source = next((source for source in round.sources if source.name == frame.f_code.co_filename), None)
        if source is None or name in source.tested:
            raise KeyError(name)
        node = source.read(name, frame.f_lineno)
        if node is None:
            raise KeyError(name)
        site = round.sites[round.site(source, node, 'name', False)]
        if site.pool.root().fix is None:
            known = standard(round, name, site)
            if known is not None:
                self[name] = known
                return known
        value = self[name] = round.inject(site, 'name')
        return value


def standard(round, name, site):
    """A module or a name of the standard library that goes by this name nearly everywhere."""
    found = MODULES.get(name) or NAMES.get(name)
    if found is None:
        return None
    module, _, attribute = found.partition(':')
    try:
        value = __import__(module, None, None, ['*'])
        value = getattr(value, attribute) if attribute else value
    except Exception:
        return None
    pool = site.pool.root()
    if type(value).__name__ == 'MissingModule' or not all(hasattr(value, asked) for asked in pool.attributes):
        return None
    # A module has attributes read and nothing else; a name in small letters that is not called is a variable.
    if not attribute and (not pool.attributes or pool.called or pool.arity or '[]' in pool.parts) or attribute and name[:1].islower() and not pool.called:
        return None
    site.index = round.rows.reserve()
    kind = 'module' if not attribute else 'class' if isinstance(value, type) else 'callable' if callable(value) else 'instance'
    round.rows.injected(site.index, site.source.path, site.line, site.column, 'name', site.what, kind, value, 'library', ['it is what %s is nearly everywhere' % name])
    site.source.injected[site.node] = site.index
    return value
