"""Where contents wait: new ones before they are kept, and what they replaced afterwards.

A stage is a directory of slots on the user's file system, so that a step is one rename: in the store where that is the same one, else inside the user's directory, from where what was replaced goes to the store in the end.
"""
import os
import stat

from entry import remove_tree, sync_all
from tree import DIRECTORY, copy, exists, names_in

#: New contents up to this size are copied to their slots, not moved, so that a refused undo can show what was kept, bytes.
SHOWN_BYTES, SHOWN_TOTAL = 16 << 20, 64 << 20


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


def refill(entry, tree):
    """Brings what was before to slots beside the directory again."""
    fd = open_inside(entry, tree)
    source = os.open(entry.place('before'), DIRECTORY)
    copy_all(source, fd)
    os.close(source)
    sync_all(fd, 1)
    return fd


def stage_is_there(entry, tree, journal):
    return exists(inside(entry), tree.fd) if journal['inside'] else os.path.isdir(entry.place('stage'))
