"""What a file tries and can do without: the `try` statements of a tree, what they catch and what they import."""

import ast

IMPORT_ERRORS = frozenset(('ImportError', 'ModuleNotFoundError'))


def attempts(tree):
    """Each `try`: the statement, names of what it catches, and the nodes of its body."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            caught = {part.id for handler in node.handlers for part in ast.walk(handler.type or ast.Name('', ast.Load())) if isinstance(part, ast.Name)}
            yield node, caught, [part for statement in node.body for part in ast.walk(statement)]


def imported_names(nodes):
    for part in nodes:
        if isinstance(part, ast.Import):
            yield from (alias.name for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and part.module:
            yield part.module
