"""An entry of the undo store: what it says of itself, its manifest, its journal, and where its contents lie.

An entry is a directory: `entry.json` (what a person is told, and its state), `out/` (what the sandbox left: manifest and new contents), `stage/` or
`before/` (what was in the user's directory before it was kept), `journal.json` (while, and after, it is applied). Files are replaced whole: written under
another name, synced, renamed.
"""
import json
import os
import shutil
import stat

import sound

#: States in which a process is, or was killed while, changing the user's directory.
UNSETTLED = ('keeping', 'undoing')


class Entry:
    def __init__(self, store, name):
        self.id = name
        self.path = os.path.join(store, 'entries', name)
        self.told = self.read('entry.json')
        if not sound.is_entry(self.told):
            raise ValueError('entry.json of %s is damaged' % name)

    def read(self, name):
        with open(os.path.join(self.path, name), encoding='utf-8') as file:
            return json.load(file)

    def write(self, name, value):
        place = os.path.join(self.path, name)
        fresh = '%s.%d' % (place, os.getpid())
        with open(fresh, 'w', encoding='utf-8') as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(fresh, place)
        fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(fd)
        os.close(fd)

    def become(self, state, **facts):
        self.told.update(facts, state=state)
        self.write('entry.json', self.told)

    def place(self, *parts):
        return os.path.join(self.path, *parts)

    def journal(self):
        """What was begun, and how far it came. @throws ValueError when it is not what was written"""
        journal = self.read('journal.json')
        if not sound.is_journal(journal):
            raise ValueError('journal.json is damaged')
        return journal

    def changes(self):
        """Rows of the manifest. @throws ValueError when it is not whole"""
        changes, whole = [], False
        with open(self.place('out', 'manifest'), encoding='utf-8') as file:
            for line in file:
                row = json.loads(line)
                if 'end' in row:
                    whole = row['problem'] is None
                elif 'path' in row and 'leftOut' not in row:
                    if not sound.is_row(row):
                        raise ValueError('a row of the manifest is damaged')
                    changes.append(row)
        if not whole:
            raise ValueError('what the program changed is not wholly known')
        return changes


def entries(store):
    """Readable ones, oldest first; `winnow history` tells the others."""
    found = []
    try:
        names = os.listdir(os.path.join(store, 'entries'))
    except FileNotFoundError:
        return []
    for name in names:
        try:
            found.append(Entry(store, name))
        except (OSError, ValueError):
            continue  # being made, or being removed
    return sorted(found, key=lambda entry: (entry.told['startedMs'], entry.id))


def remove_tree(path):
    """Also what a program left unreadable. Never follows a link."""
    def allow(function, place, _):
        try:
            os.chmod(os.path.dirname(place), 0o700)
            if not os.path.islink(place):
                os.chmod(place, 0o700)
            function(place)
        except FileNotFoundError:
            pass

    if not os.path.lexists(path):
        return
    if not os.path.isdir(path) or os.path.islink(path):
        os.unlink(path)
        return
    # What cannot be listed has to be opened to its owner first; the hook above comes too late for that.
    for directory, names, _, fd in os.fwalk(path, follow_symlinks=False):
        for name in names:
            info = os.stat(name, dir_fd=fd, follow_symlinks=False)
            if stat.S_ISDIR(info.st_mode) and info.st_mode & 0o700 != 0o700:
                os.chmod(name, 0o700, dir_fd=fd)
    shutil.rmtree(path, onerror=allow)


def sync_all(fd, count):
    """What was written is on the disk when this returns. One call for many files, as each one's own would wait for the disk."""
    import ctypes
    if count:
        ctypes.CDLL(None).syncfs(fd)
