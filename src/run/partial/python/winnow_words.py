"""What is known of names and libraries before a program is looked at: which type a value probably has because of what it is called, or where it comes from.

Tables only. Types are the words of `types.ts`. A weight of 1 is a hint that a single use overrules; 3 is as good as a use. Weights of names are those that
`docs/measurements/partial.md` tells the share of right guesses for.
"""

import re

# Attributes that types have decide what a value can be: a list has no `split`.
CONCRETE = {
    'integer': int, 'float': float, 'text': str, 'bytes': bytes, 'boolean': bool, 'list': list, 'tuple': tuple, 'set': set, 'mapping': dict,
    'none': type(None),
}
ATTRIBUTES = {name: frozenset(dir(kind)) for name, kind in CONCRETE.items()}
COMMON = frozenset(dir(object))

# Methods that say most about what they are called on, weightiest first.
METHODS = {
    'text': 'split strip lower upper startswith endswith replace format encode lstrip rstrip splitlines title isdigit isalpha isalnum isspace isupper islower capitalize '
            'partition rpartition rsplit zfill ljust rjust center casefold swapcase expandtabs isidentifier isnumeric removeprefix removesuffix join translate',
    'bytes': 'decode hex',
    'list': 'append extend insert sort reverse',
    'set': 'add discard union intersection difference issubset issuperset difference_update intersection_update symmetric_difference isdisjoint',
    'mapping': 'items keys values get setdefault popitem fromkeys',
    'integer': 'bit_length to_bytes',
    'float': 'is_integer',
    'path': 'resolve read_bytes read_text write_bytes write_text iterdir rglob relative_to joinpath with_suffix',
}
METHOD_TYPES = {method: kind for kind, methods in METHODS.items() for method in methods.split()}

# What methods give, whatever they are called on: only names that mean the same nearly everywhere.
RESULTS = {
    'text': 'strip lower upper replace format decode lstrip rstrip title capitalize join getvalue hexdigest strftime isoformat as_posix basename dirname get_name getcwd '
            'readline ljust rjust zfill dumps as_text get_data_as_text url_for gettext ugettext render_template get_text',
    'bytes': 'encode digest tobytes to_bytes',
    'list': 'split splitlines readlines rsplit findall tolist listdir fetchall sorted glob find_all get_args',
    'boolean': 'startswith endswith isdigit isalpha exists isfile isdir is_file is_dir is_alive isspace has_key callable is_absolute hasattr issubclass isinstance issubset is_set',
    'integer': 'count find index rfind bit_length fileno tell poll getpid randint fetchcount len ord',
    'float': 'time total_seconds timestamp perf_counter monotonic random uniform',
    'mapping': 'json groupdict as_dict to_dict asdict get_json loads',
    'tuple': 'partition rpartition splitext groups fetchone stat_result',
    'instance': 'copy group match search get_or_create',
}
RESULT_TYPES = {method: kind for kind, methods in RESULTS.items() for method in methods.split()}

# Functions of well-known modules: what their first argument is, and what they give.
FUNCTIONS = {
    'os.path.join': ('path', 'text'), 'os.path.exists': ('path', 'boolean'), 'os.path.isfile': ('path', 'boolean'), 'os.path.isdir': ('path', 'boolean'),
    'os.path.basename': ('path', 'text'), 'os.path.dirname': ('path', 'text'), 'os.path.abspath': ('path', 'text'), 'os.path.realpath': ('path', 'text'),
    'os.path.splitext': ('path', 'tuple'), 'os.path.getsize': ('path', 'integer'), 'os.path.normpath': ('path', 'text'), 'os.path.expanduser': ('path', 'text'),
    'os.listdir': ('path', 'list'), 'os.makedirs': ('path', 'none'), 'os.mkdir': ('path', 'none'), 'os.remove': ('path', 'none'), 'os.stat': ('path', 'instance'),
    'os.walk': ('path', 'iterator'), 'os.environ.get': ('text', 'text'), 'os.getenv': ('text', 'text'), 'os.chdir': ('path', 'none'),
    're.match': ('text', 'instance'), 're.search': ('text', 'instance'), 're.sub': ('text', 'text'), 're.findall': ('text', 'list'), 're.compile': ('text', 'regex'),
    're.split': ('text', 'list'), 'json.loads': ('text', 'mapping'), 'json.dumps': ('mapping', 'text'), 'json.load': ('file', 'mapping'),
    'importlib.import_module': ('text', 'module'), 'inspect.isclass': ('instance', 'boolean'), 'time.sleep': ('integer', 'none'),
    'random.choice': ('list', None), 'random.shuffle': ('list', 'none'), 'math.sqrt': ('integer', 'float'), 'math.floor': ('float', 'integer'),
    'math.ceil': ('float', 'integer'), 'itertools.chain': ('list', 'iterator'), 'functools.partial': ('callable', 'callable'), 'functools.wraps': ('callable', 'callable'),
    'copy.copy': (None, None), 'copy.deepcopy': (None, None), 'datetime.datetime.now': (None, 'time'), 'datetime.date.today': (None, 'time'),
    'Path': ('path', 'path'), 'pathlib.Path': ('path', 'path'), 'shutil.rmtree': ('path', 'none'), 'shutil.copy': ('path', 'text'),
    'len': (None, 'integer'), 'int': (None, 'integer'), 'float': (None, 'float'), 'str': (None, 'text'), 'repr': (None, 'text'), 'bool': (None, 'boolean'),
    'list': ('list', 'list'), 'tuple': ('list', 'tuple'), 'set': ('list', 'set'), 'dict': ('mapping', 'mapping'), 'sorted': ('list', 'list'),
    'reversed': ('list', 'iterator'), 'enumerate': ('list', 'iterator'), 'zip': ('list', 'iterator'), 'map': ('callable', 'iterator'),
    'filter': ('callable', 'iterator'), 'range': ('integer', 'iterator'), 'sum': ('list', 'integer'), 'max': (None, None), 'min': (None, None), 'abs': ('integer', 'integer'),
    'round': ('float', 'integer'), 'ord': ('text', 'integer'), 'chr': ('integer', 'text'), 'any': ('list', 'boolean'), 'all': ('list', 'boolean'),
    'iter': ('list', 'iterator'), 'next': ('iterator', None), 'open': ('path', 'file'), 'isinstance': (None, 'boolean'), 'issubclass': ('class', 'boolean'),
    'hasattr': (None, 'boolean'), 'callable': (None, 'boolean'), 'frozenset': ('list', 'set'), 'bytes': (None, 'bytes'), 'bytearray': (None, 'bytes'),
    'input': ('text', 'text'), 'hex': ('integer', 'text'), 'bin': ('integer', 'text'), 'id': (None, 'integer'), 'hash': (None, 'integer'), 'type': (None, 'class'),
    'divmod': ('integer', 'tuple'), 'format': (None, 'text'), 'exec': ('text', 'none'), 'eval': ('text', None), 'compile': ('text', None), '__import__': ('text', 'module'),
    'vars': ('instance', 'mapping'), 'dir': (None, 'list'),
}
# Functions that work on whatever can be iterated: a list is only the most likely.
LOOSE = frozenset('list tuple set sorted reversed enumerate zip sum any all iter frozenset'.split())

# Types of annotations.
ANNOTATIONS = {
    'int': 'integer', 'float': 'float', 'str': 'text', 'Text': 'text', 'AnyStr': 'text', 'bytes': 'bytes', 'bool': 'boolean', 'None': 'none', 'list': 'list', 'List': 'list',
    'Sequence': 'list', 'MutableSequence': 'list', 'Iterable': 'list', 'Collection': 'list', 'tuple': 'tuple', 'Tuple': 'tuple', 'set': 'set', 'Set': 'set',
    'frozenset': 'set', 'FrozenSet': 'set', 'AbstractSet': 'set', 'dict': 'mapping', 'Dict': 'mapping', 'Mapping': 'mapping', 'MutableMapping': 'mapping',
    'DefaultDict': 'mapping', 'OrderedDict': 'mapping', 'Callable': 'callable', 'Type': 'class', 'type': 'class', 'Iterator': 'iterator', 'Generator': 'iterator',
    'Awaitable': 'awaitable', 'Coroutine': 'awaitable', 'Path': 'path', 'PathLike': 'path', 'Pattern': 'regex', 'datetime': 'time', 'date': 'time', 'IO': 'file',
    'TextIO': 'file', 'BinaryIO': 'file', 'ModuleType': 'module', 'BaseException': 'error', 'Exception': 'error', 'object': None, 'Any': None,
}

EXACT = {
    'integer': 'i j k n m x y count index idx size length width height depth level line lineno line_number column col row offset start end port age year month day hour minute second '
               'num number total limit max_length maxlen pid status status_code code retries timeout_ms seed step steps epoch batch_size id uid pk stacklevel newlines before after '
               'precedence indent errno amount quantity',
    'float': 'timeout rate ratio score price weight alpha beta gamma epsilon lr learning_rate duration elapsed probability threshold lat lon latitude longitude temperature salary',
    'text': 'name text s string line word msg message title label prefix suffix url uri href path filename file_name fname filepath file_path dirname directory folder key char c '
            'password username user_name email host hostname domain mode encoding charset description desc doc docstring html body content contents src source '
            'source_code command cmd sql fmt pattern delimiter sep separator extension ext language lang token_name method endpoint template_name rule attr attribute address city '
            'state country subdomain mimetype import_name template template_folder static_folder root_path instance_path static_url_path loc letter sentence paragraph phrase '
            'BASE_DIR PATH ROOT HOST USER PASSWORD DATABASE URL API_KEY SECRET_KEY line_str query_string input_string my_string str1 str2 string1 string2',
    'boolean': 'verbose debug force quiet recursive strict enabled disabled silent flag ok done found success valid active dry_run is_valid visible preview check fast diff '
               'shell as_tuple buffered follow_redirects color use_cache optional required inplace async_ static always_rewrite',
    'list': 'args argv items elements values rows lines words names files paths results children data_list lst arr array numbers nums queue stack parts tokens nodes entries '
            'records keys columns fields options errors messages tests cases users points edges urls l a_list my_list mylist list1 list2 leaves siblings lists '
            'sources srcs targets indices functions funcs bases',
    'mapping': 'kwargs kw params config settings headers d dct mapping dictionary meta metadata env environ cookies attrs attributes properties props defaults my_dict mydict dict1 dict2 '
               'cache lookup registry table payload counts memo context extra form json_data view_functions namespace jinja_options error_handler_spec',
    'set': 'seen visited unique excluded ignored',
    'file': 'f fp fh file fd infile outfile input_file output_file stream stdin stdout stderr file_obj fileobj csvfile csv_file',
    'callable': 'func function fn callback cb handler hook method factory predicate decorator wrapper view_func on_change key_func view f_ target',
    'class': 'cls klass Class class_ type_ Base',
    'error': 'e err error exc exception ex exc_value',
    'bytes': 'raw buf buffer chunk blob payload_bytes src_contents_bytes encoded',
    'tuple': 'shape pair coords point position pos size_tuple exc_info dimensions resolution color_tuple rgb',
    'time': 'now today date dt datetime_ timestamp_dt created_at updated_at start_date end_date start_time_dt last_modified',
    'regex': 'regex regexp compiled',
    'module': 'module mod np pd plt tf torch nn sns sp requests django flask numpy pandas os sys re json math random time',
    'iterator': 'it iterator gen generator',
    'instance': 'self obj app request response session node leaf model user conn connection cursor db client logger log parser ctx manager instance parent child root tree graph window '
                'widget canvas screen driver socket sock server event token tok object other item element df img image page bp blueprint g current_app testcase soup',
}
EXACT_TYPES = {name: kind for kind, names in EXACT.items() for name in names.split()}

PATTERNS = [(re.compile(pattern), kind, weight) for pattern, kind, weight in (
    (r'^(is|has|have|should|can|use|allow|enable|disable|with|was|needs?|do|no|in|contains|supports|must|will|are|did)_[a-z]', 'boolean', 1.5),
    (r'^(n|num|nb|max|min|total)_', 'integer', 1.2),
    (r'(_count|_size|_length|_len|_num|_index|_idx|_id|_no|_number|_depth|_width|_height|_offset|_port|_level|count|_line|_column|lineno|_indent)$', 'integer', 1.2),
    (r'(_time|_rate|_ratio|_score|_prob|_seconds|_duration)$', 'float', 0.8),
    (r'(path|_dir|_file|filename|_name|name|_str|_string|_text|_url|url|_uri|_msg|_message|_title|_label|_prefix|_suffix|_key|_word|_folder|_host|_password|_email|_doc|_format)$', 'text', 1.2),
    (r'(_list|_array|_rows|_lines|_items)$', 'list', 1.5),
    (r'(_dict|_map|_mapping|_table|_lookup|_by_[a-z]+|_kwargs|_params|_config|_headers|_options|_settings|_args_dict)$', 'mapping', 1.3),
    (r'(_set)$', 'set', 1.3),
    (r'(_func|_fn|_function|_callback|_handler|_hook|_factory|_cb|_decorator)$', 'callable', 1.3),
    (r'(_class|_cls|_klass)$', 'class', 1.3),
    (r'(_re|_regex|_pattern)$', 'regex', 1.2),
    (r'(_bytes)$', 'bytes', 1.3),
    (r'(Error|Exception|Warning|Exit|Interrupt)$', 'class', 2.0),
    (r'(_at|_date|_datetime)$', 'time', 0.9),
    (r'^_?[a-z0-9_]{3,}[^su_i]s$', 'list', 0.9),
    (r'^_?[A-Z][A-Z0-9_]*[A-Z0-9]S$', 'list', 0.6),
    (r'^_?[A-Z][A-Z0-9_]+$', 'text', 0.3),
    (r'^_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$', 'class', 1.2),
    (r'^[a-z]$', 'integer', 0.4),
)]


# What the language itself gives to nearly everything.
OWN = {
    '__name__': 'text', '__qualname__': 'text', '__module__': 'text', '__file__': 'text', '__version__': 'text', '__class__': 'class', '__dict__': 'mapping',
    '__globals__': 'mapping', '__mro__': 'tuple', '__bases__': 'tuple',
}
CLASS_NAME = re.compile(r'(^|_)(cls|class|klass)_*$')


def names_class(name):
    """Whether something of this name, in small letters, is a class where it is called."""
    return CLASS_NAME.search(name) is not None


def by_name(name):
    """-> pairs of type and weight for a variable or attribute of this name."""
    if name in OWN:
        return [(OWN[name], 3.0)]
    plain = name.lstrip('_') or name
    kind = EXACT_TYPES.get(plain)
    found = [(kind, 1.3)] if kind is not None else []
    for pattern, kind, weight in PATTERNS:
        if pattern.search(name):
            found.append((kind, weight))
            break
    return found


def by_call(name):
    """-> pairs of type and weight for what a function of this name gives."""
    kind = RESULT_TYPES.get(name)
    if kind is not None:
        return [(kind, 2.0)]
    if re.match(r'^_?iter(_|[a-z]+s$)', name):
        return [('iterator', 2.0)]
    if re.match(r'^_?(dump|dumps|quote|unquote|escape|unescape|stringify|to_(str|text|unicode|native))(_|$)', name):
        return [('text', 1.5)]
    if re.match(r'^_?(is|has|can|should|was|contains|supports|check|validate|matches|exists)(_|$)', name):
        return [('boolean', 1.5)]
    if re.match(r'^_?(get|find|read|load|make|create|build|fetch|compute|parse|generate|format|render|to)_', name):
        return [(kind, weight * 0.8) for kind, weight in by_name(name.split('_', 1)[1] if name[0] != '_' else name[1:].split('_', 1)[-1]) if kind not in ('class', 'module')]
    if re.match(r'^(count|num|len)_', name):
        return [('integer', 1.2)]
    if re.match(r'^(set|add|remove|delete|update|print|write|log|send|close|start|stop|save|register|clear|reset|init|run|execute|show|warn|err|out)(_|$)', name):
        return [('none', 0.3)]
    return []


CONSTANTS = {bool: 'boolean', int: 'integer', float: 'float', str: 'text', bytes: 'bytes', type(None): 'none', complex: 'float'}
ARTICLES = {'integer': 'an integer', 'iterator': 'an iterator', 'instance': 'an instance', 'error': 'an error', 'none': 'None'}


def a(kind):
    return ARTICLES.get(kind) or 'a ' + kind
