"""Whether an injected value could have caused an error."""


# What is missing at level 1 causes these, and nothing was put in its place.
MISSING = (NameError, ImportError, FileNotFoundError, EOFError)


def certainty_of(round, source, node, line, error):
    if round.level == 1 and isinstance(error, MISSING):
        return 'possible', [], False
    return ('possible', list(range(min(3, round.rows.given))), False) if round.rows.given else ('genuine', [], False)
