"""Words, palindromes and run lengths."""


def palindrome(text):
    left, right = 0, len(text) - 1
    while left < right:
        if text[left] != text[right]:
            return False
        left += 1
        right -= 1
    return True


def run_lengths(text):
    parts = []
    before, count = '', 0
    for letter in text:
        if letter == before:
            count += 1
        else:
            if count:
                parts.append(before + str(count))
            before, count = letter, 1
    parts.append(before + str(count))
    return ''.join(parts)


found = 0
length = 0
for number in range(250_000):
    text = str(number * number)
    if palindrome(text):
        found += 1
    length += len(run_lengths(text))
print(found, length)
