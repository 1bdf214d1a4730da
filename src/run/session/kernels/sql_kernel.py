"""The kernel of a SQL session: runs each cell's statements against `main.sqlite` in the work directory.

Same shape as the kernel of Python: `Kernel(emit)` once, `run(code, count)` for each cell; `emit(shown, png)` takes what is shown as
plain JSON. The file lies in the work directory under its own name, so what cells did can be taken out as any file can, and put back.

Statements commit as in SQLite's own shell, each for itself unless a cell says BEGIN. Rollback journals only: when no
transaction is open, the one file is all there is. Absent: the shell's dot-commands, extensions, and databases outside of the work
directory. The sandbox would stop the latter two as well; here they get a word that says so.
"""

import json
import os
import random
import re
import sqlite3
import time

DATABASE = "main.sqlite"
# As in the kernel of Python.
TEXT_MOST = 64 * 1024
ROWS_MOST = 1000
INTEGER_MOST = 2**53 - 1
MESSAGE_MOST = 16 * 1024
# Bytes of a table's JSON that are kept; the rows after it are counted. A frame of the channel holds several of it.
TABLE_BYTES = 4 * 1024 * 1024
# Characters of one value that are kept.
VALUE_MOST = 64 * 1024
BLOB_MOST = 256
# Instructions of SQLite's machine between two looks for an interrupt: some 0.1 ms.
STEPS = 10_000
# Longest string, blob or row, so that one expression cannot take the kernel's memory at once.
LENGTH_MOST = 64 * 1024 * 1024
# Rows of a table, and characters of a value, that the text shows.
TEXT_ROWS = 60
TEXT_VALUE = 200

# What SQLite names in a message stands in the statement, mostly once, and so tells the line.
_NAMED = re.compile(r'near "(.+)": syntax error|no such (?:column|table|function): (\S+)', re.S)
_WAL = "a session keeps its database in one file, so the journal mode stays delete, truncate, persist, memory or off"


class Refused(Exception):
    """A statement that this kernel does not run, with the reason."""


class Kernel:
    def __init__(self, emit, rows=ROWS_MOST, seed=None):
        self._emit = emit
        self._rows = rows
        self._chance = None if seed is None else random.Random(seed)
        self._connection = None
        self._was_interrupted = False
        self._refusal = None

    def run(self, code, count):
        """Run one cell. Returns `{"ending": …, "notices": […]}`."""
        self._was_interrupted = False
        line = 1
        text = ""
        try:
            connection = self._open()
            pieces = split(code)
            for index, (line, text) in enumerate(pieces):
                self._statement(connection, text, index == len(pieces) - 1)
        except KeyboardInterrupt:
            return {"ending": {"kind": "interrupted"}, "notices": self._notices()}
        except (sqlite3.Error, sqlite3.Warning, Refused, MemoryError, OverflowError, OSError) as error:
            # It can come before `_look` has begun, or between two statements' own words for it.
            if self._was_interrupted or getattr(error, "sqlite_errorname", None) == "SQLITE_INTERRUPT":
                return {"ending": {"kind": "interrupted"}, "notices": self._notices()}
            return {"ending": self._failed(error, line, text), "notices": self._notices()}
        return {"ending": {"kind": "done"}, "notices": self._notices()}

    def note_interrupt(self):
        """Tell an interrupt, which may come within a function of ours that SQLite calls, and is an error of SQLite's then."""
        self._was_interrupted = True

    def _open(self):
        if self._connection is not None and os.path.exists(DATABASE):
            return self._connection
        if self._connection is not None:
            self._connection.close()
        connection = sqlite3.connect(DATABASE, isolation_level=None, check_same_thread=False)
        connection.set_progress_handler(self._look, STEPS)
        connection.set_authorizer(self._may)
        if hasattr(connection, "setlimit"):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LENGTH_MOST)
        if self._chance is not None:
            self._seed(connection)
        connection.text_factory = lambda value: value.decode("utf-8", "replace")
        # Made now, so that a session's file is there whatever its cells do.
        connection.execute("PRAGMA user_version").fetchall()
        self._connection = connection
        return connection

    def _seed(self, connection):
        """SQLite draws its chance from the operating system, so its two functions of chance are replaced."""
        chance = self._chance.getrandbits

        def blob(size):
            size = max(int(size or 0), 1)
            if size > LENGTH_MOST:
                raise ValueError("string or blob too big")
            return chance(8 * size).to_bytes(size, "little")

        connection.create_function("random", 0, lambda: chance(64) - 2**63)
        connection.create_function("randomblob", 1, blob)

    def _look(self):
        """Python runs a signal's handler here and nowhere else while a statement is at work."""
        try:
            time.sleep(0)
        except KeyboardInterrupt:
            self._was_interrupted = True
            return 1
        return 1 if self._was_interrupted else 0

    def _may(self, action, first, second, database, inner):
        if action == sqlite3.SQLITE_ATTACH and not is_inside(first):
            self._refusal = f"ATTACH reaches files of the work directory only, by a name that stands in the statement; came {first!r}"
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION and second == "load_extension":
            self._refusal = "extensions cannot be loaded in a session"
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_PRAGMA and first is not None:
            name = first.lower()
            if name == "journal_mode" and second is not None and second.lower() == "wal":
                self._refusal = _WAL
                return sqlite3.SQLITE_DENY
            if name in ("temp_store_directory", "data_store_directory") and second is not None:
                self._refusal = f"PRAGMA {name} reaches outside of the work directory"
                return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def _statement(self, connection, text, is_last):
        self._refusal = None
        if text.startswith("."):
            raise Refused(
                f"{text.split()[0]} is a command of SQLite's shell, and cells are SQL. "
                "For tables: SELECT name, sql FROM sqlite_schema; for columns: SELECT * FROM pragma_table_info('NAME')."
            )
        before = connection.total_changes
        cursor = connection.execute(text)
        if cursor.description is not None:
            self._show_rows(cursor, is_last)
        cursor.close()
        changes = connection.total_changes - before
        if changes > 0:
            words = f"{changes} row{'' if changes == 1 else 's'} changed"
            self._emit({"isResult": is_last, "text": words, "isCut": False, "json": {"changes": changes}}, None)

    def _show_rows(self, cursor, is_last):
        columns = [column[0] for column in cursor.description]
        rows = []
        size = omitted = 0
        for row in cursor:
            if len(rows) < self._rows and size < TABLE_BYTES:
                plain = [value_of(value) for value in row]
                size += len(json.dumps(plain))
                rows.append(plain)
            else:
                omitted += 1
        text, is_cut = text_of(columns, rows, omitted)
        shown = {"isResult": is_last, "text": text[:TEXT_MOST], "isCut": is_cut or len(text) > TEXT_MOST}
        shown["table"] = {"columns": columns, "rows": rows, "omittedRows": omitted}
        self._emit(shown, None)

    def _failed(self, error, line, text):
        if isinstance(error, MemoryError):
            return {"kind": "failed", "error": told("MemoryError", "out of memory", line), "memory": True}
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        message = str(error)
        column = None
        if self._refusal is not None or isinstance(error, Refused):
            name = "Refused"
            message = self._refusal or message
        found = _NAMED.search(message)
        named = "" if found is None else found.group(1) or found.group(2)
        places = [] if named == "" else [place.start() for place in re.finditer(rf"(?<!\w){re.escape(named)}(?!\w)", text)]
        if len(places) == 1:
            ahead = text[: places[0]]
            line += ahead.count("\n")
            column = len(ahead) - ahead.rfind("\n") if "\n" in ahead else None
        return {"kind": "failed", "error": told(name, message, line, column)}

    def _notices(self):
        if self._connection is not None and self._connection.in_transaction:
            return ["a transaction is open: what it did is kept only after COMMIT"]
        return []


def told(name, message, line, column=None):
    return {"name": name, "message": message[:MESSAGE_MOST], "line": line, "column": column, "frames": []}


def is_inside(path):
    if path is None:
        return False
    if path in ("", ":memory:"):
        return True
    if path.startswith("file:"):
        return False
    here = os.path.realpath(".")
    return os.path.realpath(path).startswith(here + os.sep)


def value_of(value):
    """A value as plain JSON: integers past 2^53 and numbers that JSON lacks by their text, blobs as SQL writes them."""
    if isinstance(value, int) and abs(value) > INTEGER_MOST:
        return str(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, bytes):
        return f"x'{value[:BLOB_MOST].hex()}{'…' if len(value) > BLOB_MOST else ''}'"
    if isinstance(value, str) and len(value) > VALUE_MOST:
        return value[:VALUE_MOST] + "…"
    return value


def text_of(columns, rows, omitted):
    """The table as aligned columns, and whether anything of it is left out."""
    cells = [[name.replace("\n", "\\n") for name in columns]]
    cells += [["NULL" if value is None else str(value).replace("\n", "\\n") for value in row] for row in rows[:TEXT_ROWS]]
    is_cut = any(len(cell) > TEXT_VALUE for row in cells for cell in row)
    cells = [[cell[:TEXT_VALUE] for cell in row] for row in cells]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    more = omitted + max(0, len(rows) - TEXT_ROWS)
    if more > 0:
        lines.append(f"… {more} more rows")
    return "\n".join(lines), is_cut or more > 0


def split(code):
    """The statements of a cell, each with the line on which it begins, from 1; a dot-command is a line of its own."""
    pieces = []
    at = 0
    length = len(code)
    while True:
        at = skip_blank(code, at)
        if at >= length:
            return pieces
        start = at
        if code[at] == ".":
            end = code.find("\n", at)
            at = length if end == -1 else end
        else:
            at = end_of_statement(code, at)
        text = code[start:at].strip()
        if text.strip("; \t\r\n") != "":
            pieces.append((code.count("\n", 0, start) + 1, text))


def skip_blank(code, at):
    while at < len(code):
        if code[at].isspace() or code[at] in ";\ufeff":
            at += 1
        elif code.startswith("--", at):
            end = code.find("\n", at)
            at = len(code) if end == -1 else end
        elif code.startswith("/*", at):
            end = code.find("*/", at + 2)
            at = len(code) if end == -1 else end + 2
        else:
            return at
    return at


def end_of_statement(code, at):
    start = at
    # The body of a trigger has semicolons of its own, which SQLite's own word on completeness knows.
    trigger = re.match(r"(explain\s+(query\s+plan\s+)?)?create\s+(temp\s+|temporary\s+)?trigger\b", code[at : at + 200], re.I)
    while at < len(code):
        char = code[at]
        if char in "'\"`[":
            closing = "]" if char == "[" else char
            end = code.find(closing, at + 1)
            at = len(code) if end == -1 else end + 1
        elif code.startswith("--", at) or code.startswith("/*", at):
            at = skip_blank(code, at)
        elif char == ";":
            at += 1
            if trigger is None or sqlite3.complete_statement(code[start:at]):
                return at
        else:
            at += 1
    return at
