import { describe, expect, test } from 'vitest';
import { plainWords, proseOf, tells } from './prose.ts';

describe('the first sentence of a comment', () => {
  test.each<[string, string, string]>([
    ['/** Reads a page from disk. Waits for it. */', 'Reads a page from disk. Waits for it.', ''],
    [
      '/**\n * Reads one whole page from the disk.\n * It waits.\n *\n * @param n the page\n */',
      'Reads one whole page from the disk',
      'It waits. @param n the page',
    ],
    [
      '"""Return the nodes of a graph.\n\n    Parameters\n    ----------\n    g : Graph\n    """',
      'Return the nodes of a graph.',
      'Parameters ---------- g : Graph',
    ],
    [
      '// Serve answers requests on the listener.\n// It never returns.',
      'Serve answers requests on the listener',
      'It never returns.',
    ],
    ['/// Creates a new [`Command`] with a name.', 'Creates a new [Command] with a name.', ''],
    [
      '/// <summary>\n/// Gets the <see cref="Socket"/> of a stream.\n/// </summary>',
      'Gets the Socket of a stream.',
      '',
    ],
    ['# Whether the lock is held by this thread', 'Whether the lock is held by this thread', ''],
    [
      '/**\n * @brief Draw a filled rectangle on the layer\n * @param a area\n */',
      'Draw a filled rectangle on the layer',
      '@param a area',
    ],
    ['/** See {@link #read}. */', '', 'See #read.'],
    ['// TODO: make this work again', '', 'TODO: make this work again'],
    ['/* Copyright 2020 The Authors of this */', '', 'Copyright 2020 The Authors of this'],
    ['/** {@inheritDoc} */', '', '{@inheritDoc}'],
    ['# ------------------------', '', ''],
    ['', '', ''],
  ])('%j', (comment, sentence, rest) => {
    const prose = proseOf(comment);
    expect(prose.sentence).toBe(sentence);
    if (rest !== '' && sentence !== '') expect(prose.rest).toBe(rest);
  });

  test('what tells nothing is no sentence', () => {
    expect(tells('Read it')).toBe(false);
    expect(tells('x = y * (3 + 4) / 2 - z[1]')).toBe(false);
    expect(tells('word '.repeat(60))).toBe(false);
    expect(tells('Reads the next page')).toBe(true);
    expect(tells('读取文件中的所有行并返回')).toBe(true);
    expect(tells('Liest die nächste Seite der Datei')).toBe(true);
  });

  test('plain words are for comparing', () => {
    expect(plainWords('Reads, the `Page`!')).toBe('reads the page');
  });
});
