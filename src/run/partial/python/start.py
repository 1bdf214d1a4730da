"""A round of partial execution. What is to be done stands in `plan.json` beside this file; what was done goes to `rows.jsonl`.

The program gets a `__main__` of its own, its arguments and its path. Its files that are looked into are rewritten with hooks before they run; all others run as they are.
"""


def begin():
    import json
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(here)
    with open(os.path.join(here, 'plan.json'), 'rb') as file:
        plan = json.loads(file.read().decode('utf-8'))
    sys.path[0] = here
    sys.dont_write_bytecode = True
    code = os.path.join(here, 'code.bin')
    if os.path.exists(code):
        import builtins
        import marshal

        own = dict(builtins.__dict__)

        class Compiled:
            """Finds the files of this directory, compiled."""

            codes = marshal.loads(open(code, 'rb').read())

            def find_spec(self, name, path=None, target=None):
                if name in self.codes:
                    from importlib.machinery import ModuleSpec
                    return ModuleSpec(name, self)

            def create_module(self, spec):
                return None

            def exec_module(self, module):
                # What the program puts in the place of built-ins is not used here.
                module.__dict__['__builtins__'] = own
                exec(self.codes[module.__name__], module.__dict__)

        compiled = Compiled()
        sys.meta_path.insert(0, compiled)
        from winnow_run import run
        sys.meta_path.remove(compiled)
    else:
        from winnow_run import run
    sys.path[0] = os.path.dirname(os.path.join(root, plan['entry']))
    return run(plan, here, root)


begin()
