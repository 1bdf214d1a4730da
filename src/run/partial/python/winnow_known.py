"""Names of the standard library that mean the same nearly everywhere, and its functions that leave the sandbox."""

MODULES = {name: name for name in (
    'os sys re json math random time datetime itertools functools collections subprocess threading logging traceback inspect textwrap string shutil tempfile csv copy pickle '
    'warnings operator types typing contextlib asyncio io ast tokenize platform signal socket struct hashlib base64 glob fnmatch urllib weakref abc enum dataclasses uuid zlib gzip '
    'sqlite3 argparse unittest importlib pkgutil pathlib codecs locale gc ctypes multiprocessing queue heapq bisect decimal fractions statistics secrets html xml errno stat '
    'configparser getpass unicodedata difflib pprint numbers zipfile tarfile atexit dis symtable keyword builtins').split()}
MODULES['np'] = 'numpy'
MODULES['pd'] = 'pandas'
MODULES['plt'] = 'matplotlib.pyplot'

NAMES = {}
for module, names in {
    'pathlib': 'Path PurePath PosixPath',
    'collections': 'defaultdict OrderedDict Counter deque namedtuple ChainMap',
    'functools': 'partial wraps lru_cache reduce update_wrapper cached_property total_ordering singledispatch',
    'itertools': 'chain islice count cycle product permutations combinations groupby zip_longest starmap takewhile dropwhile accumulate repeat',
    'dataclasses': 'dataclass field asdict replace',
    'typing': 'Any Optional Union List Dict Tuple Set FrozenSet Type Callable Iterable Iterator Sequence Mapping Generator NamedTuple TypeVar Generic cast TYPE_CHECKING Collection '
              'MutableMapping ClassVar Final Literal overload NoReturn Awaitable AsyncIterator Pattern Match TextIO BinaryIO IO Text',
    'contextlib': 'contextmanager suppress closing ExitStack redirect_stdout redirect_stderr nullcontext',
    'datetime': 'timedelta timezone',
    'io': 'StringIO BytesIO TextIOWrapper',
    'enum': 'Enum IntEnum Flag auto',
    'abc': 'ABC ABCMeta abstractmethod',
    'decimal': 'Decimal',
    'fractions': 'Fraction',
    'operator': 'itemgetter attrgetter methodcaller',
    'copy': 'deepcopy',
    'types': 'SimpleNamespace ModuleType FunctionType MethodType TracebackType',
    'threading': 'Thread Lock RLock Timer',
    'concurrent.futures': 'ThreadPoolExecutor ProcessPoolExecutor as_completed',
    'importlib': 'import_module',
    'textwrap': 'dedent',
    'pprint': 'pprint',
    'unittest': 'TestCase',
    'unittest.mock': 'MagicMock Mock',
    'urllib.parse': 'urlparse urlencode urljoin quote unquote urlsplit',
    'time': 'sleep perf_counter',
    'math': 'sqrt ceil floor pi',
    'string': 'ascii_lowercase ascii_uppercase ascii_letters punctuation',
    'subprocess': 'Popen check_output',
    'argparse': 'ArgumentParser',
    'tokenize': 'TokenInfo generate_tokens',
    'weakref': 'WeakKeyDictionary WeakValueDictionary',
    'random': 'randint choice shuffle',
}.items():
    for name in names.split():
        NAMES[name] = module + ':' + name
del module, names, name

# What Python 2 had, by what has its place now: programs of its time are whole but for these.
NAMES.update(unicode='builtins:str', xrange='builtins:range', raw_input='builtins:input', basestring='builtins:str', long='builtins:int', unichr='builtins:chr', file='builtins:open')
PYTHON2 = {'iteritems': 'items', 'itervalues': 'values', 'iterkeys': 'keys', 'has_key': '__contains__', 'viewitems': 'items', 'viewkeys': 'keys', 'viewvalues': 'values', 'next': '__next__',
           'func_name': '__name__', 'func_code': '__code__', 'im_func': '__func__', 'im_self': '__self__'}

# By name, the modules in which a function of this name leaves the sandbox; `sleep` is only waited for in vain.
NETWORK = {
    'urlopen': ('urllib.request',), 'urlretrieve': ('urllib.request',), 'get': ('requests.api',), 'post': ('requests.api',), 'put': ('requests.api',), 'delete': ('requests.api',),
    'head': ('requests.api',), 'request': ('requests.api',), 'create_connection': ('socket',), 'gethostbyname': ('_socket', 'socket'), 'getaddrinfo': ('socket',),
    'run': ('subprocess',), 'Popen': ('subprocess',), 'call': ('subprocess',), 'check_call': ('subprocess',), 'check_output': ('subprocess',), 'sleep': ('time',),
    'getpass': ('getpass',), 'connect': ('socket',),
}
