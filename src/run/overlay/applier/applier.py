"""Applies change sets to a user's directory and takes them back: all of one or nothing of it, whenever it is killed.

A process of its own, in its own session, so that it ends what it began when the command that started it is killed. One at a time, under a
lock that the kernel ends with it. What it does:

1. verify: every path that the change set touches is compared with what the program had seen there;
2. stage: new contents are brought to slots on the directory's own file system, synced;
3. the journal is written, synced: from here on a successor ends what was begun;
4. steps (`steps.py`): one rename each; a conflict takes back those that were done;
5. the entry says what it is now, and the journal stays, for undo.

Killed before 3, nothing has changed; after it, `recover` goes on or back by the journal, and every action begins with that. A set of changes of an
SQLite file has no steps of ours: `database.py` leaves them to SQLite's own transaction.

    applier.py STORE keep|undo|drop ID
    applier.py STORE recover|sweep [MOST_BYTES MOST_AGE_MS MOST_ENTRIES]

Tells what came of it as one line of JSON. Ends with 0 also for a conflict: that is an answer.
"""
import errno
import fcntl
import json
import os
import signal
import stat
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import database
from bounds import let_go, sweep
from entry import UNSETTLED, Entry, entries, remove_tree, sync_all
from staging import clear_stage, close_inside, copy_all, known_slots, open_inside, open_stage, refill, stage, stage_in, stage_is_there, trim_after, unstage
from steps import Steps, room_is_lacking, steps_of
from tree import DIRECTORY, Conflict, Tree

#: Waiting for another applier; one that keeps 100,000 files takes some 20 s.
LOCK_S = 60.0
#: Conflicts told of one change set; one is enough to refuse it.
MOST_CONFLICTS = 100
#: What reading a damaged file of an entry ends in.
DAMAGED = (ValueError, KeyError, TypeError, AttributeError)


class Refused(Exception):
    """Nothing was done. The text is a reason for the user; the code is a name of errno, or null."""

    def __init__(self, text, code=None):
        super().__init__(text)
        self.code = code


def lock(store):
    fd = os.open(os.path.join(store, 'lock'), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + LOCK_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise Refused('another process has been keeping or undoing changes for more than %d s' % LOCK_S, 'EBUSY')
            time.sleep(0.01)


# --- times of directories, which change with what lies in them

def times_of(tree, steps):
    found = {}
    taken = [step['path'] for step in steps if step['do'] == 'take' and step['a']['type'] == 'directory']
    for above in taken + [step['path'].rpartition('/')[0] for step in steps]:
        if above in found:
            continue
        info = os.fstat(tree.fd) if above == '' else tree.look(above)
        if info is not None and stat.S_ISDIR(info.st_mode):
            found[above] = str(info.st_mtime_ns)
    return found


def set_times(tree, times):
    for path, mtime in sorted(times.items(), reverse=True):
        try:
            now = os.fstat(tree.fd) if path == '' else tree.look(path)
            if now is None or not stat.S_ISDIR(now.st_mode):
                continue
            if path == '':
                os.utime('/proc/self/fd/%d' % tree.fd, ns=(now.st_atime_ns, int(mtime)))
            else:
                fd, name = tree.parent(path)
                os.utime(name, ns=(now.st_atime_ns, int(mtime)), dir_fd=fd, follow_symlinks=False)
        except OSError:
            pass  # a time is not worth a failure


# --- actions

def open_tree(entry):
    return Tree(entry.told['directory'], entry.told['device'], entry.told['inode'])


def conflicts_of(tree, changes, side):
    """@param side which of a change's sides is to be there"""
    found = []
    touched = {row['path'] for row in changes}
    for row in changes:
        tree.settle()
        path, expected = row['path'], row[side]
        try:
            why = tree.why_not(path, expected)
            if expected is None and why is None:
                why = blocked(tree, path, touched)
        except OSError as problem:
            why = 'it cannot be read (%s)' % os.strerror(problem.errno)
        if why is None and side == 'before' and expected is not None and expected.get('moved'):
            why = 'it was changed while the program ran'
        if why is not None and not (expected is None and replaced(changes, row, side)):
            found.append({'path': path, 'why': why})
            if len(found) >= MOST_CONFLICTS:
                break
    return found


def replaced(changes, row, side):
    """A directory that gave way to something else: its removal is another row of the same path."""
    return any(other['path'] == row['path'] and other[side] is not None for other in changes if other is not row)


def blocked(tree, path, touched):
    """Why nothing can be made there; null: it can, or what stands above is this change set's own."""
    parts = path.split('/')
    above = ['/'.join(parts[:end]) for end in range(1, len(parts))]
    if any(one in touched for one in above):
        return None
    try:
        tree.parent(path)
        return None
    except NotADirectoryError:
        return 'a part of its path is no directory any more'
    except FileNotFoundError:
        return 'the directory it lay in is gone'


def why_neither(entry):
    """What a change set is, and what can be done with one like that."""
    state, known = entry.told['state'], entry.id
    told = {
        'kept': 'is kept already, so there is nothing to keep; `winnow undo %s` takes it back' % known,
        'undone': 'is undone already; `winnow keep %s` applies it again' % known,
        'dropped': 'was dropped, so its contents are gone; run the program again',
        'running': 'is not ended: its program runs',
    }.get(state, 'is being changed by another command (%s); `winnow history --recover` ends what was cut off' % state)
    return 'change set %s %s' % (known, told)


def keep(entry):
    if entry.told['state'] not in ('pending', 'undone'):
        raise Refused(why_neither(entry))
    if 'database' in entry.told:
        return exchanged(entry, 'keep')
    try:
        changes = entry.changes()
    except (OSError, *DAMAGED) as problem:
        raise Refused('change set %s cannot be kept: %s' % (entry.id, problem))
    tree = open_tree(entry)
    found = conflicts_of(tree, changes, 'before') + strangers(tree, changes, 'before', 'after')
    if found:
        return {'result': 'conflict', 'conflicts': found}
    steps = steps_of(changes)
    place, fd = stage_in(entry, tree)
    root = str(os.fstat(tree.fd).st_mtime_ns)
    journal = {'do': 'keep', 'phase': 'staging', 'inside': place is None, 'times': dict(times_of(tree, steps), **{'': root}), 'root': root}
    entry.write('journal.json', journal)
    entry.become('keeping', was=entry.told['state'])
    try:
        if fd is None:
            fd = open_inside(entry, tree)
        stage(entry, tree, fd, steps, journal['inside'])
    except OSError as problem:
        settle(entry, tree, fd, steps, dict(journal, arrived='a'))
        raise lacking(problem, entry)
    journal.update(phase='moving', slots=known_slots(fd), at='a')
    entry.write('journal.json', journal)
    return move_on(entry, tree, fd, steps, journal, 'b')


def move_on(entry, tree, fd, steps, journal, wanted):
    """Steps to one side, or back to the other, and the end of either."""
    runner = Steps(tree, fd, steps, journal['slots'], journal['at'])
    problem = runner.settle_on(wanted)
    arrived = wanted if problem is None else 'a' if wanted == 'b' else 'b'
    journal.update(phase='settling', arrived=arrived)
    entry.write('journal.json', journal)
    settle(entry, tree, fd, steps, journal)
    if problem is None:
        return {'result': 'kept' if wanted == 'b' else 'undone'}
    if isinstance(problem, Conflict):
        return {'result': 'conflict', 'conflicts': [{'path': problem.path, 'why': problem.why}]}
    raise lacking(problem, entry)


def settle(entry, tree, fd, steps, journal):
    """What is left to do when all steps are on one side. @param fd None: all contents have been brought away already"""
    tree.forget()
    if journal['arrived'] == 'b':
        settle_kept(entry, tree, fd, steps, journal)
        return
    if fd is not None:
        unstage(entry, fd)
    clear_stage(entry, tree, journal)
    remove_tree(entry.place('before'))
    set_times(tree, journal['times'])
    state = 'undone' if journal['do'] == 'undo' else entry.told.get('was', 'pending')
    entry.become(state, undoable=False, bytes=size_of(steps, 'b'))


def settle_kept(entry, tree, fd, steps, journal):
    if journal['inside'] and fd is not None:
        before = entry.place('before')
        os.makedirs(before, mode=0o700, exist_ok=True)
        to = os.open(before, DIRECTORY)
        copy_all(fd, to)
        sync_all(to, 1)
        os.close(to)
        close_inside(entry, tree)
    if '' not in {step['path'].rpartition('/')[0] for step in steps}:
        set_times(tree, {'': journal['root']})
    copied = trim_after(entry)
    journal['after'] = times_of(tree, steps)
    entry.write('journal.json', journal)
    sync_all(tree.fd, 1)
    entry.become('kept', keptMs=int(time.time() * 1000), undoable=True, bytes=size_of(steps, 'a') + copied)


def size_of(steps, side):
    """Bytes on the disk: a file of holes takes few."""
    sides = [step.get(side) or {} for step in steps if 'slot' in step]
    return sum(one.get('disk', one.get('size', 0)) for one in sides)


def undo(entry):
    state = entry.told['state']
    if state == 'pending':
        return drop(entry)
    if state != 'kept':
        raise Refused(why_neither(entry))
    if not entry.told.get('undoable'):
        raise Refused('change set %s cannot be undone: %s' % (entry.id, entry.told.get('whyNot', 'what was there before is not kept any more')))
    if 'database' in entry.told:
        return exchanged(entry, 'undo')
    try:
        changes = entry.changes()
        steps = steps_of(changes)
        journal = entry.journal()
        before, after = journal['times'], journal['after']
    except (OSError, *DAMAGED) as problem:
        raise Refused('change set %s cannot be undone: what %s holds is damaged (%s)' % (entry.id, entry.path, problem))
    tree = open_tree(entry)
    found = conflicts_of(tree, changes, 'after') + strangers(tree, changes, 'after', 'before')
    if found:
        return {'result': 'conflict', 'conflicts': found}
    now = times_of(tree, steps)
    times = {path: mtime for path, mtime in before.items() if after.get(path) == now.get(path)}
    journal.update(do='undo', times=times, root=str(os.fstat(tree.fd).st_mtime_ns))
    if journal['inside']:
        journal['phase'] = 'staging'
        entry.write('journal.json', journal)
        entry.become('undoing')
        try:
            fd = refill(entry, tree)
        except OSError as problem:
            close_inside(entry, tree)
            entry.become('kept')
            raise lacking(problem, entry)
        journal.update(slots=known_slots(fd), at='b')
    else:
        fd = os.open(entry.place('stage'), DIRECTORY)
    journal['phase'] = 'moving'
    entry.write('journal.json', journal)
    entry.become('undoing')
    return move_on(entry, tree, fd, steps, journal, 'a')


def exchanged(entry, action):
    """Keeps or undoes what was done to an SQLite file."""
    try:
        database.exchange(entry, action)
    except database.Changed as problem:
        return {'result': 'conflict', 'conflicts': [{'path': os.path.basename(entry.told['database']['name']), 'why': str(problem)}]}
    except database.Busy as problem:
        raise Refused('nothing of %s was applied: %s' % (entry.id, problem), 'database-busy')
    except database.Broken as problem:
        raise Refused('nothing of %s was applied: %s' % (entry.id, problem))
    except OSError as problem:
        raise lacking(problem, entry)
    return {'result': entry.told['state']}


def strangers(tree, changes, here, then):
    """What lies in directories that are to go, and is none of the change set. @param here, then the sides that are left and reached"""
    def is_directory(side):
        return side is not None and side['type'] == 'directory'
    going = [row['path'] for row in changes if is_directory(row[here]) and not is_directory(row[then])]
    own = {row['path'] for row in changes if row[here] is not None}
    found = []
    for path in sorted(going):
        tree.settle()
        try:
            fd, name = tree.parent(path)
            inner = os.open(name, DIRECTORY, dir_fd=fd)
        except OSError:
            continue
        for one in sorted(os.listdir(inner)):
            if path + '/' + one not in own and len(found) < MOST_CONFLICTS:
                found.append({'path': path + '/' + one, 'why': 'it came since, in a directory that would go'})
        os.close(inner)
    return found


def drop(entry):
    """Lets go of contents; what was run, and that it was dropped, stays in the history."""
    if entry.told['state'] in UNSETTLED:
        raise Refused(why_neither(entry))
    if entry.told['state'] == 'kept' and entry.told.get('undoable'):
        raise Refused('change set %s is kept; undo it instead' % entry.id)
    let_go(entry)
    return {'result': 'dropped'}


def recover(store):
    """Ends what a killed applier began, and drops runs whose command was killed. Told: each entry and what became of it."""
    told = []
    for entry in entries(store):
        if entry.told['state'] == 'running' and ended(entry.told['owner']):
            let_go(entry)
            told.append({'id': entry.id, 'state': 'dropped'})
        if entry.told['state'] not in UNSETTLED or (is_server(entry) and not ended(entry.told['owner'])):
            continue
        try:
            told.append({'id': entry.id, 'state': recovered(entry)})
        except (Conflict, OSError, Refused, database.Busy, database.Broken) as problem:
            told.append({'id': entry.id, 'state': entry.told['state'], 'problem': str(problem)})
        except DAMAGED as problem:
            told.append({'id': entry.id, 'state': entry.told['state'], 'problem': 'what %s holds is damaged (%s)' % (entry.path, problem)})
    trash = os.path.join(store, 'trash')
    if os.path.isdir(trash):
        remove_tree(trash)
    return told


def is_server(entry):
    return entry.told.get('database', {}).get('kind') == 'postgres'


def recovered(entry):
    if is_server(entry):
        entry.become('kept', undoable=False, whyNot='whether the server committed it is not known: Winnow was ended at that moment')
        return 'kept'
    if 'database' in entry.told:
        return database.recovered(entry)
    journal = entry.journal()
    tree = open_tree(entry)
    steps = steps_of(entry.changes())
    is_undo = entry.told['state'] == 'undoing'
    if journal['phase'] == 'staging':
        if is_undo:
            close_inside(entry, tree)
            entry.become('kept')
            return 'kept'
        settle(entry, tree, open_stage(entry, tree, journal), steps, dict(journal, arrived='a'))
        return entry.told['state']
    fd = open_stage(entry, tree, journal) if journal['phase'] != 'settling' or stage_is_there(entry, tree, journal) else None
    if journal['phase'] == 'settling':
        settle(entry, tree, fd, steps, journal)
    else:
        move_on(entry, tree, fd, steps, journal, 'a' if is_undo else 'b')
    return entry.told['state']


def lacking(problem, entry):
    name = os.strerror(problem.errno) if isinstance(problem, OSError) else str(problem)
    code = errno.errorcode.get(problem.errno) if isinstance(problem, OSError) else None
    what = 'there is no room' if room_is_lacking(problem) else name
    where = '' if getattr(problem, 'filename', None) is None else ' (%s)' % os.fsdecode(problem.filename)
    return Refused('nothing of %s was applied: %s%s' % (entry.id, what, where), code)


def ended(owner):
    """Whether the process that began a run is gone; of another process namespace nothing is known. `native/owner.ts` makes the mark."""
    namespace, pid, started = owner.split('-')[:3]
    try:
        if os.readlink('/proc/self/ns/pid') != 'pid:[%s]' % namespace:
            return False
        with open('/proc/%s/stat' % pid) as file:
            return file.read().rpartition(')')[2].split()[19] != started
    except FileNotFoundError:
        return True


def act(store, action, arguments):
    lock(store)
    told = recover(store)
    if action == 'recover':
        return {'result': 'recovered', 'recovered': told}
    if action == 'sweep':
        return dict(sweep(store, *map(int, arguments)), recovered=told)
    try:
        entry = Entry(store, arguments[0])
    except (OSError, ValueError):
        raise Refused('there is no entry %s' % arguments[0], 'ENOENT')
    return dict({'keep': keep, 'undo': undo, 'drop': drop}[action](entry), recovered=told)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # whoever asked may be gone; what was begun is ended
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.umask(0o077)
    try:
        told = act(sys.argv[1], sys.argv[2], sys.argv[3:])
    except Conflict as problem:
        told = {'result': 'conflict', 'conflicts': [{'path': problem.path, 'why': problem.why}]}
    except Refused as problem:
        told = {'result': 'refused', 'reason': str(problem), 'code': problem.code}
    except OSError as problem:
        where = '' if problem.filename is None else ': ' + os.fsdecode(problem.filename)
        told = {'result': 'refused', 'reason': os.strerror(problem.errno) + where, 'code': errno.errorcode.get(problem.errno)}
    try:
        os.write(1, (json.dumps(told) + '\n').encode())
    except OSError:
        pass


if __name__ == '__main__':
    main()
