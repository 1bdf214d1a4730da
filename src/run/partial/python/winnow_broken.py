"""A text that is no program as a whole: the parts of it that keep it from being one are left out, so that the rest can run.

What is left out is the smallest definition around a mistake, or the statement at the top of the file, behind whose replacement by `pass` the mistake is gone. All lines keep their numbers.
"""

import ast
import re

# Parts that are left out at most, and how lines begin that are no beginning of a statement.
BROKEN = 10
INSIDE = ' \t\r\n#)]}'
DEFINITION = re.compile(r'(async\s+def|def|class)\b')
# The mistake stands where a block was begun, and is told of the line behind it.
BEGUN = re.compile(r'expected an indented block after .* on line (\d+)')


def mended(rows, error):
    """-> (the lines without what is no program, what was left out, in words), or None where too much is."""
    rows, out = list(rows), []
    for _ in range(BROKEN):
        line = line_of(rows, error)
        found = best(rows, line)
        if found is None:
            return None
        first, last, rows, following = found
        out.append('line %d: %s; %s left out' % (line, error.args[0], 'it was' if first == last else 'lines %d-%d were' % (first, last)))
        if following is None:
            return rows, out
        error = following
    return None


def line_of(rows, error):
    number = getattr(error, 'lineno', None)
    if number is None:
        # A NUL is told without its place.
        text = ''.join(rows)
        number = text[:max(0, text.find('\0'))].count('\n') + 1
    begun = BEGUN.match(str(error.args[0]))
    return max(1, min(int(begun.group(1)) if begun else number, len(rows)))


def best(rows, line):
    """-> (first line, last line, the lines without them, the next mistake or None): of the smallest part after which this mistake is gone; None where there is no such part."""
    for first, last in parts(rows, line):
        left = rows[:first - 1] + [indent_of(rows[first - 1]) + 'pass\n'] + ['\n'] * (last - first) + rows[last:]
        try:
            ast.parse(''.join(left))
        except (SyntaxError, ValueError) as error:
            if not first <= line_of(left, error) <= last:
                return first, last, left, error
            continue
        return first, last, left, None
    return None


def parts(rows, line):
    """First and last line of each definition around a line, the innermost first, and of the statement at the file's top that it stands in."""
    limit = None
    for index in range(line - 1, -1, -1):
        row = rows[index].lstrip(' \t')
        if not row.strip() or row[0] in INSIDE:
            continue
        indent = len(rows[index]) - len(row)
        if limit is not None and indent >= limit:
            continue
        limit = indent
        if indent == 0 or DEFINITION.match(row):
            yield span(rows, index, line)
        if indent == 0:
            return


def span(rows, head, line):
    indent = len(indent_of(rows[head]))
    first, last = head, head + 1
    while first > 0 and rows[first - 1].startswith('@', indent) and len(indent_of(rows[first - 1])) == indent:
        first -= 1
    while last < len(rows) and (last < line or rows[last].lstrip(' \t')[:1] in INSIDE or not rows[last].strip() or len(indent_of(rows[last])) > indent):
        last += 1
    # What is empty, or a comment, between it and what follows stays.
    while last > max(line, head + 1) and not rows[last - 1].strip():
        last -= 1
    return first + 1, last


def indent_of(row):
    return row[:len(row) - len(row.lstrip(' \t'))]
