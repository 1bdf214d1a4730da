# tries: to crash with a core file
# endings: crashed, exited
import ctypes
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (ValueError, OSError) as error:
    print(type(error).__name__)
ctypes.string_at(0)
