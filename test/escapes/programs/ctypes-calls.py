# tries: C functions by ctypes: system, open, execve, raw system calls, reading memory of its own runtime
# endings: any
import ctypes

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

libc = ctypes.CDLL(None)
attempt("system", lambda: libc.system(b"echo x > /usr/winnow-owned; echo x > /tmp/winnow-owned"))
attempt("open", lambda: libc.open(b"/usr/winnow-owned-2", 0o101, 0o644))
attempt("emscripten", lambda: libc.emscripten_run_script_int(b"process.pid"))
attempt("emscripten string", lambda: ctypes.c_char_p(libc.emscripten_run_script_string(b"JSON.stringify(process.env)")).value)
attempt("asm", lambda: libc.emscripten_asm_const_int(b"process.exit(7)"))
attempt("dlopen", lambda: ctypes.CDLL("libc.so.6").system(b"echo x > /var/tmp/winnow-owned"))
attempt("pythonapi", lambda: ctypes.pythonapi.Py_GetVersion())
attempt("syscall", lambda: libc.syscall(59, b"/bin/sh", 0, 0) if hasattr(libc, "syscall") else None)
attempt("peek", lambda: ctypes.string_at(0x1000, 64))
print("done")
