"""What is called, and what modules that are there lack: an injected callee gives an injected value, and what the sandbox lacks for a real one, the network and other programs, is given in its place."""

import sys
import types

from winnow_instance import Instance, facts
from winnow_known import NETWORK
from winnow_mapping import Mapping
from winnow_pools import Pool, guess
from winnow_raised import ERRORS
from winnow_values import worth

CALLABLE = (types.FunctionType, types.BuiltinFunctionType, type, types.MethodType)


class Callees:
    def on_c(self, number, callee):
        own = facts(callee)
        if own is None:
            if type(callee) is types.FunctionType and callee in self.world:
                self.open_site = self.sites[number]
                return callee
            if type(callee) is types.BuiltinFunctionType and type(callee.__self__) is Mapping and callee.__name__ == 'get':
                return self.looked_up(self.sites[number], callee.__self__)
            if callee is getattr:
                return self.asked_for(self.sites[number])
            if type(callee) is types.MethodType and type(callee.__self__) is Instance and callee.__name__ == '__init__':
                # Of a class that is missing: it takes what it is given.
                return lambda *args, **keywords: None
            guarded = NETWORK.get(getattr(callee, '__name__', None)) if type(callee) in CALLABLE else None
            if guarded is not None and getattr(callee, '__module__', None) in guarded:
                return self.outside(number, callee)
            return callee
        site = self.sites[number]

        def call(*args, **keywords):
            if len(args) == 1 and not keywords and self.is_own_code(args[0]):
                kind, source, _ = guess(site.pool)
                if kind in ('instance', 'callable', 'class'):
                    return args[0]
            name = own.name.rsplit('.', 1)[-1]
            if name.endswith(ERRORS):
                made = self.error_class(name)(*args, **keywords)
                self.raised.add(id(made))
                self.kept.append(made)
                return made
            value = self.inject(site)
            if type(value) is Instance and own.label == 'class':
                facts(value).kind = callee
            return value

        return call

    def looked_up(self, site, mapping):
        """`get` of an injected mapping: whether it has a key is as free as what is in it, so that something is there where something is done with it."""
        def get(key, default=None):
            if key in mapping:
                return mapping[key]
            pool = site.pool.root()
            gained = worth(pool, default, site.count)
            if gained > 0 or gained == 0 and not (pool.attributes or pool.called or pool.conditions):
                return default
            value = mapping[key] = self.inject(site)
            return value

        return get

    def asked_for(self, site):
        """`getattr` with a default: an instance of which nothing is known may lack what it is asked for, where more runs without."""
        def get(value, name, *default):
            if default and facts(value) is not None and name not in value.__dict__ and worth(site.pool.root(), default[0], site.count) > 0:
                return default[0]
            return getattr(value, name, *default)

        return get

    def outside(self, number, callee):
        """A call into the network, or of a program that is not there: its own answer where it has one."""
        def call(*args, **keywords):
            if callee.__name__ == 'sleep':
                return None
            try:
                return callee(*args, **keywords)
            except (OSError, EOFError) as error:
                if isinstance(error, FileNotFoundError) and callee.__module__ != 'subprocess':
                    raise
                site = self.sites[number]
                return self.inject(site, 'call' if callee.__module__ == 'subprocess' else 'network')
        return call

    def on_f(self, module, level, names, line):
        """What `from module import names` will miss in a module that is there is put into it."""
        if level:
            return
        try:
            found = __import__(module, None, None, ['*'] if '.' in module else [])
            found = sys.modules.get(module, found)
        except Exception:
            return
        if type(found).__name__ == 'MissingModule':
            return
        for name in names:
            if not hasattr(found, name):
                try:
                    __import__(module + '.' + name)
                except Exception:
                    asking = [source.path for source in self.sources if (module, name) in source.uses.scopes.imports]
                    setattr(found, name, self.imported(module, name, (asking or [self.sources[0].path])[0], line))

    def imported(self, module, name, path, line):
        for source in self.sources:
            pool = source.uses.scopes.imports.get((module, name))
            if pool is not None:
                break
        else:
            pool = Pool()
        index = self.patched[module, name] = self.rows.reserve()
        named, value = self.maker.make(pool, name, index)
        _, reason, why = guess(pool)
        self.rows.injected(index, path, line, 1, 'attribute', '%s.%s' % (module, name), named, value, reason, why)
        return self.keep(value, index)
