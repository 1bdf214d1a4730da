"""Messages between the processes of a worker, over socket pairs: u32 length, payload, and descriptors beside its first bytes.

Payloads are `marshal`, which costs nothing to import and is only unsafe to read from strangers; no job has such a socket.
"""
import struct

import _socket


def send(control, payload, fds=()):
    ancillary = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack('%di' % len(fds), *fds))] if fds else []
    data = memoryview(struct.pack('<I', len(payload)) + payload)
    sendall(control, data[control.sendmsg([data], ancillary):])


def sendall(control, data):
    while data:
        data = data[control.send(data):]


def receive(control, most_fds=0):
    """One message of `send`: its payload and descriptors; (None, []) at the end."""
    first, ancillary, _, _ = control.recvmsg(4, _socket.CMSG_SPACE(4 * most_fds) if most_fds else 0, _socket.MSG_CMSG_CLOEXEC)
    fds = []
    for level, kind, data in ancillary:
        if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
            fds.extend(struct.unpack('%di' % (len(data) // 4), data))
    if not first:
        return None, fds
    size = struct.unpack('<I', first + read_exactly(control, 4 - len(first)))[0]
    return read_exactly(control, size), fds


def read_exactly(control, size):
    data = bytearray()
    while len(data) < size:
        piece = control.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError('the other side has gone')
        data += piece
    return bytes(data)
