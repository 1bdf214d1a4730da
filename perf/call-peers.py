"""Calls of a Python project as Jedi or PyCG see them, as rows of winnow.calls/1, for `call-edges.ts --peer`.

    python perf/call-peers.py jedi ROOT DIR… > jedi.jsonl
    python perf/call-peers.py pycg ROOT DIR… > pycg.jsonl

Needs `pip install jedi pycg`. Jedi is asked for every call below the directories: what is the called name? PyCG is given the files below them and
gives names of callers and callees without places; a name is looked up in the syntax trees.
"""
import ast
import json
import os
import sys


def sources(root, directories):
    for directory in directories:
        for folder, _, names in os.walk(os.path.join(root, directory)):
            for name in sorted(names):
                if name.endswith('.py'):
                    yield os.path.join(folder, name)


def row(root, caller, callee, line, column):
    return json.dumps({
        'caller': {'path': os.path.relpath(caller, root), 'line': 0, 'name': '<module>'},
        'callee': {'path': os.path.relpath(callee[0], root), 'line': callee[1], 'name': callee[2]},
        'callLine': line, 'callColumn': column, 'count': 1, 'how': 'direct',
    })


def jedi_rows(root, files):
    import jedi
    project = jedi.Project(root, added_sys_path=[os.path.join(root, 'src')])
    for path in files:
        with open(path) as file:
            text = file.read()
        script = jedi.Script(text, path=path, project=project)
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func
            if isinstance(name, ast.Attribute):
                line, column = name.end_lineno, name.end_col_offset - len(name.attr.encode())
            elif isinstance(name, ast.Name):
                line, column = name.lineno, name.col_offset
            else:
                continue
            units = len(text.splitlines()[line - 1].encode()[:column].decode(errors='ignore'))
            try:
                found = script.infer(line, units)
            except Exception as problem:  # Jedi's own failures are answers of a kind: nothing found
                sys.stderr.write('%s:%d: %r\n' % (path, line, problem))
                continue
            for one in found:
                place = one.module_path
                if place is None or one.line is None or one.type not in ('function', 'class'):
                    continue
                if not str(place).startswith(root + os.sep):
                    continue
                print(row(root, path, (str(place), one.line, one.name), line, column + 1))


def definitions(root, files):
    """Dotted name, as PyCG writes it → path, line, name."""
    found = {}
    for path in files:
        with open(path) as file:
            tree = ast.parse(file.read())
        module = os.path.relpath(path, root)[:-3].replace(os.sep, '.')
        if module.endswith('.__init__'):
            module = module[:-9]
        found[module] = (path, 0, '<module>')
        queue = [(tree, module)]
        while queue:
            node, name = queue.pop()
            for child in ast.iter_child_nodes(node):
                below = name
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    below = name + '.' + child.name
                    found[below] = (path, child.lineno, child.name)
                queue.append((child, below))
    return found


def pycg_rows(root, files, package_root):
    from pycg import formats, pycg
    from pycg.utils.constants import CALL_GRAPH_OP
    generator = pycg.CallGraphGenerator(list(files), package_root, -1, CALL_GRAPH_OP)
    generator.analyze()
    graph = formats.Simple(generator).generate()
    known = definitions(package_root, files)
    for caller, callees in graph.items():
        for callee in callees:
            if caller not in known or callee not in known:
                continue
            path, line, name = known[caller]
            out = json.loads(row(root, path, known[callee], 0, 0))
            out['caller'] = {'path': os.path.relpath(path, root), 'line': line, 'name': name}
            print(json.dumps(out))


def main():
    tool, root, *directories = sys.argv[1:]
    root = os.path.realpath(root)
    files = list(sources(root, directories))
    if tool == 'jedi':
        jedi_rows(root, files)
    else:
        above = os.path.join(root, os.path.dirname(directories[0].rstrip('/')))
        pycg_rows(root, files, above)


main()
