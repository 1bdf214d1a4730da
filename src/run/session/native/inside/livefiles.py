"""The files of a session, looked at and written by the cell's first process while everything else in the cell stands still.

Nothing is followed: a link is told, and a path that leads through one is refused. A file counts as unchanged when it is the same file with the
same change time, which a program cannot set; else by its bytes, of which a digest was kept. What patterns mean the host knows.
"""
import json
import os
import stat
import struct

from _blake2 import blake2b

import cell

#: As for jobs (`collecting.py`): far above what any real program leaves.
WALK_ENTRIES, WALK_DEPTH = 20_000, 60
NAMES_BYTES = 4 << 20
CHUNK = 1 << 20


class Refused(Exception):
    """What was asked for cannot be done; whose fault that is the text says."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Files:
    def __init__(self, hello, root):
        self.root = root
        self.known = {}
        # Directories of the machine that are shown below the work directory, and the way to them, are nobody's work.
        self.ours = set()
        for _, path in hello['covered']:
            parts = path.split('/')
            self.ours.update('/'.join(parts[2:end]) for end in range(3, len(parts) + 1) if parts[1] == 'work')
        self.device = os.stat('.').st_dev

    def restore(self):
        """The work directory as a program needs it; it owns it and may have shut itself out."""
        os.chdir(self.root)
        if self.root != cell.WORK:
            return
        if stat.S_IMODE(os.stat('.').st_mode) & 0o700 != 0o700:
            os.chmod('.', 0o755)

    def answer(self, socket, command):
        ask = json.loads(command['ask'].decode())
        try:
            self.restore()
            header, pieces = getattr(self, 'do_' + ask['op'])(ask, socket, command['body'])
        except Refused as problem:
            header, pieces = {'refused': problem.code, 'text': str(problem)}, []
        except OSError as problem:
            header, pieces = {'refused': 'failed', 'text': os.strerror(problem.errno or 0), 'errno': problem.errno}, []
        except Exception as problem:
            header, pieces = {'refused': 'bug', 'text': '%s: %s' % (type(problem).__name__, problem)}, []
        text = json.dumps(header).encode('utf-8', 'replace')
        sizes = sum(len(piece) if type(piece) is bytes else piece[1] for piece in pieces)
        socket.sendall(struct.pack('<QI', 4 + len(text) + sizes, len(text)) + text)
        for piece in pieces:
            if type(piece) is bytes:
                # An empty send fails where the keeper has all it waits for and is gone.
                if piece:
                    socket.sendall(piece)
            else:
                send_file(socket, *piece)

    def do_scan(self, ask, socket, body):
        """Everything below the work directory: path, kind, size, mode, what became of it, where a link leads."""
        entries, room, seen = [], NAMES_BYTES, 0
        found = set()
        cut = None
        todo = [('', 0)]
        while todo and cut is None:
            directory, depth = todo.pop()
            try:
                names = sorted(os.listdir(directory or '.'))
            except OSError as problem:
                entries.append([directory or '.', 'unreadable', 0, 0, os.strerror(problem.errno), None])
                continue
            for name in names:
                seen += 1
                path = directory + '/' + name if directory else name
                room -= len(os.fsencode(path)) + 40
                if seen > WALK_ENTRIES or room < 0:
                    cut = 'more than %d entries in all' % WALK_ENTRIES if room >= 0 else 'names of more than %d bytes' % NAMES_BYTES
                    break
                try:
                    path.encode()
                except UnicodeEncodeError:
                    shown = os.fsencode(path).decode('utf-8', 'replace')
                    entries.append([shown, 'unreadable', 0, 0, 'its name is not UTF-8', None])
                    continue
                info = os.lstat(path)
                kind = stat.S_IFMT(info.st_mode)
                mode = stat.S_IMODE(info.st_mode)
                if kind == stat.S_IFDIR:
                    if info.st_dev != self.device:
                        continue
                    if path not in self.ours:
                        entries.append([path, 'directory', 0, mode, None, None])
                    if depth + 1 >= WALK_DEPTH or len(path) > 3000:
                        entries.append([path, 'unreadable', 0, 0, 'nested deeper than %d directories' % WALK_DEPTH, None])
                    else:
                        todo.append((path, depth + 1))
                elif kind == stat.S_IFLNK:
                    target = os.fsencode(os.readlink(path)).decode('utf-8', 'replace')
                    room -= len(target)
                    entries.append([path, 'symlink', 0, mode, None, target])
                elif kind == stat.S_IFREG:
                    found.add(path)
                    entries.append([path, 'file', info.st_size, mode, self.change(path, info) if ask['compare'] else None, None])
                else:
                    entries.append([path, 'other', 0, mode, None, None])
        removed = [] if cut is not None else [path for path in self.known if path not in found]
        return {'entries': entries, 'removed': removed, 'cut': cut}, []

    def change(self, path, info):
        known = self.known.get(path)
        if known is None:
            return 'added'
        if known['stamp'] == stamp(info):
            return 'same'
        if known['size'] == info.st_size and known['mode'] == stat.S_IMODE(info.st_mode) and known['digest'] == digest_of(path):
            return 'same'
        return 'modified'

    def do_read(self, ask, socket, body):
        sizes = []
        for path in ask['paths']:
            info = self.plain(path)
            sizes.append([info.st_size, stat.S_IMODE(info.st_mode)])
        return {'sizes': sizes}, [(path, size) for path, (size, _) in zip(ask['paths'], sizes)]

    def do_part(self, ask, socket, body):
        self.plain(ask['path'])
        file = open_plain(ask['path'])
        try:
            data = os.pread(file, ask['length'], ask['offset'])
        finally:
            os.close(file)
        return {}, [data]

    def do_put(self, ask, socket, body):
        """Files one after the other, their bytes in the body."""
        try:
            for path, mode, size in ask['files']:
                file = self.open_new(path, True)
                digest = blake2b()
                try:
                    while size:
                        piece = socket.recv(min(size, CHUNK))
                        if not piece:
                            raise Refused('failed', 'the host sent less than it said')
                        size -= len(piece)
                        body -= len(piece)
                        digest.update(piece)
                        write_all(file, piece)
                    os.fchmod(file, mode)
                    info = os.fstat(file)
                finally:
                    os.close(file)
                self.known[path] = {'stamp': stamp(os.lstat(path)), 'size': info.st_size, 'mode': mode, 'digest': digest.digest()}
        finally:
            # The rest is read whatever happened, since the keeper sends all of it before it listens.
            while body:
                piece = socket.recv(min(body, CHUNK))
                if not piece:
                    break
                body -= len(piece)
        return {}, []

    def do_write(self, ask, socket, body):
        data = bytearray()
        while len(data) < body:
            piece = socket.recv(min(body - len(data), CHUNK))
            if not piece:
                raise Refused('failed', 'the host sent less than it said')
            data += piece
        path = ask['path']
        if ask['offset'] == 0:
            file = self.open_new(path, True)
        else:
            self.plain(path)
            file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.lseek(file, ask['offset'], os.SEEK_SET)
            write_all(file, data)
            if ask['offset'] == 0:
                os.fchmod(file, ask['mode'])
        finally:
            os.close(file)
        return {}, []

    def plain(self, path):
        """What lies there, if it is a plain file that no link is on the way to."""
        parts = path.split('/')
        try:
            for end in range(1, len(parts)):
                info = os.lstat('/'.join(parts[:end]))
                if not stat.S_ISDIR(info.st_mode):
                    raise Refused('not-found', '%s is no directory' % '/'.join(parts[:end]))
            info = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            raise Refused('not-found', 'there is no file %s' % path)
        if not stat.S_ISREG(info.st_mode):
            raise Refused('not-found', '%s is no plain file' % path)
        return info

    def open_new(self, path, truncate):
        parts = path.split('/')
        for end in range(1, len(parts)):
            directory = '/'.join(parts[:end])
            try:
                os.mkdir(directory, 0o755)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(directory).st_mode):
                    raise Refused('in-the-way', '%s is no directory' % directory)
        try:
            info = os.lstat(path)
            if stat.S_ISDIR(info.st_mode):
                raise Refused('in-the-way', '%s is a directory' % path)
            if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1:
                os.unlink(path)
        except FileNotFoundError:
            pass
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def stamp(info):
    return (info.st_ino, info.st_ctime_ns, info.st_size)


def digest_of(path):
    digest = blake2b()
    file = open_plain(path)
    try:
        while True:
            piece = os.read(file, CHUNK)
            if not piece:
                return digest.digest()
            digest.update(piece)
    finally:
        os.close(file)


def open_plain(path):
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def write_all(file, data):
    view = memoryview(data)
    while view:
        view = view[os.write(file, view):]


def send_file(socket, path, size):
    file = open_plain(path)
    try:
        while size:
            piece = os.read(file, min(size, CHUNK))
            if not piece:
                # Shorter than it was: a process outside this cell's signals cannot be, so the disk gave less.
                piece = bytes(min(size, CHUNK))
            socket.sendall(piece)
            size -= len(piece)
    finally:
        os.close(file)
