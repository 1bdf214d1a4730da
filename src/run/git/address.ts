/**
 * Which addresses a repository may be cloned from. An address is a stranger's text: it is read here, and only what is understood goes to git.
 *
 * Git knows transports that start programs (`ext::`), and takes words that begin with a dash for options. So there is a list of what
 * is allowed: https, ssh in both its forms, files of this machine, and plain http to this machine. A password in an address is
 * refused, because the address is kept on disk and shown.
 */
import { WinnowError } from '../../base/mod.ts';

export interface GitAddress {
  /** As git is to get it. */
  readonly url: string;
  /** The only transport that git is allowed. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'file';
  /** Last part of its path without `.git`: what the repository is called. */
  readonly label: string;
}

/** `git@github.com:owner/name.git`; a host, so no Windows drive. */
const scpForm = /^(?:[A-Za-z0-9][\w.-]*@[A-Za-z0-9][\w.-]*|[A-Za-z0-9][\w.-]+):(?!\/\/)\S+$/;

const looksLikeUrl = /^[A-Za-z][A-Za-z0-9+.-]*:(\/\/|:)/;

/** Whether a text is meant as an address and not as a path. A path that exists is a path, which the caller knows. */
export const isGitAddress = (text: string): boolean => looksLikeUrl.test(text) || scpForm.test(text);

/** @throws WinnowError `bad-usage` */
export function readGitAddress(text: string): GitAddress {
  // What stands in the message may be a secret, so nothing of the address does.
  const refuse = (why: string): WinnowError =>
    new WinnowError(
      'bad-usage',
      `${why} Expected an address such as https://host/owner/name, git@host:owner/name or file:///path.`,
    );
  if (text.length > 2_000 || /[\s\p{Cc}]/u.test(text))
    throw refuse('The address has blanks or control characters in it.');
  if (!looksLikeUrl.test(text)) {
    if (!scpForm.test(text)) throw refuse('The address cannot be understood.');
    return { url: text, protocol: 'ssh', label: labelOf(text.slice(text.indexOf(':') + 1)) };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse('The address cannot be understood.');
  }
  const protocol = url.protocol.slice(0, -1);
  if (protocol !== 'https' && protocol !== 'http' && protocol !== 'ssh' && protocol !== 'file')
    throw refuse(`Repositories are not cloned by ${protocol}.`);
  if (protocol === 'http' && !isHere(url.hostname))
    throw refuse('Plain http is only for this machine: what comes that way can be changed by others.');
  if (url.password !== '')
    throw refuse('The address holds a password, which would be kept on disk. Clone it with git and add the directory.');
  if (protocol === 'https' && url.username !== '')
    throw refuse(
      'The address holds a name or token, which would be kept on disk. Clone it with git and add the directory.',
    );
  const hostless = !/^[A-Za-z]+:\/\/[^/]/.test(text) || url.hostname === '' || url.hostname.startsWith('-');
  if (protocol === 'file' ? url.pathname.length < 2 || url.hostname !== '' : hostless)
    throw refuse('The address names no repository.');
  return { url: text, protocol, label: labelOf(decoded(url.pathname)) };
}

const isHere = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `owner/name.git/` → `name`. */
function labelOf(path: string): string {
  const parts = path.split(/[/\\]+/).filter((part) => part !== '' && part !== '.git');
  return (parts.at(-1) ?? 'repository').replace(/\.git$/i, '') || 'repository';
}
