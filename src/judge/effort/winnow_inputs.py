"""Inputs of a problem's levels and the reference's answers to them, each as a file. Runs what comes with the data; no candidate is here."""

import copy
import marshal
import os

here = os.path.dirname(os.path.abspath(__file__))
space = {'__name__': 'inputs'}
with open(os.path.join(here, 'inputs.py')) as file:
    exec(compile(file.read(), '<inputs>', 'exec'), space)
for level, cases in enumerate(space['levels']()):
    for case, args in enumerate(cases):
        answer = space['reference'](*copy.deepcopy(args))
        for name, value in (('in', tuple(args)), ('out', answer)):
            # Version 2 has no references: what is equal is written with equal bytes.
            with open(os.path.join(here, '%d-%d.%s' % (level, case, name)), 'wb') as out:
                out.write(marshal.dumps(value, 2))
