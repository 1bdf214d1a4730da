"""Counting in dictionaries."""


def count(words):
    counts = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts


def anagrams(words):
    groups = {}
    for word in words:
        key = ''.join(sorted(word))
        groups.setdefault(key, []).append(word)
    return groups


state = 1
words = []
for _ in range(1_000_000):
    state = (state * 48271) % 2147483647
    words.append(chr(97 + state % 5) + chr(97 + state // 7 % 5) + chr(97 + state // 49 % 5))
print(max(count(words).values()), len(anagrams(words)))
