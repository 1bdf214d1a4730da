"""Statements of a text, which may hold output and prose between them, and what they are."""
import ast
import re
import textwrap

from winnow_watch import PACKAGES

#: Lines that are tried together as one statement.
MOST_LINES = 60


def parsed(text):
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def old_print(text):
    return re.sub(r'^(\s*)print\s+(?![(=])(.+)$', r'\1print(\2)', text, flags=re.M)


def statements(text):
    """Statements of a text that may hold output and prose between them."""
    text = textwrap.dedent(text.replace('\t', '    '))
    for form in (text, old_print(text)):
        body = parsed(form)
        if body is not None:
            return [(form, node) for node in body]
    found, lines, at = [], old_print(text).split('\n'), 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        best = None
        for end in range(at + 1, min(len(lines), at + MOST_LINES) + 1):
            chunk = textwrap.dedent('\n'.join(lines[at:end]))
            body = parsed(chunk)
            if body is None:
                continue
            best = end, chunk, body
            after = lines[end] if end < len(lines) else ''
            if not re.match(r'\s+\S|(?:else|elif|except|finally)\b', after) and after.strip():
                break
            if not after.strip() and not any(re.match(r'\s+\S', line) for line in lines[end:end + 2]):
                break
        if best is None:
            at += 1
            continue
        at = best[0]
        found.extend((best[1], node) for node in best[2])
    return found


def source_of(text, node):
    lines = text.split('\n')
    return '\n'.join(lines[node.lineno - 1:getattr(node, 'end_lineno', None) or node.lineno])


def is_test(node):
    return re.match(r'test|Test', getattr(node, 'name', '')) is not None


def is_of_package(nodes):
    for node in nodes:
        for one in ast.walk(node):
            names = [alias.name for alias in one.names] if isinstance(one, ast.Import) else []
            if isinstance(one, ast.ImportFrom):
                names = [one.module or '']
            if any(name.split('.')[0] in PACKAGES for name in names):
                return True
    return False
