"""What is never the same twice is the same in every call: the clock, what is random, and the loop in which coroutines run.

Without it a function that asks for the time ends differently in each run, and what differs between two versions is taken for chance.
"""

import asyncio
import datetime
import os
import random
import tempfile
import time
import uuid

NOW = 1_600_000_000
DATES = (datetime.datetime, datetime.date)


class Kind(type(datetime.date)):
    """Dates that Python made before the clock was fixed are dates as well."""

    def __instancecheck__(cls, value):
        return isinstance(value, cls.real) if 'real' in cls.__dict__ else type.__instancecheck__(cls, value)

    def __subclasscheck__(cls, kind):
        return issubclass(kind, cls.real) if 'real' in cls.__dict__ else type.__subclasscheck__(cls, kind)


def dates():
    """Before a file is loaded: it may import the class by its name."""
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW, tz)

    def utcnow(cls):
        return cls.fromtimestamp(NOW, datetime.timezone.utc).replace(tzinfo=None)

    def today(cls):
        return cls.fromtimestamp(NOW)
    known = {'__slots__': (), '__module__': 'datetime'}
    moment = Kind('datetime', (DATES[0],), dict(known, real=DATES[0], now=classmethod(now), utcnow=classmethod(utcnow), today=classmethod(today)))
    datetime.datetime, datetime.date = moment, Kind('date', (DATES[1],), dict(known, real=DATES[1], today=classmethod(today)))


def fixed(number, world):
    """Before each call."""
    random.seed(number)
    tempfile._name_sequence = iter(['made%d' % count for count in range(10_000)])
    rare = random.Random(number)
    os.urandom = rare.randbytes
    uuid.uuid4 = uuid.uuid1 = lambda *args, **keywords: uuid.UUID(int=rare.getrandbits(128))
    os.getpid = lambda: 1000
    time.sleep = lambda seconds: world.effect('sleep')
    time.time = lambda: float(NOW)
    time.time_ns = lambda: NOW * 10 ** 9
    for name in ('localtime', 'gmtime'):
        real = getattr(time, name)
        setattr(time, name, lambda seconds=None, real=real: real(NOW if seconds is None else seconds))


class Running:
    """Coroutines find a loop that runs, in which nothing comes of what is asked of it."""

    def __init__(self, loop):
        self.loop = loop

    def __enter__(self):
        self.before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.loop)

    def __exit__(self, *error):
        asyncio._set_running_loop(self.before)
