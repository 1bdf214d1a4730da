/**
 * Which licence a repository carries, by the words of its licence files, and whether it is permissive.
 *
 * The words decide, not a name that somebody wrote elsewhere. What names no known licence is `unknown` and counts as not permissive;
 * so does a repository with a copyleft licence beside a permissive one, since the words do not say which files are under which.
 * Single files may name another licence at their head: those are left out by `isCopyleftFile`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface License {
  /** SPDX identifiers found, sorted; empty when nothing is known. */
  readonly names: readonly string[];
  readonly permissive: boolean;
}

/** Sentences that only these licences have. Order matters: what is found by an earlier row is not looked for in a later one. */
const permissive: readonly (readonly [string, RegExp])[] = [
  ['Apache-2.0', /apache license,? version 2\.0|www\.apache\.org\/licenses\/LICENSE-2\.0/i],
  ['MIT', /permission is hereby granted, free of charge, to any person obtaining a copy/i],
  ['BSD', /redistribution and use in source and binary forms, with or without modification/i],
  [
    'ISC',
    /permission to use, copy, modify, and\/?(or)? ?distribute this software for any purpose with or without fee/i,
  ],
  ['Unlicense', /this is free and unencumbered software released into the public domain/i],
  ['Zlib', /this software is provided 'as-is', without any express or implied warranty/i],
  ['BSL-1.0', /boost software license/i],
  ['PSF-2.0', /python software foundation\)? license/i],
  [
    'PostgreSQL',
    /permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee/i,
  ],
  ['curl', /permission to use, copy, modify, and distribute this software for any purpose with or without fee/i],
  ['Biopython', /biopython license agreement/i],
  ['CC0-1.0', /creative commons legal code cc0|cc0 1\.0 universal/i],
];

const copyleft: readonly (readonly [string, RegExp])[] = [
  ['AGPL', /gnu affero general public license/i],
  ['LGPL', /gnu (lesser|library) general public license/i],
  ['GPL', /gnu general public license/i],
  ['MPL', /mozilla public license/i],
  ['EPL', /eclipse public license/i],
  ['CDDL', /common development and distribution license/i],
  ['BUSL', /business source license/i],
  ['SSPL', /server side public license/i],
  ['Elastic', /elastic license/i],
  ['CC-BY-SA', /attribution-sharealike/i],
];

const licenseFile = /^(un)?licen[cs]e|^copying|^copyright|^mit-license/i;
/** Names that are in words of a licence's own text do not count past here: notices of what is bundled follow. */
const readBytes = 64 * 1024;

/** @param text of one licence file */
export function licenseOfText(text: string): License {
  const head = text.slice(0, readBytes).replace(/[\s*#]+/g, ' ');
  const found = permissive.filter(([, words]) => words.test(head)).map(([name]) => name);
  // Permissive licences that mention others (Apache's notices, Python's history) begin with their own words.
  const others = copyleft.filter(([, words]) => words.test(found.length > 0 ? head.slice(0, 1500) : head));
  const names = [...found, ...others.map(([name]) => name)].sort();
  return { names, permissive: names.length > 0 && others.length === 0 };
}

/** The licence of the repository at `folder`, by the files at its top and in `LICENSES` (reuse.software); `licenses` often holds those of what is bundled. */
export function licenseOf(folder: string): License {
  const names = new Set<string>();
  let isPermissive = false;
  let isOther = false;
  for (const path of licenseFiles(folder)) {
    const license = licenseOfText(readFileSync(path, 'utf8'));
    for (const name of license.names) names.add(name);
    if (license.permissive) isPermissive = true;
    else if (license.names.length > 0) isOther = true;
  }
  return { names: [...names].sort(), permissive: isPermissive && !isOther };
}

/** Of folders below the top: names that are also those of code say nothing. */
const innerLicenseFile = /^((un)?licen[cs]e|copying)([.-](md|txt|rst|\w+))?$/i;
const codeEnding = /\.(py|jsx?|mjs|cjs|tsx?|mts|cts|java|go|rs|c|h|cc|cpp|cxx|hpp|hh|hxx|cs|rb|php|html|json|svg)$/i;

/** Whether a folder below the top puts what is in it under a licence of its own that is not known to be permissive. */
export const isUnderOther = (folder: string): boolean =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && innerLicenseFile.test(entry.name) && !codeEnding.test(entry.name))
    .some((entry) => !licenseOfText(readFileSync(join(folder, entry.name), 'utf8')).permissive);

function licenseFiles(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && licenseFile.test(entry.name)) files.push(join(folder, entry.name));
    if (entry.isDirectory() && /^LICENSES$/.test(entry.name)) {
      for (const inner of readdirSync(join(folder, entry.name), { withFileTypes: true })) {
        if (inner.isFile()) files.push(join(folder, entry.name, inner.name));
      }
    }
  }
  return files.sort();
}

/** A file whose head puts it under a copyleft licence, whatever the repository says. */
export const isCopyleftFile = (text: string): boolean => {
  const head = text.slice(0, 3000);
  return copyleft.some(([, words]) => words.test(head)) && !/apache license|MIT license/i.test(head);
};
