/**
 * Which modules of the standard library lie in the memory image, imported and ready.
 */

/**
 * What programs commonly import: the modules that CRUXEval, HumanEval, MBPP and contest solutions name, and what
 * those import themselves. Left out are the heavy and rare (`doctest`, `http`, `xml`, `sqlite3`): they are imported as usual.
 */
export const imageModules: readonly string[] = (
  'abc argparse array ast asyncio base64 binascii bisect calendar cmath codecs collections collections.abc contextlib copy ' +
  'csv ctypes dataclasses datetime decimal difflib enum errno fnmatch fractions functools glob hashlib heapq html inspect io ' +
  'itertools json keyword linecache locale logging math numbers operator os pathlib pickle platform pprint queue random re ' +
  'secrets shutil signal statistics string struct tempfile textwrap threading time timeit tokenize traceback types ' +
  'typing unicodedata unittest urllib.parse uuid warnings weakref zlib'
).split(' ');

/** Modules that `python3 -c pass` has loaded from files or frozen code (3.14 on Linux): `sys.modules` less the built-in ones. */
export const startModules: readonly string[] = (
  'sys builtins abc codecs encodings io os posixpath genericpath stat site _collections_abc _sitebuiltins zipimport time ' +
  'errno marshal posix signal _signal __main__ importlib _io _abc _stat _codecs _weakref _thread _warnings _imp'
).split(' ');
