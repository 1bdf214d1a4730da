"""What the texts of two versions of a function tell without running: whether they are the same to who calls them, the lines that differ, parameters and handlers."""

import ast
import difflib
import re

from winnow_broken import mended


def function_of(side):
    """-> (tree, None), or (None, why there is none)."""
    from winnow_side import definition
    try:
        tree = definition(ast.parse(side['text']), side['function'])
    except (SyntaxError, ValueError) as error:
        return None, unparsed(side, error)
    except RecursionError:
        return None, '%s is nested too deeply' % side['path']
    if tree is not None:
        return tree, None
    return None, 'there is no function %s in %s%s' % (side['function'], side['path'], ' but for what does not parse' if side.get('gaps') else '')


def unparsed(side, error):
    line = getattr(error, 'lineno', None)
    return '%s does not parse%s: %s' % (side['path'], '' if line is None else ', line %d' % line, getattr(error, 'msg', None) or error)


def parsable(side):
    """The text without what keeps it from being a program, which is told among the side's gaps; lines keep their numbers."""
    side['gaps'] = []
    try:
        ast.parse(side['text'])
    except (SyntaxError, ValueError) as error:
        left = mended(side['text'].splitlines(True), error)
        if left is not None:
            side['text'] = ''.join(left[0])
            side['gaps'] = ['%s does not parse: %s' % (side['path'], text) for text in left[1]]
    except RecursionError:
        pass


class Bare(ast.NodeTransformer):
    """Without what is told to people and type checkers alone."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_arg(self, node):
        node.annotation = None
        return node


def told(tree):
    return ast.dump(Bare().visit(ast.parse(ast.unparse(tree)).body[0]))


def changed(one, other, trees):
    """Lines of statements that stand in one of the two alone, for each."""
    rows = [side['text'].splitlines()[tree.lineno - 1:tree.end_lineno] for side, tree in zip((one, other), trees)]
    made = [set(), set()]
    plain = [[re.sub(r'\s+', ' ', row).strip() for row in part] for part in rows]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, plain[0], plain[1], autojunk=False).get_opcodes():
        if kind != 'equal':
            made[0].update(range(trees[0].lineno + a, trees[0].lineno + b))
            made[1].update(range(trees[1].lineno + c, trees[1].lineno + d))
    result = []
    for tree, lines in zip(trees, made):
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and node is not tree:
                last = node.body[0].lineno - 1 if getattr(node, 'body', None) else node.end_lineno
                span = range(node.lineno, max(last, node.lineno) + 1)
                if lines & set(span) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                    found.update(span)
        result.append(sorted(found))
    return result + [sorted(lines) for lines in made]


def handled(trees):
    """Exceptions that one of the two looks out for more often than the other: its writer knows that they come."""
    counts = []
    for tree in trees:
        found = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                for part in ast.walk(node.type) if node.type is not None else ():
                    if isinstance(part, ast.Name):
                        found[part.id] = found.get(part.id, 0) + 1
        counts.append(found)
    return sorted(name for name in set(counts[0]) | set(counts[1]) if counts[0].get(name, 0) != counts[1].get(name, 0))


def positional(tree):
    return [one.arg for one in tree.args.posonlyargs + tree.args.args]


def renamed(trees):
    """Names of parameters as the first version has them, by position."""
    return {}, {mine: its for its, mine in zip(positional(trees[0]), positional(trees[1])) if its != mine and its not in positional(trees[1]) and mine not in positional(trees[0])}


def extra(trees, names):
    """Parameters that can be passed by name to one of the two alone."""
    named = [{one.arg for one in tree.args.args + tree.args.kwonlyargs} for tree in trees]
    return sorted(named[0] ^ named[1])


def needed(trees):
    """Parameters of both that only one of them can do without."""
    free = []
    for tree in trees:
        args = positional(tree)
        free.append(set(args[len(args) - len(tree.args.defaults):] if tree.args.defaults else ()) | {one.arg for one, default in zip(tree.args.kwonlyargs, tree.args.kw_defaults) if default is not None})
    named = [set(positional(tree)) | {one.arg for one in tree.args.kwonlyargs} for tree in trees]
    return sorted((free[0] ^ free[1]) & named[0] & named[1])
