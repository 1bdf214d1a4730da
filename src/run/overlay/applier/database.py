"""Keeps and undoes changes of an SQLite file of the user's: its whole content is exchanged, as one transaction of SQLite itself.

Contents of both sides lie in the entry, as `database/before` and `database/after`. The file is never renamed over: programs that have it open would
go on with the old one. It is written by SQLite's backup interface instead, pages by path, under its own locks and its own journal or WAL: a kill at any
instant leaves a journal that whoever opens the file next rolls back. The check that nobody changed it and the writing happen under one exclusive lock,
which SQLite's `unix-excl` file system holds for this process (https://sqlite.org/vfs.html). What is there is saved to its side's place before it is written over.

Which side the file is on after a kill is seen by its content. Nothing here parses a schema or a row: contents may come out of a sandbox.
`run/database/lockedfile.ts` does the same for sessions without a store, and makes the same fingerprints.
"""
import errno
import hashlib
import os
import stat
import time
import urllib.parse

try:
    import sqlite3
    SqliteError = sqlite3.Error
except ImportError:
    sqlite3, SqliteError = None, ()

#: How long other programs may be in the middle of a transaction, s.
PATIENCE = 2.0
#: Of a file that was written, the content is held too up to this size, so that what was changed since can be told, bytes.
COMPARED_BYTES = 64 << 20
CHUNK = 1 << 20
#: Fields of the header that change with no change of content (https://sqlite.org/fileformat2.html, 1.3): versions that say whether there is a WAL, the
#: change counter, the schema's counter, and those that repeat the first with the library's version.
VOLATILE = ((18, 20), (24, 28), (40, 44), (92, 100))
WANTED = {'keep': ('before', 'after', 'keeping', 'kept'), 'undo': ('after', 'before', 'undoing', 'undone')}


class Busy(Exception):
    """Another process has the file."""


class Changed(Exception):
    """The file does not hold what it is to hold. The text follows its name in a sentence."""


class Broken(Exception):
    """It cannot be read or written, or is no sound database."""


def exchange(entry, action):
    """Brings the file from one side to the other. @throws Busy, Changed, Broken, OSError with the file as it was"""
    here, there, doing, done = WANTED[action]
    file = entry.told['database']['name']
    source, saved = slot(entry, there), slot(entry, here)
    was = entry.told['state']
    held = opened(file, 'unix-excl')
    try:
        alone(held)
        copy(held, saved + '.part')
        if fingerprint(saved + '.part') != entry.told['fingerprints'][here]:
            os.unlink(saved + '.part')
            raise Changed('its content is another one now')
        os.rename(saved + '.part', saved)
        entry.become(doing, was=was)
        try:
            written(source, file)
        except BaseException:
            entry.become(was)
            raise
    except SqliteError as problem:
        raise explained(problem)
    finally:
        held.close()
    arrived(entry, done)


def recovered(entry):
    """Ends what was cut off: SQLite has rolled back what was half written, or does so now, and the content says which side it is."""
    held = None
    try:
        held = opened(entry.told['database']['name'], None)
        copy(held, slot(entry, 'seen'))
        seen = fingerprint(slot(entry, 'seen'))
    except Changed:
        seen = None
    except SqliteError as problem:
        raise explained(problem)
    finally:
        if held is not None:
            held.close()
        if os.path.exists(slot(entry, 'seen')):
            os.unlink(slot(entry, 'seen'))
    action = 'undo' if entry.told['state'] == 'undoing' else 'keep'
    _, there, _, done = WANTED[action]
    if seen == entry.told['fingerprints'][there]:
        arrived(entry, done)
    else:
        # As it was, or changed by somebody since, which the next keep or undo tells.
        entry.become(entry.told['was'])
    return entry.told['state']


def arrived(entry, state):
    facts = {'keptMs': int(time.time() * 1000), 'undoable': True} if state == 'kept' else {'undoable': False}
    now = slot(entry, 'after' if state == 'kept' else 'before')
    other = slot(entry, 'before' if state == 'kept' else 'after')
    size = os.path.getsize(now)
    held = size if size <= COMPARED_BYTES else 0
    entry.become(state, bytes=held + os.path.getsize(other), **facts)
    if held == 0 and size > 0:
        os.unlink(now)


def slot(entry, side):
    return entry.place('database', side)


def opened(file, system):
    """@throws Changed where there is no such file"""
    if sqlite3 is None:
        raise Broken('the python3 of this system has no sqlite3')
    try:
        is_file = stat.S_ISREG(os.lstat(file).st_mode)
    except FileNotFoundError:
        is_file = False
    if not is_file:
        raise Changed('it is not there any more')
    address = 'file:%s?mode=rw%s' % (urllib.parse.quote(file), '' if system is None else '&vfs=' + system)
    try:
        return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
    except SqliteError as problem:
        raise explained(problem)


def alone(held):
    """The lock stays until the connection is closed: that is what `unix-excl` does."""
    held.execute('BEGIN EXCLUSIVE')
    held.execute('COMMIT')


def copy(held, target):
    """To a file of our own, which is whole when this returns, and on the disk."""
    if os.path.exists(target):
        os.unlink(target)
    fresh = sqlite3.connect(target, isolation_level=None)
    try:
        held.backup(fresh)
    finally:
        fresh.close()
    # A database without any page is no file yet.
    fd = os.open(target, os.O_RDONLY | os.O_CREAT, 0o600)
    os.fsync(fd)
    os.close(fd)


def written(source, file):
    to = opened(file, 'unix-excl')
    held = opened(source, None)
    try:
        held.backup(to)
    finally:
        held.close()
        to.close()


def fingerprint(path):
    """SHA-256 of the file without what changes with no change of content."""
    state = hashlib.sha256()
    with open(path, 'rb') as file:
        piece = bytearray(file.read(CHUNK))
        for start, end in VOLATILE:
            piece[start:end] = bytes(len(piece[start:end]))
        while piece:
            state.update(piece)
            piece = file.read(CHUNK)
    return state.hexdigest()


def explained(problem):
    name = getattr(problem, 'sqlite_errorname', '') or ''
    text = str(problem)
    if name.startswith(('SQLITE_BUSY', 'SQLITE_LOCKED')) or 'locked' in text:
        return Busy('another process holds it: it is writing, or has it open in WAL mode; close it there and try again')
    if name == 'SQLITE_FULL' or 'is full' in text:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return Broken('SQLite says: ' + text)
