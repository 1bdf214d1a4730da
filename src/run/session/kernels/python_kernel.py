"""The kernel of a Python session: runs one cell after the other in the names of `__main__` and tells what came of it.

It knows no channel and no backend. Who loads it calls `Kernel(emit)` once and `run(code, count)` for each cell; what is
shown goes to `emit(shown, png)` at the moment it is shown (a dictionary that is plain JSON, and bytes or None), and `run` returns how
the cell ended (plain JSON as well). Both sides read these as they would a stranger's words, since a cell can reach everything in this process.

Cells may replace built-ins, streams and modules. So nothing here is looked up later that a cell could have taken
away: the built-ins are a copy, and functions of modules are held by names of this file.

Absent: printing. Errors, values and tables are data, and standard output is the cell's alone. No package is imported for its own sake:
frames and figures are known by the module that their class comes from.
"""

import ast
import asyncio
import builtins
import inspect
import linecache
import math
import sys
import threading
import types

__builtins__ = dict(vars(builtins))

# A page of a terminal shows some thousand characters; a notebook stores what it shows in itself.
TEXT_MOST = 64 * 1024
# Rows and columns that a table carries; the rest is counted.
ROWS_MOST = 1000
COLUMNS_MOST = 200
# Levels of an index that stand as columns of their own.
LEVELS_MOST = 10
# Characters of all its values together: a channel's message has several bytes for each.
TABLE_TEXT = 2 * 1024 * 1024
# Parts of a value that is given as JSON, and how deep they nest. Past either it is told by its text alone.
JSON_PARTS = 20_000
JSON_DEPTH = 50
JSON_TEXT = 1024 * 1024
PNG_MOST = 16 * 1024 * 1024
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# Integers that every reader of JSON keeps exactly.
INTEGER_MOST = 2**53 - 1
FRAMES_MOST = 100
# Cells whose source `inspect` and tracebacks find: a session of ten thousand does not grow by all of them.
SOURCES_KEPT = 1000
MESSAGE_MOST = 16 * 1024
# Errors that stand behind an error or in a group, and how deep they nest.
RELATED_MOST = 10
RELATED_DEPTH = 5

_parse, _compile, _unparse = ast.parse, compile, ast.unparse
_settrace, _setprofile, _getlimit, _setlimit = sys.settrace, sys.setprofile, sys.getrecursionlimit, sys.setrecursionlimit
_enumerate_threads, _main_thread = threading.enumerate, threading.main_thread
_iscoroutine = inspect.iscoroutine
_cache = linecache.cache
_modules = sys.modules
_TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# Python 3.11; before, nothing is one.
_GROUP = getattr(builtins, "BaseExceptionGroup", ())
_OWN = __file__ if "__file__" in globals() else "<kernel>"


class NotPlain(Exception):
    """The value is no plain data."""


class Kernel:
    def __init__(self, emit):
        self._emit = emit
        self._count = 0
        self._loop = None
        self._streams = (sys.stdout, sys.stderr)
        self._known_threads = set()
        self._notices = []
        # Of this cell: what each figure looked like when it was shown last.
        self._drawn = {}
        main = types.ModuleType("__main__")
        main.__builtins__ = builtins
        main.__dict__["__annotations__"] = {}
        _modules["__main__"] = main
        self._names = main.__dict__
        builtins.display = self.display
        builtins.input = refuse_input
        sys.meta_path.insert(0, Showing({"matplotlib.pyplot": self._show_figures, "PIL.ImageShow": self._show_image}))

    def display(self, *values):
        """Show values where they stand, not only as a cell's last expression."""
        for value in values:
            self._show(value, False)

    def run(self, code, count):
        """Run one cell. Returns `{"ending": …, "notices": […]}`."""
        self._count = count
        self._notices = notices = []
        self._drawn.clear()
        ending = {"kind": "done"}
        try:
            self._execute(code, count)
        except SystemExit as error:
            ending = {"kind": "exit", "code": exit_code(error)}
            # As Python itself does with what is no exit code.
            if error.code is not None and not isinstance(error.code, int):
                try:
                    print(error.code, file=self._streams[1])
                except Exception:
                    pass
        except KeyboardInterrupt:
            ending = {"kind": "interrupted"}
        except BaseException as error:
            ending = {"kind": "failed", "error": describe(error, count)}
            if isinstance(error, MemoryError):
                ending["memory"] = True
            # What the cell's frames hold would live until the next error.
            error.__traceback__ = None
            self._show_rest()
        finally:
            _settrace(None)
            _setprofile(None)
        self._close_figures()
        notices += self._repair()
        return {"ending": ending, "notices": notices}

    def _execute(self, code, count):
        file = f"<cell {count}>"
        lines = code.splitlines(True)
        _cache[file] = (len(code), None, lines, file)
        _cache.pop(f"<cell {count - SOURCES_KEPT}>", None)
        tree = _parse(code, file)
        last = tree.body[-1] if tree.body else None
        quiet = code.rstrip().endswith(";")
        value = None
        if isinstance(last, ast.Expr):
            tree.body.pop()
            self._run_code(_compile(tree, file, "exec", _TOP_LEVEL_AWAIT, True))
            value = self._run_code(_compile(ast.Expression(last.value), file, "eval", _TOP_LEVEL_AWAIT, True))
        else:
            self._run_code(_compile(tree, file, "exec", _TOP_LEVEL_AWAIT, True))
        if value is not None and not quiet:
            # As Python's own prompt has it; a value that cannot be shown is still there by its name.
            builtins._ = value
            self._show(value, True)
        self._show_figures()

    def _run_code(self, code):
        result = eval(code, self._names)
        if code.co_flags & inspect.CO_COROUTINE and _iscoroutine(result):
            return self._await(result)
        return result

    def _await(self, coroutine):
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(coroutine)

    def _show(self, value, is_result):
        png = self._picture(value)
        table = table_of(value, self._notices)
        if png is not None or table is not None:
            text = short_repr(value)
        else:
            text = repr(value)
        if type(text) is not str:
            text = str.__str__(text)
        shown = {"isResult": is_result, "text": text[:TEXT_MOST], "isCut": len(text) > TEXT_MOST}
        if table is not None:
            shown["table"] = table
        elif png is None:
            try:
                shown["json"] = plain(value, [JSON_PARTS, JSON_TEXT], 0)
            except NotPlain:
                pass
        if is_figure(value):
            self._drawn[id(value)] = png
        self._emit(shown, png)

    def _picture(self, value):
        png = picture(value)
        if png is None or len(png) <= PNG_MOST:
            return png
        self._notices.append(f"A picture of {len(png)} bytes is not shown: {PNG_MOST} are the most.")
        return None

    def _show_figures(self, *_, **__):
        """Figures that were drawn and not shown as they are now, as every notebook does; then they are closed."""
        try:
            for figure in open_figures():
                if id(figure) not in self._drawn or self._drawn[id(figure)] != picture(figure):
                    self._show(figure, False)
        finally:
            self._close_figures()

    def _show_rest(self):
        """What a cell that failed had drawn. Its error is worth more than that of the figure."""
        try:
            self._show_figures()
        except Exception as error:
            self._notices.append(f"A figure could not be drawn: {type(error).__qualname__}: {message_of(error)[:500]}")

    def _close_figures(self):
        """The next cell draws on figures of its own."""
        if open_figures():
            _modules["matplotlib.pyplot"].close("all")

    def _show_image(self, image, *_, **__):
        """What `Image.show` does here, instead of starting a viewer."""
        self._show(image, False)
        return True

    def _repair(self):
        """Makes the streams usable for the next cell, and tells what was left behind."""
        notices = []
        for name, own in zip(("stdout", "stderr"), self._streams):
            stream = getattr(sys, name, None)
            try:
                if stream is None or stream.closed:
                    raise ValueError
                stream.flush()
                if stream is not own:
                    own.flush()
            except BaseException:
                if stream is not own:
                    setattr(sys, name, own)
                    notices.append(f"sys.{name} could not be used any more and is the session's own again.")
        if _getlimit() < 200:
            _setlimit(1000)
            notices.append("The recursion limit was too low for the next cell and is 1000 again.")
        left = [
            thread
            for thread in _enumerate_threads()
            if thread is not _main_thread() and thread.ident not in self._known_threads
        ]
        for thread in left[:5]:
            notices.append(f"The thread {thread.name!r} goes on after the cell.")
        self._known_threads.update(thread.ident for thread in left)
        return notices


class Showing:
    """Finds modules as everyone does, and has their `show` show in the session, where and when it is called."""

    def __init__(self, shows):
        self._shows = shows

    def find_spec(self, name, path=None, target=None):
        show = self._shows.get(name)
        if show is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            # Matplotlib writes attributes of it.
            module.show = lambda *given, **named: show(*given, **named)

        spec.loader.exec_module = exec_module
        return spec


def refuse_input(prompt=""):
    raise RuntimeError("input() is refused in a session: nobody is there to answer; put the value into the cell")


def exit_code(error):
    code = error.code
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1


def describe(error, count):
    """The error as data; frames of this kernel are left out."""
    frames = []
    line = column = None
    for frame, number, position in walk(error.__traceback__):
        code = frame.f_code
        if code.co_filename == _OWN:
            continue
        cell = cell_of(code.co_filename)
        frames.append(
            {
                "name": code.co_qualname if hasattr(code, "co_qualname") else code.co_name,
                "cell": cell,
                "file": None if cell is not None else code.co_filename,
                "line": number or 1,
            }
        )
        if cell == count:
            line, column = number, position
    if isinstance(error, SyntaxError) and not frames_in_cells(frames) and cell_of(error.filename or "") == count:
        line, column = error.lineno, error.offset
        frames = []
    if len(frames) > FRAMES_MOST:
        frames = frames[: FRAMES_MOST // 2] + frames[-FRAMES_MOST // 2 :]
    return {
        "name": type(error).__qualname__,
        "message": "\n".join([message_of(error), *related(error, 1, {id(error)})])[:MESSAGE_MOST],
        "line": line,
        "column": column if column else None,
        "frames": frames,
    }


def frames_in_cells(frames):
    return any(frame["cell"] is not None for frame in frames)


def message_of(error):
    try:
        text = error.msg if isinstance(error, SyntaxError) and error.msg else str(error)
        notes = getattr(error, "__notes__", None)
        if isinstance(notes, list):
            text = "\n".join([text, *(str(note) for note in notes[:10])])
        return text
    except BaseException:
        return "<its message cannot be told: __str__ failed>"


def related(error, depth, seen):
    """Errors of a group, and those that an error came of, as Python's own report has them: a line each, with their place."""
    lines = []
    parts = getattr(error, "exceptions", None) if isinstance(error, _GROUP) else None
    named = [(f"{at}.", part) for at, part in enumerate(parts or (), 1)]
    if error.__cause__ is not None:
        named.append(("Cause:", error.__cause__))
    elif error.__context__ is not None and not error.__suppress_context__:
        named.append(("While handling:", error.__context__))
    for word, other in named[:RELATED_MOST]:
        if id(other) in seen or depth > RELATED_DEPTH:
            continue
        seen.add(id(other))
        name = type(other).__qualname__
        message = message_of(other).replace("\n", "\n" + "  " * depth)
        lines.append("  " * depth + f"{word} {name}{': ' if message else ''}{message}{place_of(other)}")
        lines += related(other, depth + 1, seen)
    if len(named) > RELATED_MOST:
        lines.append("  " * depth + f"… {len(named) - RELATED_MOST} more")
    return lines


def place_of(error):
    """The innermost place in a cell, in words."""
    place = ""
    traceback = error.__traceback__
    while traceback is not None:
        cell = cell_of(traceback.tb_frame.f_code.co_filename)
        if cell is not None:
            place = f" (cell {cell}, line {traceback.tb_lineno})"
        traceback = traceback.tb_next
    return place


def walk(traceback):
    while traceback is not None:
        column = None
        try:
            if traceback.tb_lasti >= 0:
                positions = list(traceback.tb_frame.f_code.co_positions())[traceback.tb_lasti // 2]
                column = character(traceback.tb_frame.f_code.co_filename, positions[0], positions[2])
        except BaseException:
            column = None
        yield traceback.tb_frame, traceback.tb_lineno, column
        traceback = traceback.tb_next


def character(file, line, offset):
    """From bytes before it, as code objects have it, to a column from 1."""
    entry = _cache.get(file)
    if line is None or offset is None or entry is None or len(entry) < 3 or not 0 < line <= len(entry[2]):
        return None
    return len(entry[2][line - 1].encode()[:offset].decode(errors="replace")) + 1


def cell_of(file):
    if not (file.startswith("<cell ") and file.endswith(">")):
        return None
    digits = file[6:-1]
    return int(digits) if digits.isdigit() else None


def plain(value, left, depth):
    """The value as JSON has it. Only the exact built-in types: whatever else looks like one may mean more."""
    left[0] -= 1
    if left[0] < 0 or depth > JSON_DEPTH:
        raise NotPlain
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        if -INTEGER_MOST <= value <= INTEGER_MOST:
            return value
        raise NotPlain
    if kind is float:
        if math.isfinite(value):
            return value
        raise NotPlain
    if kind is str:
        left[1] -= len(value)
        if left[1] < 0:
            raise NotPlain
        return value.encode("utf-8", "replace").decode()
    if kind is list or kind is tuple:
        return [plain(item, left, depth + 1) for item in value]
    if kind is dict:
        if not all(type(key) is str for key in value):
            raise NotPlain
        return {plain(key, left, depth): plain(item, left, depth + 1) for key, item in value.items()}
    raise NotPlain


def cell_value(value):
    """One cell of a table: plain where it is plain, a number of a package as a number, else its text."""
    try:
        return plain(value, [1000, 10_000], 0)
    except NotPlain:
        pass
    if hasattr(value, "item") and type(value).__module__.split(".")[0] == "numpy":
        try:
            return plain(value.item(), [10, 10_000], 0)
        except BaseException:
            pass
    text = str(value)
    return None if text in ("nan", "NaN", "NaT", "<NA>") else text[:10_000]


def table_of(value, notices):
    kind = type(value)
    origin = (kind.__module__ or "").split(".")[0]
    if origin == "pandas" and kind.__name__ in ("DataFrame", "Series"):
        return table_of_pandas(value.to_frame() if kind.__name__ == "Series" else value, notices)
    if origin == "polars" and kind.__name__ in ("DataFrame", "Series"):
        frame = value.to_frame() if kind.__name__ == "Series" else value
        head = frame.head(ROWS_MOST)
        rows = bounded(row[:COLUMNS_MOST] for row in head.rows())
        tell_width(len(frame.columns), COLUMNS_MOST, notices)
        return made([str(name) for name in frame.columns[:COLUMNS_MOST]], rows, len(frame) - len(rows))
    if kind is not list or not value:
        return None
    first = value[0]
    if type(first).__module__ == "sqlite3" and type(first).__name__ == "Row":
        columns = list(first.keys())
        if not all(type(row) is type(first) and list(row.keys()) == columns for row in value):
            return None
        rows = bounded(tuple(row) for row in value[:ROWS_MOST])
        return made([str(name) for name in columns], rows, len(value) - len(rows))
    if type(first) is not dict or not first or len(first) > COLUMNS_MOST:
        return None
    columns = list(first)
    if not all(type(name) is str for name in columns):
        return None
    for row in value:
        if type(row) is not dict or len(row) != len(columns) or any(name not in row for name in columns):
            return None
    rows = bounded([row[name] for name in columns] for row in value[:ROWS_MOST])
    return made(columns, rows, len(value) - len(rows))


def table_of_pandas(frame, notices):
    """An index that only counts rows is left out; of any other each level is a column."""
    index = frame.index
    levels = min(index.nlevels, LEVELS_MOST) if type(index).__name__ != "RangeIndex" else 0
    width = COLUMNS_MOST - max(levels - 1, 0)
    tell_width(len(frame.columns), width, notices)
    head = frame.iloc[:ROWS_MOST, :width]
    if index.nlevels > 1:
        rows = ((*row[0][:levels], *row[1:]) for row in head.itertuples(index=True, name=None))
    else:
        rows = head.itertuples(index=levels > 0, name=None)
    rows = bounded(rows)
    columns = ["" if name is None else str(name) for name in index.names[:levels]]
    columns += [".".join(map(str, name)) if frame.columns.nlevels > 1 else str(name) for name in head.columns]
    return made(columns, rows, len(frame) - len(rows))


def tell_width(columns, most, notices):
    if columns > most:
        notices.append(f"The table has {columns} columns, of which the first {most} are given as data.")


def bounded(rows):
    """Rows as plain data, as many as a table carries; who asked counts the rest."""
    taken = []
    left = TABLE_TEXT
    for row in rows:
        cells = [cell_value(item) for item in row]
        left -= sum(8 if cell is None or type(cell) in (bool, int, float) else len(str(cell)) for cell in cells)
        if left < 0:
            break
        taken.append(cells)
    return taken


def made(columns, rows, omitted):
    return {"columns": columns, "rows": rows, "omittedRows": max(omitted, 0)}


def picture(value):
    """The value as PNG where its class knows how, or where it is a figure of matplotlib's."""
    kind = type(value)
    draw = getattr(kind, "_repr_png_", None)
    png = None
    if callable(draw):
        png = draw(value)
        if isinstance(png, tuple) and png:
            png = png[0]
        # Colours that PNG does not have.
        if png is None and (kind.__module__ or "").startswith("PIL.") and hasattr(value, "convert"):
            png = draw(value.convert("RGB"))
    elif is_figure(value):
        import io

        room = io.BytesIO()
        value.savefig(room, format="png", bbox_inches="tight")
        png = room.getvalue()
    if isinstance(png, (bytes, bytearray)) and png[:8] == PNG_HEAD:
        return bytes(png)
    return None


def is_figure(value):
    return (type(value).__module__ or "").startswith("matplotlib.") and hasattr(value, "savefig")


def open_figures():
    pyplot = _modules.get("matplotlib.pyplot")
    numbers = getattr(pyplot, "get_fignums", None)
    return [] if numbers is None else [pyplot.figure(number) for number in numbers()]


def short_repr(value):
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__qualname__}: its repr failed with {type(error).__name__}>"
