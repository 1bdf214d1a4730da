import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isCopyleftFile, licenseOf, licenseOfText } from './license.ts';

const mit =
  'Copyright (c) 2020 A\n\nPermission is hereby granted, free of charge, to any\nperson obtaining a copy of this software';
const gpl = 'GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007';

test.each<[string, string[], boolean]>([
  [mit, ['MIT'], true],
  ['Apache License\n   Version 2.0, January 2004', ['Apache-2.0'], true],
  [
    ' * Redistribution and use in source and binary forms, with or\n * without modification, are permitted',
    ['BSD'],
    true,
  ],
  [gpl, ['GPL'], false],
  ['Mozilla Public License Version 2.0', ['MPL'], false],
  ['Business Source License 1.1', ['BUSL'], false],
  ['All rights reserved.', [], false],
  ['', [], false],
])('%j', (text, names, permissive) => expect(licenseOfText(text)).toEqual({ names, permissive }));

describe('a repository', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'winnow-license-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('with two permissive licences', () => {
    write('LICENSE-MIT', mit);
    write('LICENSE-APACHE', 'Apache License, Version 2.0');
    expect(licenseOf(folder)).toEqual({ names: ['Apache-2.0', 'MIT'], permissive: true });
  });

  test('a copyleft licence beside it decides', () => {
    write('LICENSE', mit);
    write('COPYING', gpl);
    expect(licenseOf(folder).permissive).toBe(false);
  });

  test('without any', () => {
    write('README', mit);
    mkdirSync(join(folder, 'licenses'));
    writeFileSync(join(folder, 'licenses', 'bundled'), mit);
    expect(licenseOf(folder)).toEqual({ names: [], permissive: false });
  });
});

test('single files under another licence', () => {
  expect(isCopyleftFile(`/* This file is under the ${gpl} */ int x;`)).toBe(true);
  expect(isCopyleftFile('int x;')).toBe(false);
});
