"""Whether an injected value could have caused an error."""


def certainty_of(round, source, node, line, error):
    return ('possible', list(range(min(3, round.rows.given))), False) if round.rows.given else ('genuine', [], False)
