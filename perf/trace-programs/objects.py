"""A queue, a tree and a walk over it."""
from collections import deque


class Node:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None


class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, key):
        if self.root is None:
            self.root = Node(key)
            self.size = 1
            return
        node = self.root
        while True:
            if key < node.key:
                if node.left is None:
                    node.left = Node(key)
                    break
                node = node.left
            elif key > node.key:
                if node.right is None:
                    node.right = Node(key)
                    break
                node = node.right
            else:
                return
        self.size += 1

    def depth(self):
        deepest = 0
        waiting = deque([(self.root, 1)])
        while waiting:
            node, depth = waiting.popleft()
            deepest = max(deepest, depth)
            for child in (node.left, node.right):
                if child is not None:
                    waiting.append((child, depth + 1))
        return deepest


tree = Tree()
state = 11
for _ in range(80_000):
    state = (state * 48271) % 2147483647
    tree.insert(state % 200_000)
print(tree.size, tree.depth())
