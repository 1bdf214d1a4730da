"""The tables that go with rewritten code: lines of each instruction, and handlers of exceptions, as CPython 3.8 to 3.11 have them.

Each is written from the instructions in their new order (`winnow_rewrite.py`): their sizes in bytes, and their places.

Source: CPython, Objects/lnotab_notes.txt (3.8 to 3.10), Objects/locations.md and Objects/exception_handling_notes.txt (3.11).
"""
from builtins import bytes, enumerate, iter, len, min, next, range


def runs(steps, of):
    found = []
    for step in steps:
        place = of(step)
        if found and found[-1][0] == place:
            found[-1][1] += step.size
        else:
            found.append([place, step.size])
    return found


def line_of(step):
    return step.place[0]


def line_pairs(steps, line):
    """3.8 and 3.9: pairs of bytes and lines further on, applied in turn."""
    table = []
    passed = 0
    for at, length in runs(steps, line_of):
        distance = (at or line) - line
        line = at or line
        while passed > 255:
            table += (255, 0)
            passed -= 255
        while not -128 <= distance <= 127:
            part = 127 if distance > 0 else -128
            table += (passed, part & 0xFF)
            distance -= part
            passed = 0
        if distance or passed:
            table += (passed, distance & 0xFF)
        passed = length
    return bytes(table)


def line_table(steps, line):
    """3.10: each pair is a length and how far its line is from the one before; -128 for no line."""
    table = []
    for at, length in runs(steps, line_of):
        if at is None:
            distance = -128
        else:
            distance = at - line
            line = at
            while not -127 <= distance <= 127:
                part = 127 if distance > 0 else -127
                table += (0, part & 0xFF)
                distance -= part
        while length > 254:
            table += (254, distance & 0xFF)
            length -= 254
            distance = -128 if distance == -128 else 0
        table += (length, distance & 0xFF)
    return bytes(table)


def put_varint(table, number, mark=0):
    """Six bits a byte. In tables of handlers the highest come first, and the first byte of a row is marked."""
    parts = [number & 0x3F]
    while number > 0x3F:
        number >>= 6
        parts.append(number & 0x3F)
    parts.reverse()
    for index, part in enumerate(parts):
        table.append(part | (0x40 if index < len(parts) - 1 else 0) | (mark if index == 0 else 0))


def put_low(table, number):
    """In tables of locations the lowest come first."""
    while number > 0x3F:
        table.append(number & 0x3F | 0x40)
        number >>= 6
    table.append(number)


def put_signed(table, number):
    put_low(table, -number << 1 | 1 if number < 0 else number << 1)


def locations(steps, line):
    """3.11: rows of up to 8 instructions, with a line, a line and columns, or nothing."""
    table = []
    for (at, end, column, end_column), length in runs(steps, lambda step: step.place):
        units = length // 2
        while units > 0:
            part = min(units, 8)
            units -= part
            if at is None:
                table.append(0x80 | 15 << 3 | part - 1)
                continue
            plain = column is None or end_column is None or end is None
            table.append(0x80 | (13 if plain else 14) << 3 | part - 1)
            put_signed(table, at - line)
            line = at
            if not plain:
                put_low(table, end - at)
                put_low(table, column + 1)
                put_low(table, end_column + 1)
    return bytes(table)


def exception_rows(table):
    """Begin, end, target (offsets), depth, and whether the place is kept."""
    rows = []
    rest = iter(table)

    def varint(byte):
        value = byte & 63
        while byte & 64:
            byte = next(rest)
            value = value << 6 | byte & 63
        return value

    for byte in rest:
        begin = varint(byte)
        length, target, depth = [varint(next(rest)) for _ in range(3)]
        rows.append((2 * begin, 2 * (begin + length), 2 * target, depth >> 1, depth & 1))
    return rows
