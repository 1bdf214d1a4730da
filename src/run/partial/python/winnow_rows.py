"""Rows of a round, `winnow.partial/1`, written as it goes on: a round that is stopped has told what it did until then.

What the program puts in the place of functions that this uses is not used: they are taken over before it begins. What it takes away (it closes all descriptors, empties its directory) is written anew
at the end.
"""

import os
import reprlib
from json.encoder import encode_basestring_ascii as quoted

Module = type(os)
WORDS = {bool: 'boolean', int: 'integer', float: 'float', str: 'text', bytes: 'bytes', list: 'list', tuple: 'tuple', set: 'set', dict: 'mapping', type(None): 'none'}
# Injected values that are told: a person reads tens, and each is a line.
MOST = 1_000
VALUE = 100
MESSAGE = 500

shorten = reprlib.Repr()
shorten.maxstring = shorten.maxother = VALUE
shorten.maxlist = shorten.maxtuple = shorten.maxdict = shorten.maxset = 6


def json(value):
    """A row's own values as JSON; without the library, which uses what the program may have changed."""
    kind = type(value)
    if value is None or kind is bool:
        return 'null' if value is None else 'true' if value else 'false'
    if kind is int:
        return int.__repr__(value)
    if kind is dict:
        return '{' + ', '.join([quoted(key) + ': ' + json(part) for key, part in value.items()]) + '}'
    if kind in (list, tuple):
        return '[' + ', '.join([json(part) for part in value]) + ']'
    return quoted(value if kind is str else str.__str__(value))


OPENED = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, 'O_CLOEXEC', 0)


def place(about):
    """Which file it is."""
    return about.st_dev, about.st_ino


class Rows:
    def __init__(self, path, level):
        self.path, self.open, self.make, self.replace, self.about = path, os.open, os.makedirs, os.replace, os.fstat
        self.write_bytes, self.read_bytes, self.cut, self.encode = os.write, os.read, shorten.repr, str.encode
        self.file = self.open(path, OPENED, 0o644)
        # A descriptor is a number, which another file may come to have.
        self.place = place(self.about(self.file))
        self.all = []
        self.own = os.getpid()
        self.pid = os.getpid
        self.waiting, self.given, self.told = {}, 0, 0
        self.written, self.places = {}, {}
        self.ended = self.spent = False
        self.row(format='winnow.partial/1', language='python', level=level)

    def row(self, **fields):
        if self.ended or self.pid() != self.own:
            return
        self.put(self.encode(json(fields) + '\n', 'utf-8', 'replace'))

    def put(self, data):
        self.all.append(data)
        try:
            if place(self.about(self.file)) == self.place:
                while data:
                    data = data[self.write_bytes(self.file, data):]
        except OSError:
            # It is written at the end, where that can be.
            pass

    def mend(self):
        """What the program removed, cut or wrote over is there again."""
        whole = b''.join(self.all)
        if self.found(len(whole)) == whole:
            return
        fresh = self.path + '.new'
        try:
            self.make(self.path.rpartition('/')[0], exist_ok=True)
            file, left = self.open(fresh, OPENED, 0o644), whole
            while left:
                left = left[self.write_bytes(file, left):]
            # What there is stays where no more can be written.
            self.replace(fresh, self.path)
        except OSError:
            pass

    def found(self, most):
        """What is at the path, or a part of it that is no part of what should be."""
        parts = []
        try:
            file = self.open(self.path, os.O_RDONLY)
            while sum(map(len, parts)) <= most:
                parts.append(self.read_bytes(file, most + 1))
                if not parts[-1]:
                    break
        except OSError:
            pass
        return b''.join(parts)

    def reserve(self, place=None):
        """`place`: what is told of it where nothing else comes to be told."""
        self.given += 1
        if place is not None:
            self.places[self.given - 1] = place
        return self.given - 1

    def stable(self, text):
        """Without addresses, which are others in each run."""
        parts = text.split(' at 0x')
        return parts[0] + ''.join([part.lstrip('0123456789abcdefABCDEF') for part in parts[1:]])

    def text(self, value):
        if isinstance(value, Module):
            # Its loader's text has an address.
            return ('<module %s>' % Module.__getattribute__(value, '__name__'))[:VALUE]
        try:
            return self.stable(self.cut(value))[:VALUE]
        except Exception:
            return '<%s>' % type(value).__name__

    def injected(self, index, path, line, column, kind, what, named, value, source, why, corrected=0):
        if index < MOST:
            self.waiting[index] = dict(e='injected', path=path, line=line, column=column, kind=kind, what=what[:200], type=named, value=self.text(value), source=source,
                                       why=[reason[:200] for reason in why], corrected=corrected + (source == 'contradiction'))

    def flush(self, last=False):
        while self.told < min(self.given, MOST):
            fields = self.waiting.pop(self.told, None)
            if fields is None:
                if not last:
                    return
                path, line, column, kind, what = self.places.get(self.told, ('', 0, 0, 'result', ''))
                fields = dict(e='injected', path=path, line=line, column=column, kind=kind, what=what[:200], type='instance', value='', source='nothing', why=[], corrected=0)
            self.row(**fields)
            self.told += 1

    def statements(self, source):
        self.row(e='statements', path=source.path, lines=[source.lines[index] for index in source.counted])
        self.written[source.path] = bytearray(len(source.counted))

    def ran(self, round):
        for source in round.sources:
            before = self.written[source.path]
            now = bytes(round.ran[source.base + index] for index in source.counted)
            fresh = [index for index in range(len(now)) if now[index] and not before[index]]
            if fresh:
                self.written[source.path] = bytearray(now)
                self.row(e='ran', path=source.path, ran=fresh)

    def failure(self, path, line, column, error, certainty, because, guessed, after):
        """-> the row of an error."""
        try:
            message = self.stable(str.__str__(str(error)))[:MESSAGE]
        except BaseException:
            message = ''
        return dict(e='failed', path=path, line=line, column=column, type=type(error).__name__[:100], message=message, certainty=certainty,
                 because=[index for index in because if index < MOST], guessedPath=guessed, after=after)

    def want(self, path, line, column, kind, what, named, value, why, source='contradiction'):
        self.row(e='want', path=path, line=line, column=column, kind=kind, what=what[:200], type=named, value=value, source=source, why=[why[:200]])

    def beside(self, round):
        """Lines outside of the one function that was asked for, where something of them ran."""
        for source in round.sources:
            counted = set(source.counted)
            rest = [index for index in source.probes if index not in counted]
            ran = {source.lines[index] for index in rest if round.ran[source.base + index]}
            if ran:
                self.row(e='beside', path=source.path, ran=sorted(ran), missed=sorted({source.lines[index] for index in rest} - ran))

    def end(self, round):
        if self.ended or self.pid() != self.own:
            return
        self.flush(last=True)
        self.ran(round)
        for number, (source, leaf, seen) in enumerate(round.leaves):
            if number in round.asked and len(seen) == 1 and type(leaf.branch).__name__ in ('If', 'While'):
                line, column = source.place(leaf.node)
                self.row(e='open', path=source.path, line=line, column=column, way='false' if True in seen else 'true')
        if round.plan.get('calls'):
            self.beside(round)
        if self.spent:
            self.row(e='gap', text='the round was stopped: it ran long enough')
        self.row(e='end', more=max(0, self.given - MOST))
        self.ended = True
        self.mend()
