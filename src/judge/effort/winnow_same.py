"""Whether answers are right, by the data's own checker. They come as literals, and no candidate is here."""

import json
import marshal
import os
import sys

import winnow_value

getattr(sys, 'set_int_max_str_digits', lambda most: None)(0)

here = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with open(os.path.join(here, name), 'rb') as file:
        return file.read()


space = {'__name__': 'same'}
exec(compile(read('checker.py').decode(), '<checker>', 'exec'), space)
verdicts = []
for name, text in json.loads(read('answers.json')):
    try:
        verdicts.append(bool(space['same'](marshal.loads(read(name + '.in')), marshal.loads(read(name + '.out')), winnow_value.value_of(text))))
    except Exception:
        verdicts.append(False)
print(json.dumps(verdicts))
