import { describe, expect, it } from 'vitest';
import { detectRunners } from './detect.ts';
import { scriptWords } from './nodescript.ts';

const project = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
const runnersOf = (files: Readonly<Record<string, string>>) =>
  detectRunners(project(files)).map(({ runner }) => runner);
const manifest = (data: unknown) => ({ 'package.json': JSON.stringify(data) });

describe('the runner of a project', () => {
  it.each([
    ['pytest by its settings', { 'pyproject.toml': '[tool.pytest.ini_options]\n' }, ['pytest']],
    ['pytest by conftest.py', { 'tests/conftest.py': '', 'tests/test_a.py': '' }, ['pytest']],
    ['pytest by plain functions', { 'test_a.py': 'def test_a():\n    pass\n' }, ['pytest']],
    ['unittest by imports', { 'tests/test_a.py': 'import unittest\n' }, ['unittest']],
    [
      'a script before a dependency',
      manifest({ scripts: { test: 'eslint . && mocha' }, devDependencies: { jest: '1' } }),
      ['mocha', 'jest'],
    ],
    ['node:test by its flag', manifest({ scripts: { test: 'node --import tsx --test test/*.ts' } }), ['node']],
    ['node:test by imports', { 'test/a.js': "import test from 'node:test'" }, ['node']],
    ['jest by its settings', manifest({ jest: {} }), ['jest']],
    ['go', { 'go.mod': 'module x', 'a_test.go': '' }, ['go']],
    [
      'junit by imports',
      { 'pom.xml': '', 'src/test/java/ATest.java': 'package a;\nimport org.junit.Test;\n' },
      ['junit'],
    ],
    ['none', { 'main.py': '', ...manifest({ scripts: { start: 'node --inspect x.js' } }) }, []],
    ['none of a manifest that is none', { 'package.json': '{"scripts": [' }, []],
  ])('%s', (_, files, runners) => {
    expect(runnersOf(files)).toEqual(runners);
  });
});

describe('the words of a script', () => {
  const words = (test: string, runner: string) => scriptWords(project(manifest({ scripts: { test } })), runner);

  it('are kept but for reporters, watching and coverage', () => {
    expect(
      words('mocha --require test/support/env --reporter spec --check-leaks test/ test/acceptance/', 'mocha'),
    ).toEqual({
      options: ['--require', 'test/support/env', '--check-leaks'],
      rest: ['test/', 'test/acceptance/'],
    });
    expect(words('tsc && vitest run --coverage --reporter=dot src', 'vitest')).toEqual({ options: [], rest: ['src'] });
    expect(words('node --test --test-reporter=spec "test/**/*.js"', 'node')).toEqual({
      options: [],
      rest: ['test/**/*.js'],
    });
  });

  it('end where another command begins', () => {
    expect(words('jest --config a.json; rm -rf out', 'jest')).toEqual({ options: ['--config', 'a.json'], rest: [] });
  });
});
