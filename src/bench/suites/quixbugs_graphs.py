"""Graphs of QuixBugs between two processes: as nested tuples, since a node has no literal. Both sides run this file."""


class Node:
    def __init__(self, value=None, successor=None, successors=(), predecessors=(), incoming_nodes=(), outgoing_nodes=()):
        self.value, self.successor = value, successor
        self.successors, self.predecessors = list(successors), list(predecessors)
        self.incoming_nodes, self.outgoing_nodes = list(incoming_nodes), list(outgoing_nodes)


PARTS = ('value', 'successor', 'successors', 'predecessors', 'incoming_nodes', 'outgoing_nodes')


def packed(value):
    """-> (nodes, value): each node by its number, numbered as they are met, so that equal graphs are packed equally."""
    numbers, nodes = {}, []

    def pack(one):
        if isinstance(one, Node):
            if id(one) not in numbers:
                numbers[id(one)] = len(nodes)
                nodes.append(one)
            return ('node', numbers[id(one)])
        if isinstance(one, (list, tuple)):
            return ('list' if isinstance(one, list) else 'tuple', [pack(part) for part in one])
        if isinstance(one, (set, frozenset)):
            return ('set', sorted((pack(part) for part in one), key=repr))
        if isinstance(one, dict):
            return ('dict', sorted(((pack(key), pack(part)) for key, part in one.items()), key=repr))
        return ('plain', one)

    told, rows = pack(value), []
    while len(rows) < len(nodes):
        rows.append([pack(getattr(nodes[len(rows)], part, None)) for part in PARTS])
    return rows, told


def unpacked(told):
    rows, value = told
    nodes = [Node() for _ in rows]

    def unpack(one):
        kind, rest = one
        if kind == 'node':
            return nodes[rest]
        if kind in ('list', 'tuple', 'set'):
            return {'list': list, 'tuple': tuple, 'set': set}[kind](unpack(part) for part in rest)
        return {unpack(key): unpack(part) for key, part in rest} if kind == 'dict' else rest

    for node, row in zip(nodes, rows):
        for part, one in zip(PARTS, row):
            setattr(node, part, unpack(one))
    return unpack(value)
