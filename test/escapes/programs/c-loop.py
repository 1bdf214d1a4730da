# tries: one call into C that takes hours and never looks for signals
# endings: timed-out
# limits: {"wallMs": 500}
import re

try:
    sum(iter(lambda: 1, 2))
except BaseException:
    pass
re.match(r"(a+)+$", "a" * 60 + "b")
