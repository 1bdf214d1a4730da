"""An error of the program: where it came up, whether an injected value could have caused it, and what to guess instead."""

import winnow_contradiction


def tell(round, error, after):
    """Writes it down. -> whether an injected value may have caused it."""
    place = innermost(round, error)
    if place is None:
        source, line, column, frame, position = round.sources[0], 0, 0, None, None
    else:
        source, line, frame, position = place
        column = 1
    certainty, because, guessed = certainty_of(round, source, line, error)
    key = (source.path, line, type(error).__name__)
    if key not in round.failed:
        round.failed.add(key)
        round.rows.flush()
        round.rows.failed(source.path, line, column, error, certainty, because, guessed, after)
        if certainty == 'possible':
            winnow_contradiction.want(round, source, line, error)
    return certainty == 'possible'


def innermost(round, error):
    found = None
    names = {source.name: source for source in round.sources}
    trace = error.__traceback__
    while trace is not None:
        source = names.get(trace.tb_frame.f_code.co_filename)
        if source is not None:
            found = (source, trace.tb_lineno, trace.tb_frame, trace.tb_lasti)
        trace = trace.tb_next
    return found


def certainty_of(round, source, line, error):
    return ('possible', list(range(min(3, round.rows.given))), False) if round.rows.given else ('genuine', [], False)
