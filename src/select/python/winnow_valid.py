"""Which texts are statements of Python: each as the body of a `try`, so that what could not stand in a function is none."""

import json
import os
import warnings

here = os.path.dirname(os.path.abspath(__file__))
warnings.simplefilter('ignore')


def is_valid(text):
    try:
        compile('try:\n    ' + text.replace('\n', '\n    ') + '\nexcept:\n    pass\n', '<text>', 'exec')
        return True
    except Exception:
        return False


with open(os.path.join(here, 'texts.json'), 'rb') as file:
    texts = json.load(file)
with open(os.path.join(here, 'valid.json'), 'w') as out:
    json.dump([is_valid(text) for text in texts], out)
