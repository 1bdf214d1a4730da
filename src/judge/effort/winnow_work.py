"""Calls a program on inputs, once where instructions are counted from outside, several times where processor time is read here.

One input a job with instructions: all that the program does counts, from its first line to its answer as text. With time, only calls, as ENAMEL has it.
"""

import json
import marshal
import os
import signal
import sys
import time

import winnow_value

winnow_value.LONG, winnow_value.BITS = 16 << 20, 1 << 20
getattr(sys, 'set_int_max_str_digits', lambda most: None)(0)


class Late(BaseException):
    pass


def late(*_):
    raise Late


def loaded(source, entry):
    space = {'__name__': 'candidate'}
    # Only the program that does nothing but answer is told.
    if os.path.exists('answer'):
        with open('answer', 'rb') as file:
            space['ANSWER'] = marshal.load(file)
    exec(compile(source, '<candidate>', 'exec'), space)
    return space[entry]


def main():
    write, text_of, clock, loads, dumps = sys.stdout.write, winnow_value.text_of, time.process_time, marshal.loads, json.dumps
    alarm, profiled = signal.setitimer if hasattr(signal, 'setitimer') else None, getattr(signal, 'ITIMER_PROF', None)
    with open('order.json') as file:
        order = json.load(file)
    inputs = []
    for name, limit in order['inputs']:
        with open(name, 'rb') as file:
            inputs.append((file.read(), limit))
    with open('candidate.py') as file:
        source = file.read()
    if order['times'] == 0:
        function = loaded(source, order['entry'])
        write(text_of(function(*loads(inputs[0][0]))) + '\n')
        return
    signal.signal(signal.SIGPROF, late)
    function = loaded(source, order['entry'])
    for data, limit in inputs:
        taken, text = [], None
        try:
            for _ in range(order['times']):
                args = loads(data)
                alarm(profiled, limit)
                begin = clock()
                answer = function(*args)
                end = clock()
                alarm(profiled, 0)
                # A call that the clock does not see took something.
                taken.append(max(end - begin, 1e-7))
                if text is None:
                    text = text_of(answer)
        except Late:
            taken = None
        finally:
            alarm(profiled, 0)
        write(dumps([taken, text]) + '\n')
        sys.stdout.flush()
        if taken is None:
            break


main()
