"""Texts that a function may be looking for: made of its own literals, and of the patterns that it matches."""

import re

try:
    from re import _parser as parser
except ImportError:
    import sre_parse as parser

FRAMES = ('%s', '%s%s', '%s %s', '%s\n%s', 'a%sb', '%s,%s', '<%s>', '"%s"', '%s=%s', '%s: %s', '(%s)', 'a\n%s\nb', '%s 1', ' %s ', '%sa\n', '%s.%s', '%s/%s')
# Texts of one pattern, and how often something is repeated beyond what must be.
SAMPLES = 4
ONE_SIGN = re.compile(r'\\[dDsSwWbB]|\w\|\w')
SIGNS = set('\\[](){}*+?|^$.')
CATEGORIES = {'CATEGORY_DIGIT': '17', 'CATEGORY_SPACE': ' \n', 'CATEGORY_WORD': 'ab1_', 'CATEGORY_NOT_DIGIT': 'a-', 'CATEGORY_NOT_SPACE': 'a1', 'CATEGORY_NOT_WORD': ' -'}


def framed(rare, words):
    frame = rare.choice(FRAMES)
    return frame % tuple(str(rare.choice(words)) for _ in range(frame.count('%s')))


def is_pattern(text):
    return (len(set(text) & SIGNS) > 1 or ONE_SIGN.search(text) is not None) and len(text) < 400


def edited(text, rare):
    """With one small change: what is nearly of a form is what two readers of it disagree about."""
    at = rare.randrange(len(text) + 1)
    rest = text[at + 1:]
    here = text[at:at + 1]
    return rare.choice((text[:at] + rest, text[:at] + here * 2 + rest, text[:at] + here.swapcase() + rest, text[:at] + ' ' + text[at:], text[:at] + '\n' + text[at:],
                        text[:at] + rare.choice('0a-_."/:') + text[at:], text + text, ' ' + text, text + '\n', text[:at]))


def samples(pattern, rare):
    """Texts that match, or nearly; [] where it is no pattern."""
    try:
        tree = parser.parse(pattern)
    except Exception:
        return []
    made = []
    for _ in range(SAMPLES):
        try:
            text = of(tree, rare, {}, 0)
        except (RecursionError, ValueError, OverflowError):
            break
        if text not in made and len(text) < 200:
            made.append(text)
    return made


def of(tree, rare, groups, depth):
    parts = []
    for kind, value in tree:
        name = str(kind)
        if name == 'LITERAL':
            parts.append(chr(value))
        elif name == 'NOT_LITERAL':
            parts.append('b' if value == ord('a') else 'a')
        elif name == 'ANY':
            parts.append(rare.choice('ab 1'))
        elif name == 'IN':
            parts.append(among(value, rare))
        elif name == 'BRANCH':
            parts.append(of(rare.choice(value[1]), rare, groups, depth + 1))
        elif name in ('MAX_REPEAT', 'MIN_REPEAT', 'POSSESSIVE_REPEAT'):
            low, high, inner = value
            parts.append(''.join(of(inner, rare, groups, depth + 1) for _ in range(min(low + rare.randrange(3), int(high)) if low < 50 else low)))
        elif name == 'SUBPATTERN':
            text = groups[value[0]] = of(value[3], rare, groups, depth + 1)
            parts.append(text)
        elif name == 'GROUPREF':
            parts.append(groups.get(value, ''))
        elif name == 'ATOMIC_GROUP':
            parts.append(of(value, rare, groups, depth + 1))
        elif name == 'ASSERT' and value[0] > 0 and depth == 0 and len(parts) == 0:
            pass
    return ''.join(parts)


def among(items, rare):
    chars, negated = [], False
    for kind, value in items:
        name = str(kind)
        if name == 'NEGATE':
            negated = True
        elif name == 'LITERAL':
            chars.append(chr(value))
        elif name == 'RANGE':
            chars += [chr(value[0]), chr(value[1]), chr((value[0] + value[1]) // 2)]
        elif name == 'CATEGORY':
            chars += CATEGORIES.get(str(value), 'a')
    if negated:
        chars = [one for one in 'ab1 -_x' if one not in chars]
    return rare.choice(chars or ['a'])
