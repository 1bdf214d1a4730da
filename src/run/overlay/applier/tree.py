"""A directory of the user's, entered by descriptors alone, so that nothing is ever written outside of it.

Every path is walked from the directory's own descriptor, part by part, and no part may be a link: one that was swapped in while
nobody looked ends in an error of the kernel, not in a write elsewhere. What lies at a path is compared with what a manifest
says of it (`Tree.is_as`): by inode, size and times first, which is cheap, then by its bytes.
"""
import ctypes
import errno
import hashlib
import os
import stat

FOLLOW_NOTHING = os.O_NOFOLLOW | os.O_CLOEXEC
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | FOLLOW_NOTHING
CHUNK = 1 << 20
#: Descriptors of directories that are kept open: a walk in order seldom needs more than its depth.
KEPT_OPEN = 64
#: What a copy is called until it is whole.
PART = '.part'
RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2
SYS_renameat2 = 276 if os.uname().machine == 'aarch64' else 316

libc = ctypes.CDLL(None, use_errno=True)


class Conflict(Exception):
    """What lies in the directory is not what a change was made over. `why` follows the path in a sentence."""

    def __init__(self, path, why):
        super().__init__(path, why)
        self.path, self.why = path, why


class Tree:
    def __init__(self, path, device, inode):
        try:
            self.fd = os.open(path, DIRECTORY)
        except OSError as problem:
            raise Conflict('.', 'the directory cannot be opened any more (%s)' % os.strerror(problem.errno))
        info = os.fstat(self.fd)
        if (str(info.st_dev), str(info.st_ino)) != (device, inode):
            raise Conflict('.', 'another directory lies at its path now')
        self.device = info.st_dev
        self.open = {}
        #: Stamps of files whose bytes were read and were as told, so that they are read once.
        self.seen = {}

    def parent(self, path):
        """The descriptor of the directory that a path lies in, and its last part."""
        parts = path.split('/')
        if any(part in ('', '.', '..') for part in parts):
            raise ValueError('no path of a manifest: %r' % path)
        fd, above = self.fd, ''
        for part in parts[:-1]:
            above = above + '/' + part if above else part
            known = self.open.get(above)
            if known is None:
                try:
                    known = os.open(part, DIRECTORY, dir_fd=fd)
                except OSError as problem:
                    if problem.errno in (errno.ELOOP, errno.ENOTDIR):
                        raise NotADirectoryError(problem.errno, 'a part of the path is no directory', above)
                    raise
                self.open[above] = known
            fd = known
        return fd, parts[-1]

    def settle(self):
        """Forgets descriptors where there are many, between steps."""
        if len(self.open) > KEPT_OPEN:
            self.forget()

    def forget(self):
        for fd in self.open.values():
            os.close(fd)
        self.open = {}

    def look(self, path):
        """What lies there; None: nothing, or a part of the way is none."""
        try:
            fd, name = self.parent(path)
            return os.stat(name, dir_fd=fd, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def why_not(self, path, side, info=False):
        """Why what lies at a path is not what is told of it; None: it is. @param side None: nothing is to be there"""
        info = self.look(path) if info is False else info
        if side is None:
            return None if info is None else 'something lies there now'
        if info is None:
            return 'it is not there any more'
        if kind_of(info) != side['type']:
            return 'it is %s now' % {'file': 'a file', 'directory': 'a directory', 'link': 'a link'}.get(kind_of(info), 'a special file')
        if side['type'] == 'link':
            fd, name = self.parent(path)
            return None if os.readlink(name, dir_fd=fd) == side['target'] else 'the link leads elsewhere now'
        if side['type'] != 'file' or same_stamp(info, side) or self.seen.get(path) == (stamp(info), side['hash']):
            return None
        if info.st_size != side['size'] or self.digest(path) != side['hash']:
            return 'its content is another one now'
        if stat.S_IMODE(info.st_mode) & 0o777 != side['mode']:
            return 'its permissions are others now'
        self.seen[path] = (stamp(info), side['hash'])
        return None

    def digest(self, path):
        fd, name = self.parent(path)
        return digest(name, fd)

    def chmod(self, path, mode):
        fd, name = self.parent(path)
        place = os.open(name, os.O_PATH | FOLLOW_NOTHING, dir_fd=fd)
        try:
            if stat.S_ISLNK(os.fstat(place).st_mode):
                raise Conflict(path, 'it is a link now')
            os.chmod('/proc/self/fd/%d' % place, mode)
        finally:
            os.close(place)


    def touch(self, path, mtime):
        """@param mtime ns since 1970"""
        fd, name = self.parent(path)
        info = os.stat(name, dir_fd=fd, follow_symlinks=False)
        os.utime(name, ns=(info.st_atime_ns, mtime), dir_fd=fd, follow_symlinks=False)


def kind_of(info):
    kinds = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'link'}
    return kinds.get(stat.S_IFMT(info.st_mode), 'other')


def same_stamp(info, side):
    """Whether the file is untouched since it was looked at; no program can set a ctime."""
    return (side.get('inode'), side['size'], side.get('mtime'), side.get('ctime')) == stamp(info)


def stamp(info):
    return str(info.st_ino), info.st_size, str(info.st_mtime_ns), str(info.st_ctime_ns)


def digest(name, directory):
    state = hashlib.sha256()
    fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK | FOLLOW_NOTHING, dir_fd=directory)
    try:
        piece = os.read(fd, CHUNK)
        while piece:
            state.update(piece)
            piece = os.read(fd, CHUNK)
    finally:
        os.close(fd)
    return state.hexdigest()


def rename(from_fd, source, to_fd, target, flags):
    code = [os.fsencode(source), os.fsencode(target)]
    if libc.syscall(SYS_renameat2, from_fd, code[0], to_fd, code[1], flags) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def move(from_fd, source, to_fd, target):
    """Moves to a name that is free. @throws FileExistsError"""
    try:
        rename(from_fd, source, to_fd, target, RENAME_NOREPLACE)
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, errno.ENOSYS):
            raise
        # A file system without that call: two that meet here at one instant are not told apart.
        try:
            os.stat(target, dir_fd=to_fd, follow_symlinks=False)
        except FileNotFoundError:
            os.rename(source, target, src_dir_fd=from_fd, dst_dir_fd=to_fd)
            return
        raise FileExistsError(errno.EEXIST, 'exists', target)


def exchange(slots, slot, to_fd, target):
    """Swaps two names. Where a file system cannot, by way of a third, which `mend` finds after a kill."""
    try:
        rename(slots, slot, to_fd, target, RENAME_EXCHANGE)
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, errno.ENOSYS):
            raise
        os.rename(target, aside(slot), src_dir_fd=to_fd, dst_dir_fd=slots)
        os.rename(slot, target, src_dir_fd=slots, dst_dir_fd=to_fd)
        os.rename(aside(slot), slot, src_dir_fd=slots, dst_dir_fd=slots)


def aside(slot):
    return 't' + slot


def mend(slots, slot, to_fd, target):
    """Ends an exchange that was cut off in its middle."""
    if not exists(aside(slot), slots):
        return
    if exists(target, to_fd):
        os.rename(aside(slot), slot, src_dir_fd=slots, dst_dir_fd=slots)
    else:
        os.rename(aside(slot), target, src_dir_fd=slots, dst_dir_fd=to_fd)


def move_directory(from_fd, source, slots, slot):
    """Moves an empty directory to its slot. An overlay, such as a container's, refuses that for one of a lower layer: then one like it takes its place."""
    try:
        move(from_fd, source, slots, slot)
        return
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
    old = os.open(source, DIRECTORY, dir_fd=from_fd)
    os.mkdir(aside(slot), 0o700, dir_fd=slots)
    fresh = os.open(aside(slot), DIRECTORY, dir_fd=slots)
    try:
        info = os.fstat(old)
        if os.geteuid() == 0:
            os.fchown(fresh, info.st_uid, info.st_gid)
        copy_attributes(old, fresh)
        os.fchmod(fresh, stat.S_IMODE(info.st_mode))
        os.utime(fresh, ns=(info.st_atime_ns, info.st_mtime_ns))
        os.rmdir(source, dir_fd=from_fd)
    except OSError as problem:
        os.rmdir(aside(slot), dir_fd=slots)
        if problem.errno == errno.ENOTEMPTY:
            raise Conflict(source, 'more lies in it now')
        raise
    finally:
        os.close(old)
        os.close(fresh)
    os.rename(aside(slot), slot, src_dir_fd=slots, dst_dir_fd=slots)


def mend_carried(slots, slot, from_fd, source):
    """Ends what `move_directory` was cut off in."""
    if exists(source, from_fd):
        os.rmdir(aside(slot), dir_fd=slots)
    else:
        os.rename(aside(slot), slot, src_dir_fd=slots, dst_dir_fd=slots)


def exists(name, directory):
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
        return True
    except FileNotFoundError:
        return False


def names_in(directory):
    return [name for name in os.listdir(directory) if name != PART]


def copy(source, from_fd, target, to_fd):
    """What lies at a name, with its mode, attributes, times and, for root, its owner, in the place of what is there. What has its name is whole: a copy cut off has another."""
    info = os.stat(source, dir_fd=from_fd, follow_symlinks=False)
    if exists(PART, to_fd):
        os.unlink(PART, dir_fd=to_fd)
    if stat.S_ISREG(info.st_mode):
        copy_file(source, from_fd, to_fd, info)
    else:
        if stat.S_ISLNK(info.st_mode):
            os.symlink(os.readlink(source, dir_fd=from_fd), PART, dir_fd=to_fd)
        else:
            # A pipe that a program removed waits for its undo; to open it would wait for whoever writes to it.
            os.mknod(PART, info.st_mode, info.st_rdev, dir_fd=to_fd)
            os.chmod(PART, stat.S_IMODE(info.st_mode), dir_fd=to_fd)
        if os.geteuid() == 0:
            os.chown(PART, info.st_uid, info.st_gid, dir_fd=to_fd, follow_symlinks=False)
        os.utime(PART, ns=(info.st_atime_ns, info.st_mtime_ns), dir_fd=to_fd, follow_symlinks=False)
    os.rename(PART, target, src_dir_fd=to_fd, dst_dir_fd=to_fd)


def copy_file(source, from_fd, to_fd, info):
    reader = os.open(source, os.O_RDONLY | FOLLOW_NOTHING, dir_fd=from_fd)
    writer = os.open(PART, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FOLLOW_NOTHING, 0o600, dir_fd=to_fd)
    try:
        for start, end in written(reader, info.st_size):
            copy_range(reader, writer, start, end)
        os.ftruncate(writer, info.st_size)
        if os.geteuid() == 0:
            os.fchown(writer, info.st_uid, info.st_gid)
        copy_attributes(reader, writer)
        os.fchmod(writer, stat.S_IMODE(info.st_mode))
        os.utime(writer, ns=(info.st_atime_ns, info.st_mtime_ns))
    finally:
        os.close(reader)
        os.close(writer)


def written(fd, size):
    """Where a file is no hole, so that one far longer than the disk can be copied."""
    at = 0
    while at < size:
        try:
            start = os.lseek(fd, at, os.SEEK_DATA)
            end = os.lseek(fd, start, os.SEEK_HOLE)
        except OSError as problem:
            if problem.errno == errno.ENXIO:
                return
            start, end = at, size
        yield start, min(end, size)
        at = end


def copy_range(reader, writer, at, end):
    while at < end:
        try:
            done = os.copy_file_range(reader, writer, min(end - at, 1 << 30), at, at)
        except OSError as problem:
            if problem.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            done = os.pwrite(writer, os.pread(reader, min(end - at, CHUNK), at), at)
        if done == 0:
            return
        at += done


def copy_attributes(reader, writer):
    """Access lists and other extended attributes, as far as the file system and the user's rights go."""
    try:
        names = os.listxattr(reader)
    except OSError:
        return
    for name in names:
        try:
            os.setxattr(writer, name, os.getxattr(reader, name))
        except OSError as problem:
            if problem.errno not in (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.EINVAL):
                raise
