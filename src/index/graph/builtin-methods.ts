/**
 * Names of methods that values of the languages themselves have. A call of one of them on something unknown says
 * nothing about a method of that name in the repository: `items.append(x)` is a list nearly always.
 */
import { valueMethods } from './ruby-library.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** `dir()` of str, bytes, list, tuple, dict, set, int, float, complex, generators, files, threads' locks and futures, logging, regular expressions and paths. */
const python = words(`
  acquire add all any append appendleft as_integer_ratio as_posix astype bit_count bit_length cancel capitalize casefold center clear close closed
  copy copyfile count critical date debug decode difference difference_update discard done done_callback encode end endswith error exception
  exists expanduser expandtabs extend extendleft fileno find findall finditer flush format format_map from_bytes fromhex fromkeys fullmatch
  get get_nowait getvalue glob group groupdict groups hex index info insert intersection intersection_update is_dir is_file is_integer
  isalnum isalpha isascii isatty isdecimal isdigit isdisjoint isidentifier islower isnumeric isoformat isprintable isspace issubset
  issuperset istitle isupper items iterdir join keys ljust lock log lower lstrip maketrans match mkdir move_to_end mro notify now open
  partition pop popitem popleft put put_nowait read read_bytes read_text readable readline readlines readinto real release remove
  removeprefix removesuffix rename replace resolve result reverse rfind rglob rindex rjust rmdir rotate rpartition rsplit rstrip run
  search seek seekable send set setdefault setup shape sort span split splitlines start startswith stat strftime strip strptime sub subn
  submit sum swapcase symmetric_difference symmetric_difference_update tell throw time title to_bytes today tolist total_seconds
  touch translate truncate union unlink update upper values wait warn warning writable write write_bytes write_text writelines zfill
`);

/** Own methods of Object, Function, Array, String, Number, Map, Set, Promise, RegExp, Date, Symbol, iterators, EventTarget, EventEmitter, streams and DOM nodes. */
const ecmascript = words(`
  add addEventListener addListener all allSettled any append appendChild apply assign at bind call catch charAt charCodeAt clear close
  clone concat contains copyWithin create createElement defineProperty delete destroy emit end endsWith entries every exec fill filter find
  findIndex findLast finally flat flatMap forEach freeze from get getAttribute getTime has hasOwnProperty includes indexOf insertBefore
  isArray join keys lastIndexOf length listen localeCompare log map match matchAll next now of off on once open padEnd padStart parse
  pipe pop postMessage preventDefault push querySelector querySelectorAll race raw read reduce reduceRight reject remove
  removeEventListener removeListener repeat replace replaceAll resolve return reverse search send set setAttribute shift slice some sort splice split
  startsWith stopPropagation stringify subscribe substr substring test then throw toFixed toISOString toJSON toLocaleString
  toLowerCase toPrecision toString toUpperCase trim trimEnd trimStart unshift valueOf values warn error info debug write
`);

/** Methods of Object, String, collections, streams, Optional, StringBuilder, threads and streams of bytes. */
const java = words(`
  accept add addAll addFirst addLast allMatch anyMatch append apply asList charAt clear clone close collect collect compareTo compute
  computeIfAbsent computeIfPresent contains containsKey containsValue copyOf count countDown debug delete distinct emptyList emptyMap
  endsWith entrySet equals equalsIgnoreCase error execute exists filter findAny findFirst flatMap flush forEach format get getBytes
  getClass getKey getMessage getName getOrDefault getValue hasNext hashCode ifPresent indexOf info insert intValue invoke isEmpty
  isPresent iterator join keySet lastIndexOf length limit list lock longValue map matches max merge min next noneMatch now of offer
  ofNullable orElse orElseGet orElseThrow parse peek poll pop print println push put putAll putIfAbsent read remove removeAll removeIf
  replace replaceAll reverse run set setName size skip sort sorted split start startsWith stop stream submit substring subList sum
  test toArray toList toLowerCase toString toUpperCase trace trim unlock update valueOf values wait warn write
`);

/** Methods of object, string, sequences, collections, streams, tasks, numbers and dates, and of LINQ; assertions of test libraries. */
const csharp = words(`
  Add AddRange Aggregate All Any Append AppendLine AreEqual AreNotEqual AsEnumerable AsReadOnly AsSpan Average BeginInvoke Cancel Cast Clear Clone Close
  Combine Compare CompareTo Concat ConfigureAwait Contains ContainsKey ContinueWith Copy CopyTo Count Create CreateInstance Dequeue Dispose
  DisposeAsync Distinct ElementAt EndsWith Enqueue Equal Equals Except Exists False Fail Find FindAll FindIndex First FirstOrDefault Flush FlushAsync
  ForEach Format GetAwaiter GetBytes GetEnumerator GetHashCode GetLength GetResult GetString GetType GetValue GetValueOrDefault GroupBy IndexOf
  IndexOfAny Insert Intersect Invoke IsAssignableFrom IsFalse IsInstanceOf IsInstanceOfType IsMatch IsNaN IsNotNull IsNull IsNullOrEmpty
  IsNullOrWhiteSpace IsTrue Join Last LastIndexOf LastOrDefault Log LogDebug LogError LogInformation LogWarning Match Matches Max MemberwiseClone Min
  MoveNext NotEqual NotNull Null OfType Open OpenAsync OrderBy OrderByDescending Parse Peek Pop Push Read ReadAsync ReadLine ReadToEnd Remove RemoveAll
  RemoveAt Replace Reset Resize Reverse Round Run Same Seek Select SelectMany SequenceEqual Set SetValue Single SingleOrDefault Skip Sort Split Start
  StartsWith Stop Substring Sum Take That ThenBy Throws ThrowsAsync ToArray ToDictionary ToHashSet ToList ToLower ToLowerInvariant ToString ToUpper
  ToUpperInvariant Trim TrimEnd TrimStart True TryAdd TryGetValue TryParse Union Wait WaitOne Where Write WriteAsync WriteLine Zip
`);

/** Methods of the standard libraries' usual values. */
const systems = words(`
  add all any append as_mut as_ref as_str at back begin borrow c_str capacity chars clear clone close cmp collect contains context copied count data
  default deref drop empty emplace emplace_back end enter entry eq erase err error expect extend fill filter find first flat_map flush fmt fold
  for_each front get get_mut hash index insert into into_iter is_empty is_err is_none is_ok is_some iter iter_mut join keys last len length
  lines lock map map_err max min new next ok or_else parse pop pop_back push push_back push_str read recv remove replace reserve reset
  resize retain rev send set size skip sort split str string sub swap take to_owned to_string trim unlock unwrap unwrap_or update
  value values wait with write zip Close Error Get Len Lock Read RLock RUnlock Set String Unlock Write Add Done Wait
`);

/** Methods of exceptions, closures, dates, iterators, PDO, mysqli, DOM, reflection, and of the PSR interfaces that every framework has. */
const php = words(`
  add all append attach bind bindParam bindTo bindValue beginTransaction call close commit count current debug delete detach diff each emergency
  error exec execute expects fetch fetchAll fetchColumn filter find first flush format fromCallable get getArrayCopy getAttribute getBody
  getCode getContents getDocComment getElementById getElementsByTagName getFile getHeader getHeaderLine getHeaders getIterator getLine
  getMessage getMethod getMethods getName getPath getPrevious getProperties getQuery getSize getStatusCode getTimestamp getTraceAsString
  getUri getValue handle has info insert isEmpty item key last load log map method modify next notice offsetExists offsetGet offsetSet
  offsetUnset open pop prepare process push query read remove reset rewind rollBack run save search seek send set setAttribute
  setTimezone setValue shift sort start stop sub toArray top unset unshift update valid values warning will willReturn with withHeader write
`);

const byLanguage: Readonly<Record<string, ReadonlySet<string>>> = {
  python,
  javascript: ecmascript,
  typescript: ecmascript,
  tsx: ecmascript,
  java,
  kotlin: java,
  csharp,
  php,
  ruby: valueMethods,
};

/** Whether values of the language itself have such a method. */
export const isBuiltinMethod = (language: string, name: string): boolean => (byLanguage[language] ?? systems).has(name);
