"""What the store lets go of: contents of sets that were dropped, and the oldest where there is too much, too many or too old."""
import os
import time

from entry import entries, remove_tree

DAY_MS = 86_400_000


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
            let_go(entry)
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
