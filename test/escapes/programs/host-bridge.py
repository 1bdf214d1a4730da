# tries: every way from Python in a JavaScript engine to the process that hosts it
# prints: done
# harmless: yes
import importlib
import sys

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

ROUTES = [
    "process.pid", "globalThis.process.mainModule", "require('fs')", "import('node:fs')",
    "this.constructor.constructor('return process')().pid",
    "globalThis.constructor.constructor('return process')().pid",
    "(function(){}).constructor('return process')().pid",
    "(async()=>{}).constructor('return process')()",
    "Error.prepareStackTrace=(e,s)=>s.map(f=>f.getThis()), new Error().stack",
    "new Function('return globalThis.process')().pid",
    "Object.getPrototypeOf(async function*(){}).constructor('return process')().next()",
    "WebAssembly.Module.constructor('return process')().pid",
    "fetch('http://127.0.0.1:47001')", "new WebSocket('ws://127.0.0.1:47001')", "new Worker('x')", "Deno.pid", "Bun.version",
    "process.binding('fs')", "process.kill(process.ppid)",
]
for module in ["js", "pyodide_js", "pyodide.code", "pyodide.ffi", "_pyodide_core", "pyodide._core", "_pyodide", "pyodide.http"]:
    attempt(module, lambda: importlib.import_module(module))

def run_js(text):
    from pyodide.code import run_js
    value = run_js(text)
    if "process" in text and str(value) not in ("undefined", "None"):
        print("escaped by", text, value)
    return value

for route in ROUTES:
    attempt(route, lambda: run_js(route))
    attempt("eval " + route, lambda: importlib.import_module("js").eval(route))
js = sys.modules.get("js")
for name in ["process", "require", "Deno", "fetch", "module", "Buffer", "global"]:
    if js is not None and hasattr(js, name):
        print("escaped: js has", name)
attempt("mount", lambda: importlib.import_module("pyodide_js").mountNodeFS("/host", "/"))
attempt("fs", lambda: importlib.import_module("pyodide_js").FS.filesystems.NODEFS)
attempt("nodefs", lambda: importlib.import_module("pyodide_js")._module.FS.mount("NODEFS", {"root": "/"}, "/host"))
attempt("load", lambda: importlib.import_module("pyodide_js").loadPackage("micropip"))
attempt("pyfetch", lambda: importlib.import_module("pyodide.http").open_url("http://127.0.0.1:47001"))
attempt("constructor", lambda: js.Object.constructor.constructor("return process")())
attempt("proxy", lambda: importlib.import_module("pyodide.ffi").create_proxy(print).constructor.constructor("return process")())
print("done")
