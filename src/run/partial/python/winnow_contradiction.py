"""What an error says of the guesses that it came from: which value was of the wrong type, and which type was asked for."""


def want(round, source, line, error):
    pass
