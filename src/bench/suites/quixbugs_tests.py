"""Runs QuixBugs' own test files where no candidate is: what they take of pytest, and their graph drivers against the reference."""


class pytest:
    use_correct, run_slow = True, False

    class mark:
        @staticmethod
        def parametrize(names, rows):
            def over(test):
                for row in rows:
                    try:
                        test(*row)
                    except pytest.Skipped:
                        pass
                return test
            return over

    class Skipped(Exception):
        pass

    @staticmethod
    def skip(reason):
        raise pytest.Skipped(reason)

    class approx:
        def __init__(self, expected, abs):
            self.expected, self.abs = expected, abs

        def __eq__(self, other):
            return -self.abs <= other - self.expected <= self.abs


def answers(function, source, name):
    """What the calls of a driver's `main` gave, in order."""
    given = []

    def told(*args):
        try:
            value = function(*args)
        except Exception as error:
            given.append(type(error).__name__)
            raise
        given.append(packed(value))
        return value

    space = {name: told, 'Node': Node, 'print': lambda *args, **keywords: None, '__name__': 'driver'}
    exec(source, space)
    try:
        space['main']()
    except Exception:
        pass
    return given


def apart(candidate):
    """Calls a function in another process on graphs of this one."""
    return lambda *args: unpacked(candidate(packed(args)))
