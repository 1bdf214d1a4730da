"""Shows directories of root's to a sandbox that root starts as another user, and becomes that sandbox.

A worker of root's is a user without rights, who may neither enter root's directories nor be the owner of what lies there. So the
directories are mounted once more, with the owner's id shown as the worker's (`mount_setattr(2)`, MOUNT_ATTR_IDMAP, Linux 5.12; below an
overlay 5.19), in a mount namespace that nobody else sees. What the worker writes belongs to the owner on the disk.

Arguments: worker's id, the owner's user and group ids, the directory to read, the directory to write, the command. Ends with 99 and the reason on
standard error where the kernel or the file system cannot do it.
"""
import ctypes
import os
import struct
import sys

#: Covered in this mount namespace alone; no sandbox shows /sys.
STAGE = '/sys'
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
AT_FDCWD, AT_EMPTY_PATH, OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, MOVE_MOUNT_F_EMPTY_PATH = -100, 0x1000, 1, 0x80000, 4
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_IDMAP = 1, 2, 4, 0x100000
#: The same number on every architecture, as all calls since 5.1.
SYS_open_tree, SYS_move_mount, SYS_mount_setattr = 428, 429, 442

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result < 0:
        raise OSError(ctypes.get_errno(), '%s: %s' % (what, os.strerror(ctypes.get_errno())))
    return result


def user_namespace(worker, user, group):
    """A descriptor of a namespace that exists to hold the map."""
    ready, told = os.pipe()
    wait, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        if libc.unshare(CLONE_NEWUSER) == 0:
            os.write(told, b'x')
        os.close(told)
        os.close(go)
        os.read(wait, 1)
        os._exit(0)
    os.close(told)
    if os.read(ready, 1) != b'x':
        raise OSError('no user namespace for a map of ids')
    for name, shown in (('uid_map', user), ('gid_map', group)):
        with open('/proc/%d/%s' % (pid, name), 'w') as file:
            file.write('%d %d 1\n' % (shown, worker))
    fd = os.open('/proc/%d/ns/user' % pid, os.O_RDONLY | os.O_CLOEXEC)
    os.close(go)
    os.waitpid(pid, 0)
    os.close(ready)
    os.close(wait)
    return fd


def shown(path, namespace, flags):
    tree = check(libc.syscall(SYS_open_tree, AT_FDCWD, os.fsencode(path), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), 'open_tree ' + path)
    attributes = struct.pack('QQQQ', ATTR_IDMAP | ATTR_NOSUID | ATTR_NODEV | flags, 0, 0, namespace)
    check(libc.syscall(SYS_mount_setattr, tree, b'', AT_EMPTY_PATH, attributes, len(attributes)), 'mount_setattr ' + path)
    return tree


def main(worker, user, group, read, write, command):
    namespace = user_namespace(worker, user, group)
    check(libc.unshare(CLONE_NEWNS), 'unshare mounts')
    check(libc.mount(None, b'/', None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None), 'make mounts private')
    trees = [('lower', shown(read, namespace, ATTR_RDONLY)), ('out', shown(write, namespace, 0))]
    check(libc.mount(b'tmpfs', os.fsencode(STAGE), b'tmpfs', ctypes.c_ulong(0), b'mode=755,size=4096'), 'mount ' + STAGE)
    for name, tree in trees:
        place = os.fsencode('%s/%s' % (STAGE, name))
        os.mkdir(place)
        check(libc.syscall(SYS_move_mount, tree, b'', AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH), 'move_mount')
        os.close(tree)
    os.close(namespace)
    os.setgroups([])
    os.setgid(worker)
    os.setuid(worker)
    os.execv(command[0], command)


if __name__ == '__main__':
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5], sys.argv[6:])
    except OSError as problem:
        sys.stderr.write('no view of the directory: %s\n' % problem)
        sys.exit(99)
