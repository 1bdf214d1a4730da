"""Whether files of an entry hold what was written into them: every field is of its type, or the file is damaged.

Whoever has the store can change them, and a disk can; nothing of the user's directory is touched by what is not sound.
"""
import re

#: What `entry.json` holds beside its state and time, and what each is; `entryfacts.ts` holds it against the same list.
OPTIONAL = {'keptMs': int, 'bytes': int, 'counts': dict, 'undoable': bool, 'whyNot': str, 'was': str, 'irreversible': list, 'database': dict, 'device': str, 'inode': str, 'owner': str}
STATES = ('running', 'pending', 'keeping', 'kept', 'undoing', 'undone', 'dropped')


def is_entry(told):
    """Whether every field is of the type it was written with."""
    if not isinstance(told, dict) or told.get('state') not in STATES or type(told.get('startedMs')) is not int or told.get('format') not in (1, 2):
        return False
    if not isinstance(told.get('directory'), str) or not isinstance(told.get('command'), str):
        return False
    if any(told.get(field) is not None and type(told[field]) is not kind for field, kind in OPTIONAL.items()):
        return False
    needed = ('owner', 'database') if told['format'] == 2 else ('owner', 'device', 'inode')
    if any(told.get(field) is None for field in needed) or not re.match(r'\d+-\d+-\w+', told['owner']):
        return False
    database = told.get('database')
    if database is None:
        return True
    if database.get('kind') not in ('sqlite', 'postgres') or not isinstance(database.get('name'), str):
        return False
    return database['kind'] == 'postgres' or is_texts(told.get('fingerprints'), ('before', 'after'))


def is_texts(value, needed=()):
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values()) and all(name in value for name in needed)


def is_count(value):
    return type(value) is int and value >= 0


def is_row(row):
    """A row of a manifest: a path, and what was and is there."""
    path = row['path']
    if not isinstance(path, str) or any(part in ('', '.', '..') for part in path.split('/')):
        return False
    return all(name in row and (row[name] is None or is_side(row[name])) for name in ('before', 'after'))


def is_side(side):
    if not isinstance(side, dict):
        return False
    kind = side.get('type')
    if kind == 'file':
        return is_count(side.get('mode')) and is_count(side.get('size')) and isinstance(side.get('hash'), str)
    if kind == 'directory':
        return is_count(side.get('mode'))
    return kind == 'other' or (kind == 'link' and isinstance(side.get('target'), str))


def is_times(value):
    """Of modification, ns, by path."""
    return is_texts(value) and all(re.fullmatch(r'-?\d+', one) for one in value.values())


def is_journal(journal):
    if not isinstance(journal, dict) or journal.get('do') not in ('keep', 'undo') or journal.get('phase') not in ('staging', 'moving', 'settling'):
        return False
    if type(journal.get('inside')) is not bool or not is_times(journal.get('times')) or not is_times({'': journal.get('root')}):
        return False
    if 'after' in journal and not is_times(journal['after']):
        return False
    if journal['phase'] == 'staging':
        return True
    return is_texts(journal.get('slots')) and journal.get('at') in ('a', 'b') and journal.get('arrived', 'a') in ('a', 'b')
