"""Sorting by insertion and by merging."""


def insertion(items):
    for at in range(1, len(items)):
        item = items[at]
        back = at - 1
        while back >= 0 and items[back] > item:
            items[back + 1] = items[back]
            back -= 1
        items[back + 1] = item
    return items


def merge(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge(items[:middle]), merge(items[middle:])
    merged = []
    while left and right:
        merged.append(left.pop() if left[-1] > right[-1] else right.pop())
    merged.extend(reversed(left or right))
    merged.reverse()
    return merged


state = 7
numbers = []
for _ in range(4000):
    state = (state * 1103515245 + 12345) % 2147483648
    numbers.append(state % 1000)
print(sum(insertion(list(numbers))[::100]), sum(merge(numbers * 20)[::1000]))
