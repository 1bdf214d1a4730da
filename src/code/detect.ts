/**
 * What a file is, before parsing: its language and traits, or why it is skipped.
 *
 * Looks at the path and a bounded prefix only, so that a file of any size costs the
 * same. A text file of an unknown language is `text`, never skipped. Which names mean
 * which language stands in each language's own file; here are the ties between them.
 * How bytes become characters is the business of `source.ts`.
 */
import { limits } from '../base/mod.ts';
import { decodeUtf8 } from './encoding.ts';
import type { FileTraits, SkipReason } from './facts.ts';
import { traitsOf } from './traits.ts';

/** By which names of files a language is known. */
export interface LanguageNames {
  readonly name: string;
  /** Lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Whole file names, lower case. */
  readonly fileNames?: readonly string[];
  /** What whole file names begin with, lower case, where what follows is anything: `dockerfile.`. */
  readonly fileNameStarts?: readonly string[];
  /** Programs of `#!` lines, without version: `python`. */
  readonly interpreters?: readonly string[];
  /** What files begin with whose names tell nothing: `<?php`. */
  readonly openings?: readonly string[];
  /** Has a grammar: parsed up to `limits.parseFileBytes`, and skipped when minified. */
  readonly code: boolean;
}

export type Classification =
  | { readonly kind: 'parse'; readonly language: string; readonly traits: FileTraits }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

/** Answers for paths and bytes, given the languages there are. */
export interface Classifier {
  /** @param path relative to the repository's root, forward slashes. */
  classify(path: string, bytes: Uint8Array): Classification;
}

/** Prefix that decides binary, minified and C or C++. */
const prefixBytes = 64 * 1024;
/** Git looks for NUL in as many. */
const binaryPrefixBytes = 8000;

const textLanguage: LanguageNames = { name: 'text', extensions: [], code: false };

export function classifierOf(languages: readonly LanguageNames[]): Classifier {
  const byExtension = new Map<string, LanguageNames>();
  const byFileName = new Map<string, LanguageNames>();
  const byInterpreter = new Map<string, LanguageNames>();
  for (const language of languages) {
    for (const extension of language.extensions) byExtension.set(extension, language);
    for (const fileName of language.fileNames ?? []) byFileName.set(fileName, language);
    for (const interpreter of language.interpreters ?? []) byInterpreter.set(interpreter, language);
  }
  const cpp = languages.find((language) => language.name === 'cpp');
  const started = languages.filter(({ fileNameStarts }) => fileNameStarts !== undefined);
  const opened = languages.filter(({ openings }) => openings !== undefined);

  const languageOf = (path: string, bytes: Uint8Array): LanguageNames => {
    const fileName = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    const named = byFileName.get(fileName);
    if (named !== undefined) return named;
    const begun = started.find(({ fileNameStarts }) => fileNameStarts?.some((start) => fileName.startsWith(start)));
    if (begun !== undefined) return begun;
    const dot = fileName.lastIndexOf('.');
    const extension = dot === -1 ? '' : fileName.slice(dot + 1);
    if (extension === 'h' && cpp !== undefined && looksLikeCpp(bytes)) return cpp;
    const extended = extension === '' ? undefined : byExtension.get(extension);
    if (extended !== undefined) return extended;
    const interpreter = dot > 0 ? null : interpreterOf(bytes);
    const interpreted = interpreter === null ? undefined : byInterpreter.get(interpreter);
    return (
      interpreted ?? opened.find(({ openings }) => openings?.some((one) => beginsWith(bytes, one))) ?? textLanguage
    );
  };

  return {
    classify: (path, bytes) => {
      if (isBlank(bytes)) return { kind: 'skipped', reason: 'empty' };
      if (isBinary(bytes)) return { kind: 'skipped', reason: 'binary' };
      const language = languageOf(path, bytes);
      const most = language.code ? limits.parseFileBytes : limits.textFileBytes;
      if (bytes.length > most) return { kind: 'skipped', reason: 'too-large' };
      const structured = !language.code && language.name !== 'text';
      if (path.endsWith('.map') || (!structured && isMinified(bytes))) return { kind: 'skipped', reason: 'minified' };
      return { kind: 'parse', language: language.name, traits: traitsOf(path, bytes) };
    },
  };
}

const hasUtf16Mark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** @param opening of ASCII */
const beginsWith = (bytes: Uint8Array, opening: string): boolean => {
  const at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return decodeUtf8(bytes, at, Math.min(bytes.length, at + opening.length)) === opening;
};

/** Only white space, as far as the prefix goes: a blank start of that size is data of some kind. */
function isBlank(bytes: Uint8Array): boolean {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let at = hasMark ? 3 : 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte !== 32 && (byte < 9 || byte > 13)) return false;
    if (at > prefixBytes) return false;
  }
  return true;
}

/** Of random bytes 10% are control bytes; text has next to none beyond white space. */
const binaryControlShare = 0.05;

function isBinary(bytes: Uint8Array): boolean {
  if (hasUtf16Mark(bytes)) return false;
  const end = Math.min(bytes.length, binaryPrefixBytes);
  let controls = 0;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) return true;
    // Backspace, escape (terminal recordings) and white space occur in text.
    if (byte === 127 || (byte < 32 && byte !== 27 && (byte < 8 || byte > 13))) controls++;
  }
  return controls > end * binaryControlShare;
}

const longLine = 500;
/**
 * Measured on 192 files with lines over 500 bytes (16 repositories and this project's
 * dependencies), as shares of long lines' bytes: minified code had 1.5–5% white space and
 * 4–17% of `(){};`; tables and data up to 2% of `(){};`; long declarations, imports and
 * prose at least 8% white space. At least 80% of a minified file's bytes are in such lines.
 */
const minifiedLongShare = 0.8;
const minifiedBlankShare = 0.06;
const minifiedPunctuationShare = 0.03;

function isMinified(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, prefixBytes);
  if (end <= longLine) return false;
  let longBytes = 0;
  let blanks = 0;
  let punctuation = 0;
  let from = 0;
  while (from < end) {
    const found = bytes.indexOf(10, from);
    const to = found === -1 || found > end ? end : found;
    if (to - from > longLine) {
      longBytes += to - from;
      for (let at = from; at < to; at++) {
        const byte = bytes[at] as number;
        if (byte === 32 || byte === 9) blanks++;
        else if (byte === 40 || byte === 41 || byte === 59 || byte === 123 || byte === 125) punctuation++;
      }
    }
    from = to + 1;
  }
  return (
    longBytes >= end * minifiedLongShare &&
    blanks < longBytes * minifiedBlankShare &&
    punctuation > longBytes * minifiedPunctuationShare
  );
}

/** `#!/usr/bin/env -S python3.12 -u` → python. */
function interpreterOf(bytes: Uint8Array): string | null {
  if (bytes[0] !== 35 || bytes[1] !== 33) return null;
  const newline = bytes.indexOf(10);
  const line = decodeUtf8(bytes, 2, Math.min(newline === -1 ? bytes.length : newline, 256)).trim();
  const words = line.split(/\s+/);
  const programs = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  let at = 0;
  if (programs[0] === 'env') {
    at = 1;
    while (at < words.length && /^-|=/.test(words[at] as string)) at++;
  }
  return programs[at]?.replace(/[\d.]+$/, '') || null;
}

/** Lines only C++ starts with; a C header that serves C++ too has `extern "C"` and none of these. */
const cppLine =
  /^[ \t]*(class[ \t]+[A-Za-z_]|namespace[ \t]+[A-Za-z_{]|template[ \t]*<|using[ \t]+(namespace[ \t]|\w+[ \t]*=|\w+::)|(public|private|protected)[ \t]*:|constexpr[ \t]|static_cast<|#[ \t]*include[ \t]*<[a-z_]+>)/m;
const cppPath = /^[^/*"'\n]*\b[A-Za-z_]\w*::[A-Za-z_~]/m;

function looksLikeCpp(bytes: Uint8Array): boolean {
  const head = decodeUtf8(bytes, 0, Math.min(bytes.length, prefixBytes));
  return cppLine.test(head) || cppPath.test(head);
}
