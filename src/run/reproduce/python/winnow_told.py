"""What was filled in, in the order in which it was."""

filled = []


def fill(what, by):
    row = {'what': what, 'by': by}
    if row not in filled:
        filled.append(row)
