"""What keeping a change set does to a directory, as steps of one rename each, every one of which can be taken back.

A step stands between two states: A, as the directory was, and B, as the program left it. Contents wait in slots of a staging directory on the
same file system. `put` moves a slot to a free name, `take` moves what lies at a name to a slot, `swap` exchanges the two, `mode` sets permissions, `time` a time.
So nothing is ever copied or half there while steps run, what was before is in a slot afterwards, and undoing is the same steps backwards.

Which side a step is on is seen by its slot, not remembered, so a process that was killed anywhere can be followed by one that goes on or back.
"""
import errno
import os
import stat

from tree import Conflict, aside, exchange, exists, kind_of, mend, mend_carried, move, move_directory


def steps_of(changes):
    """@param changes rows of a manifest, in its order: what lies in a directory before its removal, and after its making"""
    first, middle, last = [], [], []
    for number, row in enumerate(changes):
        path, before, after = row['path'], row['before'], row['after']
        is_directory = [side is not None and side['type'] == 'directory' for side in (before, after)]
        if all(is_directory):
            # Whoever may write in the end does so first, and the other way round, so that what lies inside can be reached.
            step = {'do': 'mode', 'path': path, 'from': before['mode'], 'to': after['mode']}
            (first if after['mode'] & 0o300 == 0o300 else last).append(step)
            continue
        if is_directory[0] and after is None and before['mode'] & 0o700 != 0o700:
            first.append({'do': 'mode', 'path': path, 'from': before['mode'], 'to': before['mode'] | 0o700})
        if is_directory[1] and after['mode'] & 0o700 != 0o700:
            last.append({'do': 'mode', 'path': path, 'from': after['mode'] | 0o700, 'to': after['mode']})
        slots = {'a': 'a%d' % number, 'b': 'b%d' % number}
        if before is not None and after is not None and not any(is_directory):
            if before['type'] == after['type'] == 'file' and before['hash'] == after['hash']:
                for do, name in (('mode', 'mode'), ('time', 'mtime')):
                    if before[name] != after.get(name, before[name]):
                        middle.append({'do': do, 'path': path, 'from': before[name], 'to': after[name], 'a': before, 'b': after})
            else:
                middle.append({'do': 'swap', 'path': path, 'slot': slots['a'], 'a': before, 'b': after})
            continue
        if before is not None:
            middle.append({'do': 'take', 'path': path, 'slot': slots['b'], 'a': before, 'b': None})
        if after is not None:
            middle.append({'do': 'put', 'path': path, 'slot': slots['a'], 'a': None, 'b': after})
    return first + middle + last


class Steps:
    """Runs steps in a tree. @param known inodes that slots had in state `at`"""

    def __init__(self, tree, slots, steps, known, at):
        self.tree, self.slots, self.steps, self.known, self.at = tree, slots, steps, known, at

    def run(self, to):
        """Brings every step to one side; what is there stays. @throws Conflict, OSError with the steps before it done"""
        for step in self.steps if to == 'b' else reversed(self.steps):
            self.tree.settle()
            if self.side(step) != to:
                self.go(step, to)

    def settle_on(self, wanted):
        """Brings all to the wanted side or, where that cannot be, all to the other. Returns what stood in the way, if anything did."""
        self.mend()
        try:
            self.run(wanted)
            return None
        except (Conflict, OSError) as problem:
            self.tree.forget()
            self.run('a' if wanted == 'b' else 'b')
            return problem

    def mend(self):
        for step in self.steps:
            if 'slot' in step and exists(aside(step['slot']), self.slots):
                fd, name = self.tree.parent(step['path'])
                (mend if step['do'] == 'swap' else mend_carried)(self.slots, step['slot'], fd, name)

    def side(self, step):
        if step['do'] == 'mode':
            info = self.tree.look(step['path'])
            # One whose directory is not there is on neither side and is not done to.
            return None if info is None else 'b' if stat.S_IMODE(info.st_mode) & 0o777 == step['to'] else 'a'
        if step['do'] == 'time':
            info = self.tree.look(step['path'])
            return None if info is None else 'b' if str(info.st_mtime_ns) == step['to'] else 'a'
        if step['do'] == 'put':
            return 'a' if exists(step['slot'], self.slots) else 'b'
        if step['do'] == 'take':
            return 'b' if exists(step['slot'], self.slots) else 'a'
        is_known = inode(step['slot'], self.slots) == self.known[step['slot']]
        return self.at if is_known else 'b' if self.at == 'a' else 'a'

    def go(self, step, to):
        path = step['path']
        if step['do'] == 'mode':
            if self.tree.look(path) is not None:
                self.tree.chmod(path, step['to'] if to == 'b' else step['from'])
            return
        if step['do'] == 'time':
            if self.tree.look(path) is not None:
                self.tree.touch(path, int(step['to'] if to == 'b' else step['from']))
            return
        here = step['a'] if to == 'b' else step['b']
        info = self.tree.look(path)
        why = self.tree.why_not(path, here, info)
        if why is not None:
            raise Conflict(path, why)
        try:
            fd, name = self.tree.parent(path)
        except NotADirectoryError:
            raise Conflict(path, 'a part of its path is no directory any more')
        if step['do'] == 'swap':
            exchange(self.slots, step['slot'], fd, name)
            if not untouched(step['slot'], self.slots, info):
                exchange(self.slots, step['slot'], fd, name)
                raise Conflict(path, 'it was changed at this moment')
        elif here is None:
            try:
                move(self.slots, step['slot'], fd, name)
            except FileExistsError:
                raise Conflict(path, 'something lies there now')
        else:
            self.away(step, fd, name, info)

    def away(self, step, fd, name, info):
        """Into the slot; a directory must be empty, which its own entries have seen to."""
        self.drop_kept(step['path'])
        if kind_of(info) == 'directory':
            move_directory(fd, name, self.slots, step['slot'])
        else:
            move(fd, name, self.slots, step['slot'])
        if kind_of(info) != 'directory':
            same = untouched(step['slot'], self.slots, info)
            why = 'it was changed at this moment'
        else:
            same = is_empty(step['slot'], self.slots)
            why = 'more lies in it now'
        if not same:
            move(self.slots, step['slot'], fd, name)
            raise Conflict(step['path'], why)

    def drop_kept(self, path):
        """A descriptor of what is moved away would lead there still."""
        for known in [one for one in self.tree.open if one == path or one.startswith(path + '/')]:
            os.close(self.tree.open.pop(known))


def inode(name, directory):
    try:
        return str(os.stat(name, dir_fd=directory, follow_symlinks=False).st_ino)
    except FileNotFoundError:
        return None


def untouched(slot, slots, seen):
    info = os.stat(slot, dir_fd=slots, follow_symlinks=False)
    return (info.st_ino, info.st_size, info.st_mtime_ns) == (seen.st_ino, seen.st_size, seen.st_mtime_ns)


def is_empty(name, directory):
    fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        return not os.listdir(fd)
    except PermissionError:
        return False
    finally:
        os.close(fd)


def room_is_lacking(problem):
    return isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
