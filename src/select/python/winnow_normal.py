"""Which programs are the same program: a digest of each one's tree, without places, comments and docstrings. What does not parse is told by its text."""

import ast
import hashlib
import json
import os
import warnings

here = os.path.dirname(os.path.abspath(__file__))
warnings.simplefilter('ignore')


def normal(text):
    try:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            body = getattr(node, 'body', None)
            if isinstance(body, list) and isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
                    # A body of nothing but its docstring does nothing.
                    body[0] = ast.Pass()
                    if len(body) > 1:
                        del body[0]
        return ast.dump(tree)
    except Exception:
        return '!' + text


with open(os.path.join(here, 'texts.json'), 'rb') as file:
    texts = json.load(file)
with open(os.path.join(here, 'normal.json'), 'w') as out:
    json.dump([hashlib.sha256(normal(text).encode('utf-8', 'backslashreplace')).hexdigest()[:32] for text in texts], out)
