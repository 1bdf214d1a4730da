# tries: to overflow the stack of its interpreter from Python and from C
# endings: exited, crashed, out-of-memory
# limits: {"wallMs": 20000}
import sys

sys.setrecursionlimit(10**9)
class Deep:
    def __repr__(self):
        return repr(self)
def down(n):
    return down(n + 1) + 1
for act in (lambda: down(0), lambda: repr(Deep()), lambda: eval("(" * 5000 + ")" * 5000), lambda: eval("-" * 100000 + "1")):
    try:
        act()
    except RecursionError:
        print("caught")
    except BaseException as error:
        print(type(error).__name__)
nested = []
for _ in range(10**6):
    nested = [nested]
del nested
print("done")
