/**
 * What programs do that shell commands start: their names, and which of their words are files, addresses and code.
 *
 * Sources: the manual pages of GNU coreutils, util-linux, procps, curl, wget and OpenSSH. What is not here does nothing that this reading knows of.
 */
import { addressIn, type SeenCall, tellFile } from '../effects.ts';
import { type FileAct, placeOf } from '../places.ts';
import type { RiskCategory, Severity } from '../types.ts';
import { hole, text, unknownOf, type Values } from '../values.ts';

export interface SeenCommand extends Pick<SeenCall, 'tell' | 'read' | 'unread' | 'isEndless'> {
  readonly name: string;
  readonly words: readonly string[];
  /** What flows into it through a pipe or a here document. */
  readonly flowing: Values | null;
  /** A file of the program's own becomes code. */
  runs(path: string, language: 'python' | 'javascript' | 'bash' | null): void;
  /** Commands that stand in its words: `sudo rm x`. */
  again(words: readonly string[]): void;
}

type Command = (command: SeenCommand) => void;

const asCall = (command: SeenCommand): SeenCall => ({
  ...command,
  args: { positional: [], named: new Map() },
  self: null,
});

/** Words that are no options; values of the named options are left out. */
function plainWords(words: readonly string[], valued: RegExp = /^$/): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (valued.test(word)) at++;
    else if (!/^-./.test(word)) found.push(word);
  }
  return found;
}

function valueOf(words: readonly string[], option: RegExp): string | null {
  for (const [at, word] of words.entries()) {
    if (option.test(word)) return words[at + 1] ?? null;
    const equal = word.indexOf('=');
    if (equal > 0 && option.test(word.slice(0, equal))) return word.slice(equal + 1);
  }
  return null;
}

const touch = (command: SeenCommand, act: FileAct, paths: readonly string[], isTree = false): void => {
  for (const path of paths.slice(0, 20)) tellFile(asCall(command), act, [text(path)], { isTree });
};

const onAll =
  (act: FileAct): Command =>
  (command) =>
    touch(command, act, plainWords(command.words));

const says =
  (category: RiskCategory, act: string, severity: Severity, reason: string): Command =>
  (command) =>
    command.tell({ category, act, severity, target: [command.name, ...command.words].join(' '), reason });

const removes: Command = (command) => {
  const isTree = command.words.some((word) => /^-\w*[rR]|^--recursive/.test(word));
  touch(command, 'delete', plainWords(command.words), isTree);
};

const copies =
  (first: FileAct): Command =>
  (command) => {
    const words = plainWords(command.words, /^-[tSmog]$/);
    touch(command, first, words.slice(0, -1));
    touch(command, 'write', words.slice(-1));
  };

/** Those whose words are a pattern or program first, then files. */
const afterFirst =
  (act: FileAct): Command =>
  (command) => {
    const isGiven = command.words.some((word) => /^-[ef]$/.test(word));
    const words = plainWords(command.words, /^-[efmvFABC]$/);
    touch(command, act, isGiven ? words : words.slice(1));
  };

const sends = (command: SeenCommand, target: string | null, what: string): void => {
  const place = placeOf(what);
  command.tell({
    category: 'network',
    act: place === 'inside' ? 'send' : 'exfiltrate',
    severity: place === 'inside' || place === 'unknown' ? 'high' : 'critical',
    target,
    reason: `sends ${what.replaceAll(hole, '…')} to another machine`,
  });
};

/** Options whose next word is theirs. */
const curlValued =
  /^-[oXHdFAeubTmxwCcEKrQtUPyYz]$|^--(?:output|header|data\S*|request|user|form|max-time|retry|write-out|proxy)$/;
const wgetValued = /^-[oOUPaitTQewBD]$|^--(?:output-document|header|post-data|user|password|tries|timeout)$/;

const fetches: Command = (command) => {
  const { words } = command;
  if (words.length === 1 && /^(?:-V|-h|--version|--help)$/.test(words[0] as string)) return;
  const target = addressIn(
    plainWords(words, command.name === 'wget' ? wgetValued : curlValued).map((one) => text(one)),
  );
  command.tell({ category: 'network', act: 'connect', severity: 'medium', target, reason: 'connects to a server' });
  const to = valueOf(words, /^(?:-o|-O|--output|--output-document|-P)$/);
  const isKept = command.name === 'wget' || words.some((word) => /^-\w*O|^--remote-name/.test(word));
  if (to === '/dev/null') return;
  if (to !== null && to !== '-' && !to.startsWith('http')) {
    touch(command, 'write', [to]);
    command.tell({
      category: 'network',
      act: 'download',
      severity: 'medium',
      target: to,
      reason: 'stores what came over the network',
    });
  } else if (isKept && to !== '-')
    command.tell({
      category: 'network',
      act: 'download',
      severity: 'medium',
      target,
      reason: 'stores what came over the network',
    });
  for (const word of words) {
    const [, file] = /^(?:.*=)?@(\S+)$/.exec(word) ?? [];
    if (file !== undefined && file !== '-') {
      touch(command, 'read', [file]);
      sends(command, target, file);
    }
  }
  const upload = valueOf(words, /^(?:-T|--upload-file|--post-file|--body-file)$/);
  if (upload !== null) sends(command, target, upload);
};

const remote: Command = (command) => {
  const isListening = command.words.some((word) => /^-\w*l/.test(word)) && /^(?:nc|ncat|netcat)$/.test(command.name);
  const isShell = command.words.some(
    (word, at) =>
      /^-\w*[ec]$|^EXEC:|^SYSTEM:/.test(word) && /sh$|cmd|powershell|python/.test(command.words[at + 1] ?? word),
  );
  const [target = null] = plainWords(command.words, /^-[pilo]$/);
  command.tell({
    category: 'network',
    act: isShell ? 'remote shell' : isListening ? 'listen' : 'connect',
    severity: isShell ? 'critical' : 'medium',
    target,
    reason: isShell
      ? 'gives another machine a shell'
      : isListening
        ? 'waits for connections'
        : 'connects to another machine',
  });
  if (command.name === 'scp' || command.name === 'rsync' || command.name === 'sftp') {
    const words = plainWords(command.words, /^-[PiFceo]$/);
    if (words.at(-1)?.includes(':') === true)
      for (const one of words.slice(0, -1)) sends(command, words.at(-1) as string, one);
  }
};

/** What belongs to the machine is not read, as other programs of it are not. */
export function runsOwn(command: SeenCommand, path: string, language: 'python' | 'javascript' | 'bash' | null): void {
  const place = placeOf(path);
  if (place !== 'system' && place !== 'startup') command.runs(path, language);
}

/** `. FILE`: its lines run as if they stood here. */
const sources: Command = (command) => {
  const [path] = command.words;
  if (command.flowing !== null) tellFlowing(command, 'bash');
  if (path === undefined || command.flowing !== null) return;
  touch(command, 'read', [path]);
  // A name without a slash is looked for on PATH first, and then here.
  runsOwn(command, path, 'bash');
};

/** Interpreters: code in a word after an option, from a file, or from what flows in. */
const interprets =
  (language: 'python' | 'javascript' | 'bash' | null, option: RegExp): Command =>
  (command) => {
    const code = valueOf(command.words, option);
    if (code !== null) {
      if (language === null) {
        command.tell({
          category: 'processes',
          act: 'interpret',
          severity: 'medium',
          target: code,
          reason: `runs code of ${command.name}, which is not read here`,
        });
        command.unread(`code of ${command.name} is not read`);
      } else if (code.replaceAll(hole, '').trim() === '') {
        command.tell({
          category: 'injection',
          act: 'evaluate',
          severity: 'high',
          reason: 'runs text as code that is not known before it runs',
        });
        command.unread(`${command.name} runs text that is not known`);
      } else command.read(language, code, `code of ${command.name}`);
      return;
    }
    const [script] = plainWords(command.words, /^-[mWXo]$/);
    const isFlowing = script?.replaceAll(hole, '') === '' && command.flowing !== null;
    if (script !== undefined && script !== '-' && !isFlowing) {
      touch(command, 'read', [script]);
      runsOwn(command, script, language);
      return;
    }
    if (command.flowing === null) {
      if (language === 'bash' && command.words.includes('-i'))
        command.tell({
          category: 'processes',
          act: 'shell',
          severity: 'medium',
          reason: 'starts a shell that takes commands',
        });
      return;
    }
    tellFlowing(command, language);
  };

/** What flows into an interpreter is code. */
export function tellFlowing(command: SeenCommand, language: 'python' | 'javascript' | 'bash' | null): void {
  for (const value of command.flowing ?? []) {
    const isNetwork = value.from.includes('network');
    const isDecoded = value.from.includes('decoded');
    if (isNetwork)
      command.tell({
        category: 'injection',
        act: 'evaluate',
        severity: 'critical',
        reason: 'runs code that came over the network',
      });
    else if (isDecoded)
      command.tell({
        category: 'obfuscation',
        act: 'evaluate',
        severity: 'high',
        reason: 'runs code that was decoded first',
      });
    if (value.kind === 'text' && language !== null && value.text.replaceAll(hole, '').trim() !== '')
      command.read(language, value.text, `code for ${command.name}`);
    else {
      if (!isNetwork && !isDecoded)
        command.tell({
          category: 'injection',
          act: 'evaluate',
          severity: 'high',
          reason: 'runs text as code that is not known before it runs',
        });
      command.unread(`${command.name} runs text that is not known`);
    }
  }
}

const shell = interprets('bash', /^-\w*c$/);

const evaluates: Command = (command) => {
  const code = command.words.join(' ');
  command.tell({
    category: 'injection',
    act: 'evaluate',
    severity: code.includes(hole) ? 'high' : 'medium',
    target: code,
    reason: 'runs a text as a command',
  });
  if (code.replaceAll(hole, '').trim() === '') command.unread('eval runs text that is not known');
  else command.read('bash', code, 'a command in a text');
};

/** `trap TEXT SIGNAL…`: the text is read as code, as with `eval`; to give one is usual and no finding by itself. */
const traps: Command = (command) => {
  const words = plainWords(command.words.filter((word) => word !== '--'));
  const [code = ''] = words;
  if (words.length < 2 || code === '-' || code === '' || command.words.includes('-p')) return;
  if (code.replaceAll(hole, '').trim() === '') command.unread('trap runs text that is not known');
  else command.read('bash', code, 'a command in a text');
};

const wrapper =
  (valued: RegExp, skip = 0): Command =>
  (command) => {
    let at = 0;
    const { words } = command;
    while (at < words.length && (/^-/.test(words[at] as string) || /^\w+=/.test(words[at] as string)))
      at += valued.test(words[at] as string) ? 2 : 1;
    command.again(words.slice(at + skip));
  };

const asRoot: Command = (command) => {
  command.tell({
    category: 'privileges',
    act: 'become',
    severity: 'high',
    target: command.words.join(' '),
    reason: 'acts as another user, usually root',
  });
  wrapper(/^-[ugpChrt]$/)(command);
};

const finds: Command = (command) => {
  const { words } = command;
  const end = words.findIndex((word) => /^[-(!]/.test(word));
  const places = words.slice(0, end < 0 ? words.length : end);
  const isDelete = words.includes('-delete');
  touch(command, isDelete ? 'delete' : 'list', places.length === 0 ? ['.'] : places, isDelete);
  const exec = words.findIndex((word) => /^-(?:exec|execdir|ok|okdir)$/.test(word));
  if (exec >= 0)
    command.again(
      words
        .slice(exec + 1)
        .filter((word) => !/^[;+]$|^\\;$/.test(word))
        .map((word) => (word.includes('{}') ? (places[0] ?? '.') : word)),
    );
};

const changesMode: Command = (command) => {
  const [mode = '', ...paths] = plainWords(command.words);
  const isSet = /[ugo+]*\+\w*s|^[2467]\d{3}$/.test(mode);
  const isOpen = /^0?\d\d[2367]$|[ao]\+\w*w|^\+w$/.test(mode);
  for (const path of paths.length === 0 ? [hole] : paths) {
    const place = placeOf(path);
    const isOut = !['inside', 'temporary', 'unknown'].includes(place);
    command.tell({
      category: 'privileges',
      act: 'chmod',
      severity: isSet || (isOut && place !== 'outside') ? 'critical' : isOpen || isOut ? 'high' : 'low',
      target: path,
      reason: isSet
        ? 'gives a file the rights of its owner to whoever runs it'
        : isOpen
          ? 'lets everyone write'
          : 'changes the rights of a file',
    });
  }
};

const copiesBlocks: Command = (command) => {
  for (const word of command.words) {
    const [, key, path] = /^(if|of)=(.+)$/.exec(word) ?? [];
    if (path === undefined) continue;
    touch(command, key === 'if' ? 'read' : 'write', [path]);
    if (key === 'of' && /^\/dev\/(?:sd|hd|nvme|mmcblk|disk|vd|xvd)/.test(path))
      command.tell({
        category: 'files',
        act: 'overwrite a disk',
        severity: 'critical',
        target: path,
        reason: 'writes over a whole disk',
      });
  }
};

const kills: Command = (command) => {
  const isOwn = command.name === 'kill' && command.words.every((word) => /^-|^%\d|^\d$/.test(word) || word === '$!');
  const [severity, reason] = isOwn
    ? (['low', 'ends a child of its own'] as const)
    : (['high', 'ends or signals other processes'] as const);
  says('processes', 'kill', severity, reason)(command);
};

const all = (names: string, command: Command): (readonly [string, Command])[] =>
  names.split(' ').map((name) => [name, command] as const);

const table: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...all('rm rmdir unlink shred srm', removes),
  ['truncate', (command) => touch(command, 'delete', plainWords(command.words, /^-s$/))],
  ...all(
    'cat head tail less more tac nl xxd od hexdump strings wc sort uniq cut diff cmp md5sum sha256sum sha1sum file tail zcat',
    onAll('read'),
  ),
  ...all('source .', sources),
  ...all('base64 base32', onAll('read')),
  ...all('grep egrep fgrep rg awk gawk jq', afterFirst('read')),
  [
    'sed',
    (command) => afterFirst(command.words.some((word) => /^-\w*i|^--in-place/.test(word)) ? 'write' : 'read')(command),
  ],
  ...all('ls dir tree du stat readlink lsattr getfacl', onAll('list')),
  ...all('touch mkdir tee mkfifo mknod', onAll('write')),
  ...all('mv', copies('delete')),
  ...all('cp ln install', copies('read')),
  ['dd', copiesBlocks],
  [
    'sysctl',
    (command) => {
      if (command.words.some((word) => /=|^-w$|^-p/.test(word)))
        says('privileges', 'system', 'high', 'changes the running system')(command);
    },
  ],
  ...all('tar zip gzip bzip2 xz 7z unzip', (command) => touch(command, 'read', plainWords(command.words).slice(1))),
  ['find', finds],
  ['chmod', changesMode],
  ...all(
    'chown chgrp chattr setfacl setcap',
    says('privileges', 'chown', 'high', 'changes who may do what with a file'),
  ),
  ...all('curl wget fetch http aria2c lynx', fetches),
  ...all('nc ncat netcat telnet ssh scp sftp ftp rsync socat nmap ping dig nslookup host', remote),
  ...all('bash sh zsh dash ksh ash fish', shell),
  ...all('python python3 python2 pypy pypy3 python3.11 python3.12', interprets('python', /^-c$/)),
  ...all('node nodejs deno bun', interprets('javascript', /^(?:-e|-p|--eval|--print|eval)$/)),
  ...all('perl ruby lua', interprets(null, /^-\w*e$/)),
  ['php', interprets(null, /^-r$/)],
  ...all('pwsh powershell', interprets(null, /^-(?:c|Command|enc|EncodedCommand)$/i)),
  ['eval', evaluates],
  ['trap', traps],
  ...all('sudo doas su pkexec runuser', asRoot),
  ...all('env', (command) => {
    if (command.words.every((word) => /^-/.test(word)))
      says('environment', 'read all', 'medium', 'takes all variables of the environment')(command);
    else wrapper(/^-[uCS]$/)(command);
  }),
  ...all('printenv', says('environment', 'read all', 'medium', 'takes variables of the environment')),
  ...all('nohup exec command builtin time nice ionice setsid stdbuf busybox unbuffer', wrapper(/^-[nocpad]$/)),
  ['timeout', wrapper(/^-[ks]$/, 1)],
  ['watch', wrapper(/^-n$/)],
  [
    'xargs',
    (command) => {
      // Without a pipe its words come from a file or from whoever starts the script; nothing of them is known.
      const flowing = (command.flowing ?? [unknownOf()]).flatMap((one) =>
        one.kind === 'text' ? one.text.trim().split(/\s+/) : [hole],
      );
      const placed = command.words.map((word) => /^-I(.+)$/.exec(word)?.[1]).find((one) => one !== undefined);
      const mark = placed ?? valueOf(command.words, /^-I$/);
      const words =
        mark === null
          ? [...command.words, ...flowing]
          : command.words.map((word) => (word.startsWith('-I') ? word : word.replaceAll(mark, flowing.join(' '))));
      wrapper(/^-[nIPLsdEa]$/)({ ...command, words });
    },
  ],
  ...all('crontab at batch', says('persistence', 'install', 'high', 'has something started at a time')),
  ...all('systemctl service update-rc.d chkconfig launchctl', (command) =>
    says(
      'persistence',
      'service',
      command.words.some((word) => /enable|start|load|mask|stop|disable/.test(word)) ? 'high' : 'low',
      'changes services of the machine',
    )(command),
  ),
  ...all('kill pkill killall xkill skill', kills),
  ...all(
    'shutdown reboot halt poweroff init telinit',
    says('processes', 'machine', 'critical', 'stops or restarts the machine'),
  ),
  ...all(
    'mkfs mkfs.ext4 mkfs.xfs fdisk parted wipefs mkswap swapoff hdparm',
    says('files', 'overwrite a disk', 'critical', 'makes a disk’s content unreachable'),
  ),
  ...all(
    'mount umount losetup insmod modprobe rmmod chroot unshare nsenter',
    says('privileges', 'system', 'high', 'changes the running system'),
  ),
  ...all(
    'useradd adduser usermod userdel groupadd passwd chpasswd visudo gpasswd',
    says('privileges', 'accounts', 'critical', 'changes accounts'),
  ),
  ...all(
    'iptables ip6tables nft ufw route ip ifconfig',
    says('network', 'configure', 'medium', 'looks at or changes how the network is set up'),
  ),
  ...all(
    'ps top htop who w last lsof netstat ss vmstat iostat free lastlog users finger pgrep',
    says('monitoring', 'watch', 'medium', 'looks at processes or users of the machine'),
  ),
  ...all(
    'id whoami uname hostname groups logname arch lscpu lsblk',
    says('monitoring', 'identify', 'low', 'asks who the user is or what machine this is'),
  ),
  ...all(
    'tcpdump tshark wireshark strace ltrace gdb script logkeys xinput',
    says('monitoring', 'watch', 'high', 'records what others do'),
  ),
  ...all('xclip xsel pbpaste wl-paste', says('monitoring', 'watch', 'high', 'reads the clipboard')),
  ...all(
    'scrot import gnome-screenshot screencapture grim maim',
    says('monitoring', 'watch', 'high', 'takes pictures of the screen'),
  ),
  ...all('arecord ffmpeg fswebcam', says('monitoring', 'watch', 'medium', 'may use camera, microphone or screen')),
  ['history', says('monitoring', 'history', 'medium', 'looks at or changes what was typed before')],
  ...all('yes stress stress-ng', (command) => {
    if (command.flowing === null) says('resources', 'loop', 'medium', 'goes on without an end')(command);
  }),
  ...all('pip pip3 npm yarn pnpm apt apt-get yum dnf apk brew gem cargo go snap', (command) => {
    if (command.words.some((word) => /^(?:install|add|i|update|upgrade|remove|get|ci)$/.test(word)))
      says('network', 'install', 'high', 'brings programs of others onto the machine')(command);
  }),
  ...all('git', (command) => {
    if (command.words.some((word) => /^(?:clone|fetch|pull|push)$/.test(word)))
      says('network', 'connect', 'medium', 'connects to a repository')(command);
    if (
      command.words.includes('config') &&
      command.words.some((word) => /hook|alias|sshCommand|editor|pager/i.test(word))
    )
      says('persistence', 'install', 'high', 'changes what git starts')(command);
  }),
  ...all(
    'docker podman kubectl',
    says('processes', 'containers', 'high', 'starts or changes containers, which may reach all of the machine'),
  ),
  ...all('security keyctl', says('files', 'secrets', 'high', 'asks for kept secrets')),
]);

export const shellCommand = (name: string): Command | null => table.get(name) ?? null;
