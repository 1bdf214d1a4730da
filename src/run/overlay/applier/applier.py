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
from entry import UNSETTLED, Entry, entries, remove_tree, sync_all
from steps import Steps, room_is_lacking, steps_of
from tree import DIRECTORY, Conflict, Tree, copy, exists, names_in

#: Waiting for another applier; one that keeps 100,000 files takes some 20 s.
LOCK_S = 60.0
#: Conflicts told of one change set; one is enough to refuse it.
MOST_CONFLICTS = 100
#: New contents up to this size are copied to their slots, not moved, so that a refused undo can show what was kept, bytes.
SHOWN_BYTES, SHOWN_TOTAL = 16 << 20, 64 << 20
DAY_MS = 86_400_000
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


# --- where contents wait

def stage_in(entry, tree):
    """The staging directory: in the store where that is the same file system, else in the directory itself."""
    place = entry.place('stage')
    os.makedirs(place, mode=0o700, exist_ok=True)
    fd = os.open(place, DIRECTORY)
    try:
        # The kernel compares file systems before it looks for names, and this one is not there.
        os.rename('none', 'none', src_dir_fd=fd, dst_dir_fd=tree.fd)
    except FileNotFoundError:
        return place, fd
    except OSError:
        pass
    os.close(fd)
    os.rmdir(place)
    return None, None


def inside(entry):
    return '.winnow-undo-' + entry.id


def open_inside(entry, tree):
    name = inside(entry)
    try:
        os.mkdir(name, 0o700, dir_fd=tree.fd)
    except FileExistsError:
        pass
    return os.open(name, DIRECTORY, dir_fd=tree.fd)


def open_stage(entry, tree, journal):
    return open_inside(entry, tree) if journal['inside'] else os.open(entry.place('stage'), DIRECTORY)


def close_inside(entry, tree):
    name = inside(entry)
    if exists(name, tree.fd):
        remove_tree('/proc/self/fd/%d/%s' % (tree.fd, name))


def known_slots(fd):
    return {name: str(os.stat(name, dir_fd=fd, follow_symlinks=False).st_ino) for name in names_in(fd)}


def stage(entry, tree, fd, steps, is_inside):
    """Fills the slots of what is to come."""
    after = os.open(entry.place('out', 'after'), DIRECTORY)
    shown = 0
    try:
        for step in steps:
            side = step['b'] if step['do'] in ('put', 'swap') else None
            if side is None:
                continue
            slot, source = step['slot'], step['slot'][1:]
            if side['type'] == 'directory':
                if not exists(slot, fd):
                    os.mkdir(slot, 0o700, dir_fd=fd)
                os.chmod(slot, side['mode'] | 0o700, dir_fd=fd)
            elif is_inside or side['type'] == 'link' or (side['size'] <= SHOWN_BYTES and shown + side['size'] <= SHOWN_TOTAL):
                copy(source, after, slot, fd)
                shown += side.get('size', 0)
            elif exists(source, after):
                os.rename(source, slot, src_dir_fd=after, dst_dir_fd=fd)
            if os.geteuid() == 0 and step['do'] == 'swap':
                was = tree.look(step['path'])
                if was is not None:
                    os.chown(slot, was.st_uid, was.st_gid, dir_fd=fd, follow_symlinks=False)
                    if side['type'] == 'file':
                        os.chmod(slot, side['mode'], dir_fd=fd)
        sync_all(fd, len(steps))
    finally:
        os.close(after)


def unstage(entry, fd):
    """Brings new contents back to where the sandbox left them."""
    after = os.open(entry.place('out', 'after'), DIRECTORY)
    try:
        for name in names_in(fd):
            if not name.startswith('a') or stat.S_ISDIR(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode):
                continue
            if exists(name[1:], after):
                continue
            try:
                os.rename(name, name[1:], src_dir_fd=fd, dst_dir_fd=after)
            except OSError:
                copy(name, fd, name[1:], after)
    finally:
        os.close(after)


def clear_stage(entry, tree, journal):
    if journal['inside']:
        close_inside(entry, tree)
    remove_tree(entry.place('stage'))


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


def copy_all(source, to):
    for name in names_in(source):
        info = os.stat(name, dir_fd=source, follow_symlinks=False)
        if stat.S_ISDIR(info.st_mode):
            if not exists(name, to):
                os.mkdir(name, 0o700, dir_fd=to)
            os.chmod(name, stat.S_IMODE(info.st_mode), dir_fd=to)
        else:
            copy(name, source, name, to)


def trim_after(entry):
    """Of new contents that were copied, large ones and those past the bound of all: they lie in the directory now. Returns the bytes on the disk of the others."""
    after = os.open(entry.place('out', 'after'), DIRECTORY)
    shown = copied = 0
    for name in names_in(after):
        info = os.stat(name, dir_fd=after, follow_symlinks=False)
        if info.st_size > SHOWN_BYTES or shown + info.st_size > SHOWN_TOTAL:
            os.unlink(name, dir_fd=after)
        else:
            shown += info.st_size
            copied += info.st_blocks * 512
    os.close(after)
    return copied


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
        journal = entry.read('journal.json')
        before, after, _ = dict(journal['times']), dict(journal['after']), journal['inside']
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


def refill(entry, tree):
    """Brings what was before to slots beside the directory again."""
    fd = open_inside(entry, tree)
    source = os.open(entry.place('before'), DIRECTORY)
    copy_all(source, fd)
    os.close(source)
    sync_all(fd, 1)
    return fd


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


def let_go(entry):
    entry.become('dropped', undoable=False, bytes=0)
    for name in ('out', 'stage', 'before', 'database', 'journal.json'):
        remove_tree(entry.place(name))


def remove(entry):
    """Out of the history as well."""
    trash = os.path.join(os.path.dirname(os.path.dirname(entry.path)), 'trash')
    os.makedirs(trash, mode=0o700, exist_ok=True)
    place = os.path.join(trash, '%s-%d' % (entry.id, os.getpid()))
    os.rename(entry.path, place)
    remove_tree(place)


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
    journal = entry.read('journal.json')
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


def stage_is_there(entry, tree, journal):
    return exists(inside(entry), tree.fd) if journal['inside'] else os.path.isdir(entry.place('stage'))


def lacking(problem, entry):
    name = os.strerror(problem.errno) if isinstance(problem, OSError) else str(problem)
    code = errno.errorcode.get(problem.errno) if isinstance(problem, OSError) else None
    what = 'there is no room' if room_is_lacking(problem) else name
    where = '' if getattr(problem, 'filename', None) is None else ' (%s)' % os.fsdecode(problem.filename)
    return Refused('nothing of %s was applied: %s%s' % (entry.id, what, where), code)


# --- bounds

def sweep(store, most_bytes, most_age_ms, most_entries):
    """Oldest first: kept entries lose what undo needs, then those that nobody kept are dropped. Told: ids."""
    lost, dropped = [], []
    now = time.time() * 1000
    known = entries(store)
    known = [entry for entry in known if entry.told['state'] in ('pending', 'kept', 'undone', 'dropped')]
    used = sum(entry.told.get('bytes', 0) for entry in known)
    for entry in known[:-1]:
        is_old = now - entry.told['startedMs'] > most_age_ms
        if entry.told['state'] == 'kept' and entry.told.get('undoable') and (is_old or used > most_bytes):
            used -= entry.told.get('bytes', 0)
            forget(entry, 'it was kept more than %d days ago' % (most_age_ms // DAY_MS) if is_old else 'the store was full')
            lost.append(entry.id)
    for entry in known[:-1]:
        is_old = now - entry.told['startedMs'] > most_age_ms
        if entry.told['state'] in ('pending', 'undone') and (is_old or used > most_bytes):
            used -= entry.told.get('bytes', 0)
            drop(entry)
            dropped.append(entry.id)
    rest = [entry for entry in known if os.path.isdir(entry.path)]
    for entry in rest[:max(0, len(rest) - most_entries)]:
        if entry.told.get('undoable'):
            lost.append(entry.id)
        remove(entry)
    newest = known[-1] if known else None
    if newest is not None and newest.told['state'] == 'kept' and newest.told.get('undoable') and newest.told.get('bytes', 0) > most_bytes:
        forget(newest, 'what was there before is more than the store may hold')
        lost.append(newest.id)
    return {'result': 'swept', 'lostUndo': lost, 'dropped': dropped}


def forget(entry, why):
    entry.become('kept', undoable=False, whyNot=why, bytes=0)
    for name in ('stage', 'before', 'database', 'out/after'):
        remove_tree(entry.place(name))


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
