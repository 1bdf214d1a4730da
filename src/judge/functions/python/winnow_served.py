"""Serves candidates: each in a fork of this process, which has seen neither a candidate nor a test."""

import json
import os
import resource
import signal
import socket
import struct
import sys

import winnow_value
from winnow_value import text_of, value_of

#: As in the process that asks.
winnow_value.LONG, winnow_value.BITS, winnow_value.SORTED = 16 << 20, 1 << 20, False
getattr(sys, 'set_int_max_str_digits', lambda most: None)(0)


def main():
    server = socket.socket(fileno=int(sys.argv[2]))
    child = None
    while True:
        head, channels, _, _ = socket.recv_fds(server, 4, 1)
        if len(head) < 4:
            break
        order = json.loads(exactly(server, struct.unpack('>I', head)[0]))
        if child is not None:
            stop(child)
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                server.close()
                serve(order, socket.socket(fileno=channels[0]))
            except BaseException:
                pass
            os._exit(0)
        os.close(channels[0])
    if child is not None:
        stop(child)


def stop(child):
    for group in (os.killpg, os.kill):
        try:
            group(child, signal.SIGKILL)
        except OSError:
            pass
    os.waitpid(child, 0)


class OutOfTime(BaseException):
    pass


def late(*_):
    raise OutOfTime


def serve(order, channel):
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    limit = order['memoryBytes']
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGPROF, late)
    # Of the whole test, not of one call.
    signal.setitimer(signal.ITIMER_PROF, order['cpuMs'] / 1000)
    space = {'__name__': 'candidate', '__builtins__': __builtins__}
    dumps, loads, leave, pack, unpack, read = json.dumps, json.loads, os._exit, struct.pack, struct.unpack, exactly
    send, write, value, failure = channel.sendall, text_of, value_of, None
    try:
        exec(compile(order['source'], '<candidate>', 'exec'), space)
        function = space.get(order['entryPoint'])
        if function is None:
            failure = ['ended', 'it has no ' + order['entryPoint']]
    except OutOfTime:
        failure = ['time', '']
    except BaseException as error:
        failure = ['ended', 'it does not load: ' + type(error).__name__]
    while True:
        args, keywords = loads(read(channel, unpack('>I', read(channel, 4))[0]))
        if failure is not None:
            answer = failure
        else:
            try:
                answer = ['returned', write(function(*[value(text) for text in args], **{name: value(text) for name, text in keywords.items()}))]
            except OutOfTime:
                answer = failure = ['time', '']
            except Exception as error:
                answer = ['raised', type(error).__name__]
            except BaseException as error:
                answer = failure = ['ended', 'it left by ' + type(error).__name__]
        message = dumps(answer).encode('utf-8', 'backslashreplace')
        send(pack('>I', len(message)) + message)


def exactly(channel, count):
    parts = []
    while count > 0:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b''.join(parts)


main()
