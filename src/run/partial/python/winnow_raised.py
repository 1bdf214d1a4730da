"""Errors that the program raises, catches or looks out for, where their classes are missing or their handlers were never entered; and classes that are derived from what is missing."""

from sys import exc_info as caught

from winnow_certainty import is_of_missing
from winnow_failures import tell
from winnow_instance import Facts, facts
from winnow_names import FRAME, REAL
from winnow_pools import Pool

# Calls that stand open where an endless recursion may be passed over; each of them may begin it anew.
SHALLOW = 40
ERRORS = ('Error', 'Exception', 'Warning')


class Stop(Exception):
    """An error that is raised to get into a handler, where the handler's own type cannot be made."""


class Raising:
    def error_class(self, name):
        if name in REAL and isinstance(REAL[name], type):
            return REAL[name]
        if name not in self.errors:
            self.errors[name] = type(name, (Exception,), {'__init__': lambda self, *args, **keywords: self.__dict__.update(keywords), '__getattr__': missing_attribute(self, name), '__module__': '__main__'})
        return self.errors[name]

    def base_class(self, own):
        """What a class is derived from whose base is missing."""
        round = self

        class Base:
            def __init__(self, *args, **keywords):
                pass

            def __init_subclass__(cls, **keywords):
                pass

            __getattr__ = missing_attribute(round, own.name, own)

        Base.__name__ = Base.__qualname__ = own.name.rsplit('.', 1)[-1].strip('()') or 'Base'
        return Base

    def on_x(self, kind):
        if isinstance(kind, tuple):
            return tuple(self.on_x(one) for one in kind)
        own = facts(kind)
        return self.error_class(own.name.rsplit('.', 1)[-1]) if own is not None else kind

    def on_r(self, error):
        own = facts(error)
        if own is not None:
            error = self.error_class(own.name.rsplit('.', 1)[-1].strip('()') or 'Error')()
        if isinstance(error, type) and issubclass(error, BaseException):
            error = error()
        if isinstance(error, BaseException):
            self.raised.add(id(error))
            self.kept.append(error)
        return error

    def on_h(self, error):
        """An error behind which the round goes on, or does not."""
        if id(error) in self.raised or isinstance(error, RecursionError) and is_deep():
            raise error
        if not self.failure(error, 'resumed'):
            raise error

    def on_b(self, *place):
        """In a handler: what is missing may be why it was entered."""
        if self.lacks(caught()[1]):
            self.lacking.add(place)

    def lacks(self, error):
        found = is_of_missing(error)
        self.lacked = self.lacked or found
        return found

    def on_y(self, number, kinds, early):
        """At the end of what is tried: the error that gets into a handler, once. In rounds of another truth at its beginning, for what is never left by its end."""
        attempt = self.attempts[number]
        source, node, position = attempt
        truth = self.plan['truth']
        if position >= len(node.handlers) or early != (truth in ('false', 'alternate')) or not self.matters(source, node):
            return
        if early:
            position = 0 if truth == 'alternate' else len(node.handlers) - 1
            attempt[2] = len(node.handlers)
        else:
            attempt[2] += 1
        handler = node.handlers[position]
        if not early and not self.calling and source.uses.conditions.paths.end(handler.body) != 'on':
            return
        kind = kinds()[position]
        kind = kind[0] if isinstance(kind, tuple) and kind else kind
        error = self.sample(kind)
        if error is None:
            return
        line, column = source.place(handler)
        index = self.rows.reserve()
        source.injected[handler] = index
        self.rows.injected(index, source.path, line, column, 'branch', source.text(handler.type) if handler.type is not None else 'except', 'error', error, 'forced', ['nothing had got into the handler'])
        self.raised.add(id(error))
        self.kept.append(error)
        error._winnow_index = index
        raise error

    def sample(self, kind):
        if kind is None:
            return Stop('a')
        if not isinstance(kind, type) or not issubclass(kind, Exception):
            return None
        for args in ((), ('a',), (1, 'a'), ('utf-8', b'a', 0, 1, 'a')):
            try:
                return kind(*args)
            except Exception:
                pass
        return None

    def failure(self, error, after):
        return tell(self, error, after)


def is_deep():
    """Whether so many calls stand open that little can be done here."""
    try:
        FRAME(SHALLOW)
    except ValueError:
        return False
    return True


def missing_attribute(round, name, own=None):
    def __getattr__(self, attribute):
        if attribute.startswith('__') and attribute.endswith('__'):
            raise AttributeError(attribute)
        holder = own or Facts(round, Pool(), None, name, 'instance')
        value = round.of_part(holder, ('a', attribute), attribute)
        try:
            self.__dict__[attribute] = value
        except Exception:
            pass
        return value
    return __getattr__
