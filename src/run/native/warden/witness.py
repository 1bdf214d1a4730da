"""Sees from outside a job which connections it asks for, which programs it starts, and which calls are denied to it.

The job's filter answers such calls with SECCOMP_RET_USER_NOTIF (Linux 5.5; seccomp_unotify(2)): the kernel holds the caller and tells this process, which reads the
arguments and lets the call go on, or denies it. The job can neither forge a row nor keep one back. What an argument points at lies in the job's memory, though, and another
thread of it may change that after it was read: that a call was made is certain, its target is what stood there when it was asked for.

Only what `syscalls.ts` lists as `watched` may go on; everything else that comes here is denied, so nothing that the plain filter refuses gets through.
"""
import errno
import fcntl
import os
import struct

NOTIF_RECV, NOTIF_SEND, NOTIF_ID_VALID = 0xC0502100, 0xC0182101, 0x40082102
CONTINUE = 1
#: struct seccomp_notif and seccomp_notif_resp: id, pid, flags, number, architecture, instruction, six arguments; id, value, error, flags.
NOTICE = struct.Struct('=QIIiIQ6Q')
ANSWER = struct.Struct('=QqiI')
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
#: Rows kept apart; what comes after is counted alone.
MOST_ROWS = 1000
#: Of a path or an argument, and arguments of a command that are told.
MOST_TEXT, MOST_WORDS = 300, 12


class Witness:
    """@param calls what the filter tells of: number → name, and the numbers that may go on
    @param is_started whether the job was begun by executing a program, which is then no act of its own"""

    def __init__(self, fd, names, watched, is_started):
        self.fd = fd
        self.names = names
        self.watched = watched
        self.skip = 1 if is_started else 0
        self.rows = {}
        self.omitted = 0

    def take(self):
        """One call: told, and answered."""
        notice = bytearray(NOTICE.size)
        try:
            fcntl.ioctl(self.fd, NOTIF_RECV, notice, True)
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.EINTR):
                return  # whoever called is gone
            raise
        known, pid, _, number, _, _, *arguments = NOTICE.unpack(notice)
        name = self.names.get(number, str(number))
        may = number in self.watched
        self.tell(known, pid, name, arguments, may)
        answer = ANSWER.pack(known, 0, 0, CONTINUE) if may else ANSWER.pack(known, 0, -errno.EPERM, 0)
        try:
            fcntl.ioctl(self.fd, NOTIF_SEND, answer)
        except OSError as problem:
            if problem.errno != errno.ENOENT:
                raise

    def tell(self, known, pid, name, arguments, may):
        if name in ('execve', 'execveat') and self.skip:
            self.skip -= 1
            return
        target = None
        if may:
            try:
                with open('/proc/%d/mem' % pid, 'rb', 0) as memory:
                    target = target_of(name, arguments, memory)
                # The number may have gone to another process meanwhile.
                fcntl.ioctl(self.fd, NOTIF_ID_VALID, struct.pack('=Q', known))
            except (OSError, ValueError, OverflowError, struct.error):
                target = None
        if target is NO_ACT:
            return
        row = (name, target, may)
        if row in self.rows or len(self.rows) < MOST_ROWS:
            self.rows[row] = self.rows.get(row, 0) + 1
        else:
            self.omitted += 1

    def told(self):
        rows = [[name, target, 'allowed' if may else 'denied', count] for (name, target, may), count in self.rows.items()]
        return {'rows': rows, 'omitted': self.omitted}

    def close(self):
        os.close(self.fd)


#: What a target is where nothing was done: a message on a connection that is there already.
NO_ACT = object()


def target_of(name, arguments, memory):
    if name in ('connect', 'bind'):
        return address(memory, arguments[1], arguments[2])
    if name == 'sendto':
        return address(memory, arguments[4], arguments[5])
    if name in ('sendmsg', 'sendmmsg'):
        # struct msghdr, and the first of struct mmsghdr: the address and its length come first.
        place, size = struct.unpack('=QI', read(memory, arguments[1], 12))
        return NO_ACT if place == 0 else address(memory, place, size)
    if name == 'execve':
        return command(memory, arguments[0], arguments[1])
    if name == 'execveat':
        return command(memory, arguments[1], arguments[2])
    if name == 'kill':
        if arguments[1] & 0xFFFFFFFF == 0:
            return NO_ACT  # whether it is there
        return str(struct.unpack('=i', struct.pack('=I', arguments[0] & 0xFFFFFFFF))[0])
    return None


def address(memory, place, size):
    raw = read(memory, place, min(size, 128))
    family, = struct.unpack('=H', raw[:2])
    if family == AF_UNIX:
        path = raw[2:]
        shown = '@' + path[1:].decode('utf-8', 'replace') if path[:1] == b'\0' else path.split(b'\0')[0].decode('utf-8', 'replace')
        return 'unix:' + shown
    if family == AF_INET:
        port, = struct.unpack('!H', raw[2:4])
        return '%s:%d' % ('.'.join(map(str, raw[4:8])), port)
    if family == AF_INET6:
        port, = struct.unpack('!H', raw[2:4])
        import _socket
        return '[%s]:%d' % (_socket.inet_ntop(_socket.AF_INET6, raw[8:24]), port)
    return NO_ACT  # AF_UNSPEC ends a connection


def command(memory, path, words):
    found = [text(memory, path)]
    for index in range(1, MOST_WORDS):
        place, = struct.unpack('=Q', read(memory, words + 8 * index, 8))
        if place == 0:
            break
        found.append(text(memory, place))
    return ' '.join(found)[:2 * MOST_TEXT]


def text(memory, place):
    """Up to a NUL; what lies behind the end of a mapping is not asked for."""
    found = b''
    while len(found) < MOST_TEXT and b'\0' not in found:
        piece = read(memory, place + len(found), min(64, 4096 - (place + len(found)) % 4096))
        if not piece:
            break
        found += piece
    return found.split(b'\0')[0].decode('utf-8', 'replace')


def read(memory, place, size):
    memory.seek(place)
    return memory.read(size)
