"""One cell of a candidate, alone in an engine that counts instructions: the candidate is loaded, its calls are made, and what they gave is written as text, so that it can be held against what they gave before."""

import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from winnow_typed import text_of


def read(name):
    path = os.path.join(here, name)
    with open(path) as file:
        text = file.read()
    os.remove(path)
    return text


def main():
    source, cell, tell = read('candidate.py'), json.loads(read('cell.json')), text_of
    path, opened = os.path.join(here, 'told'), open
    space = {'__name__': 'candidate'}
    exec(compile(source, '<candidate>', 'exec'), space)
    if cell['before'] is not None:
        exec(compile(cell['before'], '<probe>', 'exec'), space)
    told = [tell(eval(compile(call, '<probe>', 'eval'), space)) for call in cell['calls']]
    with opened(path, 'w', encoding='utf-8', errors='backslashreplace') as out:
        out.write(', '.join(told))


main()
