"""Compiles the runtime's files into one, `code.bin`: names and code, for `start.py` of the same interpreter."""

import marshal
import os

here = os.path.dirname(os.path.abspath(__file__))
codes = {}
for name in sorted(os.listdir(here)):
    if name.startswith('winnow_') and name.endswith('.py'):
        with open(os.path.join(here, name), 'rb') as file:
            codes[name[:-3]] = compile(file.read(), os.path.join(here, name), 'exec', dont_inherit=True)
with open(os.path.join(here, 'code.bin'), 'wb') as file:
    file.write(marshal.dumps(codes))
