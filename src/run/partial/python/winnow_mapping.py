"""What is injected where a mapping is asked for."""


class Mapping(dict):
    """A mapping that has the keys that it is asked for."""

    def __missing__(self, key):
        own = OWN[id(self)]
        value = own[0].maker.make(own[1].part('[]'), own[2] + '[]', own[3])[1]
        self[key] = value
        return value


# By the address of each: its round, pool, name and number.
OWN = {}
