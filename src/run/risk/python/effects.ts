/**
 * What functions of Python's standard library and of common packages do: full names to effects.
 *
 * Sources: the standard library's reference, its table of audit events (docs.python.org/3/library/audit_events.html), and the packages' own
 * pages. A name that is not here does nothing as far as this reading goes; that is a limit, and `docs/risk.md` says so.
 */
import {
  allArguments,
  argument,
  connect,
  type Effect,
  evaluates,
  file,
  tellFile,
  tellSent,
  tells,
  transfer,
  tree,
} from '../effects.ts';
import { placeOf } from '../places.ts';
import { isKnownText, labelsOf, textsOf } from '../values.ts';
import {
  archives,
  changesMode,
  deserialises,
  encodes,
  executes,
  fetches,
  forks,
  httpRows,
  imports,
  kills,
  loadsYaml,
  makesMemory,
  monitors,
  onSelf,
  opens,
  opensPath,
  readsVariable,
  runsProcess,
  sends,
  setsVariable,
  socketConnects,
  socketListens,
  starts,
  tellMode,
  tellsRandom,
  writes,
} from './acts.ts';
import { canonical } from './knowledge.ts';

const all = (names: string, effect: Effect): (readonly [string, Effect])[] =>
  names.split(' ').map((name) => [name, effect] as const);

const table: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['open', opens],
  ['codecs.open', opens],
  [
    'os.open',
    (call) => {
      const flags = argument(call, 1, 'flags').some((one) => one.kind !== 'name' || !/O_RDONLY$/.test(one.name));
      tellFile(call, flags ? 'write' : 'read', argument(call, 0, 'path'));
    },
  ],
  ['open().write', writes],
  ['open().writelines', writes],
  ['Path.open', opensPath],
  ...all('Path.read_text Path.read_bytes Path.readlink', onSelf('read')),
  ...all('Path.write_text Path.write_bytes Path.touch Path.mkdir Path.symlink_to Path.hardlink_to', onSelf('write')),
  ...all('Path.unlink Path.rmdir', onSelf('delete')),
  ...all('Path.iterdir Path.glob Path.rglob Path.walk', onSelf('list')),
  [
    'Path.chmod',
    (call) => {
      const [mode] = argument(call, 0, 'mode');
      tellMode(call, call.self === null ? [] : [call.self], mode?.kind === 'number' ? mode.number : null);
    },
  ],
  ...all('Path.rename Path.replace', (call) => {
    tellFile(call, 'delete', call.self === null ? [] : [call.self]);
    tellFile(call, 'write', argument(call, 0, 'target'));
  }),
  ...all('os.remove os.unlink os.rmdir os.removedirs os.truncate', file('delete', 0, 'path', 'name')),
  ['shutil.rmtree', tree('delete', 0, 'path')],
  ...all(
    'os.listdir os.scandir os.walk os.fwalk glob.glob glob.iglob dircache.listdir',
    file('list', 0, 'path', 'pathname', 'top'),
  ),
  ...all('os.mkdir os.makedirs os.mkfifo os.mknod', file('write', 0, 'name', 'path')),
  ...all('os.rename os.renames os.replace shutil.move', transfer('delete', 'src', 'dst')),
  ...all(
    'shutil.copy shutil.copy2 shutil.copyfile shutil.copytree os.link os.symlink shutil.copymode',
    transfer('read', 'src', 'dst'),
  ),
  ...all('os.chdir os.chroot', (call) => {
    const path = argument(call, 0, 'path');
    if (call.name === 'os.chroot') tells('privileges', 'chroot', 'high', 'changes what it sees as the root')(call);
    else if (textsOf(path).some((one) => !['inside', 'temporary', 'unknown'].includes(placeOf(one))))
      tellFile(call, 'list', path);
  }),
  ...all('tarfile.open zipfile.ZipFile shutil.make_archive', archives),
  ...all(
    'linecache.getline linecache.getlines fileinput.input os.readlink',
    file('read', 0, 'filename', 'files', 'path'),
  ),
  ...all(
    'pandas.read_csv pandas.read_json pandas.read_excel numpy.load numpy.loadtxt',
    file('read', 0, 'filepath_or_buffer'),
  ),
  ...all('os.chmod os.lchmod', changesMode),
  ...all(
    'os.chown os.lchown shutil.chown',
    tells('privileges', 'chown', 'high', 'gives a file to another user', 0, 'path'),
  ),
  ...all(
    'os.setuid os.setgid os.seteuid os.setegid os.setreuid os.setresuid os.setgroups os.initgroups',
    tells('privileges', 'become', 'high', 'becomes another user or group'),
  ),
  ...all('os.umask', tells('privileges', 'umask', 'low', 'changes the rights of files to come')),
  ...all(
    'os.system os.popen os.popen2 os.popen3 os.popen4 subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell popen2.popen2',
    runsProcess(0, true),
  ),
  ...all(
    'subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen',
    runsProcess(0),
  ),
  ...all('pexpect.spawn pexpect.run pty.spawn asyncio.create_subprocess_exec', runsProcess(0)),
  ...all(
    'os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp',
    executes(0),
  ),
  ...all('os.spawnl os.spawnle os.spawnlp os.spawnv os.spawnve os.spawnvp os.spawnvpe', executes(1)),
  ['os.startfile', file('read', 0, 'path')],
  ...all('os.fork os.forkpty pty.fork', forks),
  ...all(
    'threading.Thread multiprocessing.Process multiprocessing.Pool _thread.start_new_thread thread.start_new_thread',
    starts,
  ),
  ...all('os.kill os.killpg signal.pidfd_send_signal', kills),
  ...all('os.abort', tells('processes', 'kill', 'low', 'ends itself')),
  ...all(
    'os.nice os.sched_setaffinity os.setpriority resource.setrlimit',
    tells('resources', 'limits', 'low', 'changes limits or priority'),
  ),
  ...all('os.putenv os.unsetenv os.environ.setdefault os.environ.pop', setsVariable),
  ...all('os.getenv os.environ.get os.getenvb', readsVariable),
  ...httpRows,
  ...all(
    'urllib.request.urlopen urllib.request.Request.urlopen urllib.request.build_opener().open urllib3.PoolManager().urlopen urllib.request.OpenerDirector().open',
    connect(0, 'url', ['data']),
  ),
  ...all(
    'urllib3.PoolManager().request urllib3.request http.client.HTTPConnection().request http.client.HTTPSConnection().request',
    connect(1, 'url', ['body', 'fields', 'data']),
  ),
  ...all(
    'http.client.HTTPConnection http.client.HTTPSConnection ftplib.FTP ftplib.FTP_TLS smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet imaplib.IMAP4 imaplib.IMAP4_SSL poplib.POP3 poplib.POP3_SSL nntplib.NNTP xmlrpc.client.ServerProxy socket.create_connection asyncio.open_connection websocket.create_connection websockets.connect',
    connect(0, 'host'),
  ),
  ...all(
    'paramiko.SSHClient().connect pymongo.MongoClient redis.Redis psycopg2.connect mysql.connector.connect pymysql.connect',
    connect(0, 'host'),
  ),
  ...all('ftplib.FTP().connect smtplib.SMTP().connect', connect(0, 'host')),
  ...all('urllib.request.urlretrieve wget.download', fetches),
  ...all('socket.socket().connect socket.socket().connect_ex', socketConnects),
  ...all(
    'socket.socket().bind socket.create_server socketserver.TCPServer socketserver.ThreadingTCPServer socketserver.UDPServer http.server.HTTPServer http.server.ThreadingHTTPServer asyncio.start_server',
    socketListens,
  ),
  ...all('socket.socket().listen', (call) => {
    call.tell({ category: 'network', act: 'listen', severity: 'medium', reason: 'waits for connections' });
  }),
  ...all(
    'socket.socket().send socket.socket().sendall socket.socket().sendto socket.create_connection().sendall socket.create_connection().send socket.socket().accept()[0].sendall socket.socket().accept()[0].send smtplib.SMTP().sendmail smtplib.SMTP().send_message smtplib.SMTP_SSL().sendmail',
    sends,
  ),
  ...all('ftplib.FTP().storbinary ftplib.FTP().storlines', (call) =>
    tellSent(call, call.args.positional[1] ?? [], null),
  ),
  ...all(
    'socket.gethostbyname socket.getaddrinfo socket.gethostbyname_ex socket.gethostbyaddr dns.resolver.resolve',
    connect(0, 'host', [], 'resolve'),
  ),
  ...all('webbrowser.open webbrowser.open_new webbrowser.open_new_tab', connect(0, 'url')),
  ...all('eval exec execfile code.interact', evaluates('python', 0)),
  ...all('compile', (call) => {
    const known = argument(call, 0, 'source').filter(isKnownText);
    for (const one of known) call.read('python', one.text, 'code that it compiles');
  }),
  ...all(
    'builtins.exec builtins.eval code.InteractiveInterpreter().runsource code.InteractiveConsole().push timeit.timeit runpy.run_path',
    evaluates('python', 0),
  ),
  ...all(
    'types.FunctionType types.CodeType types.LambdaType',
    tells('obfuscation', 'code', 'high', 'makes a function out of code objects'),
  ),
  ...all(
    'pickle.loads pickle.load pickle.Unpickler dill.loads dill.load cloudpickle.loads joblib.load jsonpickle.decode shelve.open pandas.read_pickle torch.load numpy.load().allow_pickle',
    deserialises('unpickling'),
  ),
  ...all('marshal.loads marshal.load', deserialises('marshalled code')),
  ...all('yaml.load yaml.load_all yaml.full_load yaml.unsafe_load', loadsYaml),
  ...all('__import__ importlib.import_module importlib.__import__', imports),
  ...all(
    'importlib.util.spec_from_file_location imp.load_source importlib.machinery.SourceFileLoader',
    tells('injection', 'load', 'medium', 'loads a module from a path', 1),
  ),
  ...all(
    'ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL ctypes.WinDLL cffi.FFI().dlopen',
    tells('injection', 'native', 'high', 'calls native code, which this reading cannot follow', 0),
  ),
  ...all(
    'ctypes.string_at ctypes.memmove ctypes.memset mmap.mmap().write',
    tells('injection', 'memory', 'high', 'reads or writes memory directly'),
  ),
  ...all(
    'base64.b64encode base64.b32encode base64.b16encode base64.urlsafe_b64encode base64.encodebytes binascii.hexlify binascii.b2a_base64 codecs.encode base64.b85encode base64.a85encode zlib.compress',
    encodes,
  ),
  ...all('bytearray bytes', makesMemory),
  ...all(
    'pynput.keyboard.Listener keyboard.on_press keyboard.hook keyboard.record keyboard.read_key keyboard.on_release pynput.mouse.Listener pyHook.HookManager',
    monitors('records what is typed', 'high'),
  ),
  ...all(
    'PIL.ImageGrab.grab ImageGrab.grab pyautogui.screenshot pyscreenshot.grab mss.mss mss().shot',
    monitors('takes pictures of the screen', 'high'),
  ),
  ...all(
    'pyperclip.paste win32clipboard.GetClipboardData tkinter.Tk().clipboard_get clipboard.paste',
    monitors('reads the clipboard', 'high'),
  ),
  ...all('pyinotify.WatchManager inotify.adapters.Inotify', monitors('watches what others do with files')),
  ...all('cv2.VideoCapture sounddevice.rec pyaudio.PyAudio().open', monitors('uses the camera or microphone', 'high')),
  ...all('pwd.getpwall grp.getgrall spwd.getspall spwd.getspnam', monitors('lists the accounts of the machine')),
  ...all(
    'pwd.getpwnam pwd.getpwuid grp.getgrnam os.getlogin getpass.getuser',
    tells('monitoring', 'identify', 'low', 'asks who the user is'),
  ),
  ...all(
    'platform.uname platform.platform platform.node os.uname socket.gethostname uuid.getnode',
    tells('monitoring', 'identify', 'low', 'asks what machine this is'),
  ),
  ...all(
    'sys.settrace sys.setprofile threading.settrace',
    tells('monitoring', 'trace', 'low', 'watches what the program itself does'),
  ),
  ...all(
    'winreg.SetValueEx winreg.CreateKey _winreg.SetValueEx',
    tells('persistence', 'registry', 'high', 'writes the registry'),
  ),
  ...all('crontab.CronTab', tells('persistence', 'install', 'high', 'changes what is started at a time')),
  ...all('atexit.register', tells('persistence', 'at exit', 'low', 'runs something when it ends')),
  ...all('os.reboot os.sync', tells('processes', 'machine', 'high', 'acts on the whole machine')),
  ...all('operator.attrgetter operator.methodcaller', (call) => {
    if (labelsOf(allArguments(call)).some((label) => label === 'built' || label === 'decoded'))
      call.tell({
        category: 'obfuscation',
        act: 'name',
        severity: 'high',
        reason: 'reaches a thing by a name that is put together',
      });
  }),
]);

/** Names that share their beginning. In this order; the first that fits. */
const families: readonly (readonly [RegExp, Effect])[] = [
  [
    /^psutil\..*\.(?:kill|terminate|suspend|send_signal)$/,
    tells('processes', 'kill', 'high', 'ends or stops other processes'),
  ],
  [
    /^psutil\.(?:cpu|virtual_memory|swap_memory|disk|net|sensors|users|boot_time|getloadavg|process_iter|pids|Process\(\)\.(?:cpu|memory|open_files|net_connections|connections|environ|cmdline))/,
    monitors('watches the machine or its processes'),
  ],
  [
    /^subprocess\.Popen\(\)\.(?:kill|terminate|send_signal)$/,
    tells('processes', 'kill', 'low', 'ends a child of its own'),
  ],
  [/^multiprocessing\..*\(\)\.(?:kill|terminate)$/, tells('processes', 'kill', 'low', 'ends a child of its own')],
  [
    /^(?:socket|http\.server|socketserver)\..*\.serve_forever$/,
    tells('network', 'listen', 'medium', 'serves whoever connects'),
  ],
  [
    /^(?:flask\.Flask|bottle\.Bottle|fastapi\.FastAPI)\(\)\.run$|^uvicorn\.run$/,
    tells('network', 'listen', 'medium', 'serves whoever connects'),
  ],
  [
    /^ctypes\.(?:windll|cdll|pythonapi)\./,
    tells('injection', 'native', 'high', 'calls native code, which this reading cannot follow'),
  ],
  [/^random\./, (call) => tellsRandom(call)],
  [/^paramiko\..*\.exec_command$/, tells('network', 'remote command', 'high', 'has another machine run a command', 0)],
  [
    /^watchdog\.observers\.\w*(?:Observer|polling\.PollingObserver)\(\)\.schedule$/,
    (call) => {
      monitors('watches what others do with files')(call);
      tellFile(call, 'list', argument(call, 1, 'path'));
    },
  ],
];

export function pythonEffect(name: string): Effect | null {
  const full = canonical(name);
  const found = table.get(full) ?? table.get(full.replace(/^pathlib\.Path\(\)\./, 'Path.'));
  if (found !== undefined) return found;
  return families.find(([pattern]) => pattern.test(full))?.[1] ?? null;
}

/** Things that are read or changed without a call: `os.environ['X']`. */
export function pythonMember(name: string): { readonly variable: string | null } | null {
  const full = canonical(name);
  const [, variable] = /^os\.environb?(?:\.(\w+))?$/.exec(full) ?? [];
  if (!/^os\.environb?(?:\.|$)/.test(full)) return null;
  return { variable: variable ?? null };
}
