"""A file that is looked into: its text, its tree, and what hooks need to know of its places."""

import ast

from winnow_broken import INSIDE, mended
from winnow_contradiction import key_of
from winnow_rewrite import Rewriter
from winnow_tries import IMPORT_ERRORS, attempts, imported_names
from winnow_uses import Uses

# Levels of a tree that are followed; Python 3.11 itself reads some 3,000.
DEEPEST = 1_000


class Source:
    def __init__(self, path, name, text, passes=False):
        self.path, self.name, self.passes = path, name, passes
        self.rows = text.splitlines(True)
        self.lines, self.base = [], 0
        self.statement_of = {}
        self.injected, self.decided, self.forced = {}, {}, {}
        self.tested = set()
        self.gap = None
        self.tree = self.parse(text)
        self.uses = self.spans = self.statements = self.clean = self.origins = None
        self.original, self.reads = {}, {}
        self.counted = []

    def parse(self, text):
        """The tree of the file, or of the statements before the place where it stops to be a program; also of those behind it where one function is asked for."""
        try:
            return self.shallow(ast.parse(text))
        except RecursionError:
            return self.before()
        except (SyntaxError, ValueError) as error:
            line = getattr(error, 'lineno', None) or text[:max(0, text.find('\0'))].count('\n') + 1
            if isinstance(error, IndentationError) and text[:1] in (' ', '\t'):
                try:
                    # A part of something: it stands in a block, so that all places are what they were.
                    tree = ast.parse('if 1:\n' + text)
                    if len(tree.body) == 1:
                        tree.body = tree.body[0].body
                        return self.shallow(ast.increment_lineno(tree, -1))
                except (SyntaxError, ValueError, RecursionError):
                    pass
            left = mended(self.rows, error) if self.passes else None
            if left is not None:
                self.gap = '; '.join(left[1])
                return self.shallow(ast.parse(''.join(left[0])))
            for end in range(min(line, len(self.rows)), 1, -1):
                if self.rows[end - 1][:1] in INSIDE:
                    continue
                try:
                    tree = ast.parse(''.join(self.rows[:end - 1]))
                except (SyntaxError, ValueError):
                    continue
                self.gap = 'line %d: %s; what stands before line %d was run' % (line, error.args[0], end)
                return tree
            self.gap = 'line %d: %s' % (line, error.args[0])
            return ast.parse('')

    def shallow(self, tree):
        """The tree before the first statement that is nested deeper than can be followed."""
        for index, statement in enumerate(tree.body):
            level, depth = [statement], 0
            while level and depth <= DEEPEST:
                level = [child for node in level for child in ast.iter_child_nodes(node)]
                depth += 1
            if level:
                self.gap = 'line %d: nested too deeply to be looked into; what stands before it was run' % statement.lineno
                tree.body = tree.body[:index]
                break
        return tree

    def before(self):
        """The tree of what stands before the statement that is nested too deeply to be read at all."""
        starts = [index for index, row in enumerate(self.rows) if row[:1] not in INSIDE]
        low, high, found = 0, len(starts) - 1, ast.parse('')
        while low <= high:
            middle = (low + high + 1) // 2
            try:
                found = ast.parse(''.join(self.rows[:starts[middle]]))
                low = middle + 1
            except (SyntaxError, ValueError):
                # Inside of a text of several lines.
                del starts[middle]
                high -= 1
            except RecursionError:
                high = middle - 1
        line = starts[max(0, min(low - 1, len(starts) - 1))] + 1 if starts else 1
        self.gap = 'line %d: nested too deeply to be read; what stands before it was run' % line
        return self.shallow(found)

    def look(self, ways):
        """Uses, scopes and conditions; before anything is rewritten."""
        self.uses = Uses(self.tree, ways)
        self.original = {key_of(node): node for node in self.uses.of}
        scopes = self.uses.scopes
        for node in scopes.loads:
            if scopes.where(node.id, node) is scopes.module:
                self.reads.setdefault(node.id, []).append(node)

    def rewrite(self, round, flags):
        self.base = len(round.ran)
        rewriter = Rewriter(self, round)
        self.probes = rewriter.probes
        if round.level > 1:
            self.find_tested()
        tree = rewriter.module(self.tree)
        # Also where the file does not compile: its statements are there all the same.
        self.lines = rewriter.lines
        self.counted = list(range(len(self.lines)))
        round.ran.extend(bytes(len(self.lines)))
        return compile(tree, self.name, 'exec', flags=flags, dont_inherit=True)

    def find_tested(self):
        """Names that the file itself looks for: it knows what to do without them."""
        for node, caught, inside in attempts(self.tree):
            if 'NameError' in caught:
                self.tested |= {part.id for part in inside if isinstance(part, ast.Name)}
            if caught & IMPORT_ERRORS and not self.gives_up(node):
                self.tested |= {'import ' + name for name in imported_names(inside)}

    def gives_up(self, node):
        """Whether the file does nothing more where what it tries to import is missing."""
        end = self.uses.conditions.paths.end
        return all(end(handler.body) == 'out' for handler in node.handlers)

    def only(self, name):
        """Counts the statements of one function or class alone. -> whether there is such a one."""
        found = self.function(name)
        inside = {id(node) for statement in found.body for node in ast.walk(statement)} if found is not None else set()
        self.counted = [index for index, node in self.probes.items() if id(node) in inside]
        return found is not None

    def function(self, name):
        for node, scope in self.uses.scopes.of.items():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and self.qualified(node) == name:
                return node
        classes = (scope.node for scope in self.uses.scopes.of.values() if scope is not None and scope.kind == 'class')
        return next((node for node in classes if self.qualified(node) == name), None)

    def qualified(self, node):
        parts, scope = [node.name], self.uses.scopes.of.get(node)
        while scope is not None and scope.node is not None:
            if hasattr(scope.node, 'name'):
                parts.append(scope.node.name)
            scope = scope.parent
        return '.'.join(reversed(parts))

    def place(self, node):
        """-> (line, column), from 1, columns in characters."""
        line = getattr(node, 'lineno', None)
        if line is None:
            return 1, 1
        row = self.rows[line - 1] if line <= len(self.rows) else ''
        return line, len(row.encode('utf-8', 'surrogatepass')[:node.col_offset].decode('utf-8', 'replace')) + 1

    def text(self, node):
        """As the source says it, on one line."""
        end = getattr(node, 'end_lineno', None)
        if end is None:
            return type(node).__name__
        if end == node.lineno:
            row = self.rows[node.lineno - 1].encode('utf-8', 'surrogatepass')
            return row[node.col_offset:node.end_col_offset].decode('utf-8', 'replace')
        rows = [row.encode('utf-8', 'surrogatepass') for row in self.rows[node.lineno - 1:end]]
        rows[-1] = rows[-1][:node.end_col_offset]
        rows[0] = rows[0][node.col_offset:]
        return ' '.join(b''.join(rows).decode('utf-8', 'replace').split())[:200]

    def read(self, name, line):
        """The place where a name of the file is read that nobody bound yet: on this line, or its first."""
        nodes = self.reads.get(name, ())
        return next((node for node in nodes if node.lineno == line), nodes[0] if nodes else None)
