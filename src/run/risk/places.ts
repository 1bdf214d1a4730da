/**
 * Where a path leads, and what an address is: the questions on which the severity of an act on files or the network rests.
 *
 * Paths are read as text, with `hole` where a part is not known. The work directory is where relative paths lead; `..` out of it leaves it.
 */
import type { Severity } from './types.ts';
import { hole } from './values.ts';

/**
 * `inside`: the work directory. `temporary`: the directories for that. `outside`: elsewhere. `system`: what belongs to the machine. `secret`: keys, passwords,
 * accounts. `startup`: what is started or read by itself, at a login, a boot or a time.
 */
export type Place = 'inside' | 'temporary' | 'outside' | 'system' | 'secret' | 'startup' | 'unknown';

const home = String.raw`(?:~[\w-]*|/root|/home/[^/]+|/Users/[^/]+|[a-z]:/users/[^/]+|%userprofile%|\$\{?HOME\}?|${hole})`;

/** Bounded alternatives without nesting, so that no path makes them slow. */
const secretPaths: readonly RegExp[] = [
  /^\/etc\/(?:shadow|gshadow|sudoers|passwd|group|master\.passwd|security\/opasswd|krb5\.keytab|ssl\/private|ssh\/ssh_host|ipsec\.secrets|wireguard)/,
  /(?:^|\/)\.ssh(?:\/(?!authorized_keys|rc$|config$)|$)/,
  /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/,
  /(?:^|\/)\.(?:aws\/credentials|aws\/config|netrc|pgpass|my\.cnf|git-credentials|npmrc|pypirc|docker\/config\.json|kube\/config|gnupg|vault-token|azure|password-store|htpasswd|boto|s3cfg)/,
  /(?:^|\/)\.config\/(?:gcloud|gh\/hosts|rclone|google-chrome|chromium)/,
  /(?:^|\/)\.(?:mozilla|thunderbird)(?:\/|$)|\/(?:Login Data|Cookies|logins\.json|key4\.db|cookies\.sqlite)$/i,
  /(?:^|\/)\.(?:bash|zsh|python|psql|mysql|node_repl)_history$/,
  /(?:^|\/)\.env(?:\.\w+)?$/,
  /^\/proc\/(?:self|\d+|1)\/(?:environ|mem|maps|root)/,
  /\/(?:keychains|sam|ntds\.dit)(?:\/|$)/i,
  /\/(?:wallet\.dat|keystore)(?:\/|$)/,
  /^\/var\/run\/secrets\/|^\/run\/secrets\//,
];

const startupPaths: readonly RegExp[] = [
  new RegExp(
    String.raw`^${home}?/?\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zprofile|zshenv|zlogin|kshrc|cshrc|tcshrc|login|inputrc|xinitrc|xprofile|xsession|vimrc|pythonrc|gitconfig)$`,
  ),
  /(?:^|\/)\.(?:bashrc|bash_profile|zshrc|profile|zprofile)$/,
  /(?:^|\/)\.config\/(?:autostart|systemd\/user|fish\/config\.fish)/,
  /(?:^|\/)\.ssh\/(?:authorized_keys|rc|config)/,
  /(?:^|\/)\.git\/hooks(?:\/|$)|(?:^|\/)\.git\/config$/,
  /^\/etc\/(?:cron|anacrontab|at\.|rc\.|rc\d|init\.d|init\/|inittab|systemd|profile|bash\.?bashrc|bashrc|zsh|environment|ld\.so\.preload|modules-load\.d|pam\.d|update-motd\.d|X11\/xinit|xdg\/autostart|sudoers\.d|udev\/rules\.d|hosts$|resolv\.conf)/,
  /^\/(?:usr\/)?lib\/systemd\/system(?:\/|$)|^\/var\/spool\/(?:cron|at)/,
  /\/Library\/(?:LaunchAgents|LaunchDaemons|StartupItems)/,
  /\/Start Menu\/Programs\/Startup/i,
  /\/(?:site-packages|dist-packages)\/(?:\w+\.pth|sitecustomize\.py|usercustomize\.py)$/,
];

const systemRoots =
  /^(?:\/(?:etc|bin|sbin|usr|lib|lib32|lib64|libx32|boot|sys|proc|dev|root|var|opt|run|srv|mnt|media|System|Library|Applications|private|snap)(?:\/|$)|[a-z]:\/(?:windows|program files|programdata)|\\\\)/i;
const harmless = /^\/dev\/(?:null|stdin|stdout|stderr|tty|zero|u?random|fd(?:\/\d+)?|full)$/;
const temporary = /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/private\/tmp|%temp%|[a-z]:\/(?:windows\/)?temp)(?:\/|$)/i;

/** `a/../b` is `b`; what climbs out of a relative path keeps its `..`. */
export function normalPath(given: string): string {
  const path = given
    .replaceAll('\\', '/')
    .replace(/^file:\/\//, '')
    .trim();
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..' && !last.includes(hole)) parts.pop();
    else if (part !== '..' || !isAbsolute) parts.push(part);
  }
  return (isAbsolute ? '/' : '') + parts.join('/');
}

export function placeOf(given: string): Place {
  const path = normalPath(given);
  if (path === '' || path === '.') return given.startsWith('/') ? 'system' : 'inside';
  if (path === '/' || /^[a-z]:$/i.test(path)) return 'system';
  if (startupPaths.some((one) => one.test(path))) return 'startup';
  if (secretPaths.some((one) => one.test(path))) return 'secret';
  if (harmless.test(path)) return 'inside';
  if (temporary.test(path)) return 'temporary';
  if (systemRoots.test(path)) return 'system';
  if (path.startsWith(hole)) return 'unknown';
  if (/^(?:\/|~|\.\.(?:\/|$)|[a-z]:\/|%\w+%|\$\{?HOME)/i.test(path)) return 'outside';
  return 'inside';
}

export type FileAct = 'read' | 'list' | 'write' | 'delete';

const severityBy: Readonly<Record<FileAct, Readonly<Record<Place, Severity>>>> = {
  read: {
    inside: 'low',
    temporary: 'low',
    unknown: 'low',
    outside: 'medium',
    system: 'medium',
    startup: 'medium',
    secret: 'high',
  },
  list: {
    inside: 'low',
    temporary: 'low',
    unknown: 'low',
    outside: 'medium',
    system: 'medium',
    startup: 'medium',
    secret: 'high',
  },
  write: {
    inside: 'low',
    temporary: 'low',
    unknown: 'low',
    outside: 'high',
    system: 'critical',
    startup: 'critical',
    secret: 'critical',
  },
  delete: {
    inside: 'low',
    temporary: 'low',
    unknown: 'low',
    outside: 'high',
    system: 'critical',
    startup: 'critical',
    secret: 'critical',
  },
};

export const fileSeverity = (act: FileAct, place: Place): Severity => severityBy[act][place];

const placeTexts: Readonly<Record<Place, string>> = {
  inside: 'in the work directory',
  temporary: 'among temporary files',
  unknown: 'at a place that is not known',
  outside: 'outside of the work directory',
  system: 'among the system’s files',
  startup: 'that is read or started by itself',
  secret: 'that holds accounts, keys or secrets',
};

export const placeText = (place: Place): string => placeTexts[place];

export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\]|0\.0\.0\.0)$/i.test(host);

/** The host of an address such as `http://example.org:80/x`; null: it has none that is known. */
export function hostOf(address: string): string | null {
  const [, host] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(address.trim()) ?? [];
  return host === undefined || host === '' || host.includes(hole) ? null : host;
}

/** Names of variables and settings that hold what should stay with their owner. */
export const isSecretName = (name: string): boolean =>
  /(?:secret|passw|passwd|token|api_?key|access_?key|private_?key|credential|auth)/i.test(name);
