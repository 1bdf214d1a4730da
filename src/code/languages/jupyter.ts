/**
 * Jupyter notebooks: the sources of their cells, code by the language of the kernel, prose as Markdown. Outputs and metadata are
 * left out of everything: pictures as text would drown the rest.
 *
 * All code cells are one program, as the kernel sees them, and all prose is one document. Lines that are not the language's
 * (`%matplotlib`, `!pip`, whole `%%bash` cells) are read as blank. A file that is no notebook is plain text.
 */
import { notebookCells } from '../text/notebook.ts';
import { splitText } from '../text/split.ts';
import type { EmbeddedFacts, EmbeddedLanguage, Region } from './language.ts';

/** Languages of kernels that have a name of their own. */
const kernels: Readonly<Record<string, string>> = {
  python: 'python',
  python3: 'python',
  ipython: 'python',
  sage: 'python',
  r: 'r',
  ir: 'r',
  javascript: 'javascript',
  typescript: 'typescript',
  scala: 'scala',
  bash: 'bash',
  kotlin: 'kotlin',
  ruby: 'ruby',
  'c#': 'csharp',
  csharp: 'csharp',
  powershell: 'powershell',
  java: 'java',
  rust: 'rust',
  go: 'go',
  gophernotes: 'go',
};

const magic = /^[ \t]*[%!?][^\n]*|^[^\n]*\?[ \t]*$/gm;

/** Commands to the notebook as blanks of the same length. */
function withoutMagic(text: string): string {
  if (text.startsWith('%%')) return text.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(magic, (line) => ' '.repeat(line.length));
}

export const jupyter: EmbeddedLanguage = {
  form: 'embedded',
  code: true,
  name: 'jupyter',
  displayName: 'Jupyter',
  extensions: ['ipynb'],
  guests: ['python'],
  read: (text): EmbeddedFacts => {
    const notebook = notebookCells(text);
    if (notebook.kind === 'broken') {
      const chunks = splitText(text, 0, text.length).map((part) => ({
        kind: 'text' as const,
        symbol: -1,
        parts: [part],
        piece: 0,
      }));
      const { at, message } = notebook;
      const problem = { kind: 'syntax-error' as const, start: at, end: Math.min(text.length, at + 1), message };
      return { symbols: [], regions: [], chunks, problems: [problem] };
    }
    const language = kernels[notebook.language.toLowerCase()] ?? 'text';
    const regions: Region[] = [];
    const collect = (kind: 'code' | 'prose', as: string): void => {
      const cells = notebook.cells.filter((cell) => cell.kind === kind);
      if (cells.length === 0) return;
      const texts = cells.map((cell) => (kind === 'code' && as !== 'text' ? withoutMagic(cell.text) : cell.text));
      const joined = `${texts.join('\n')}\n`;
      const places = new Uint32Array(joined.length + 1);
      let at = 0;
      for (const cell of cells) {
        places.set(cell.places, at);
        // The line break between cells stands where the cell ends, which is the next unit's place otherwise.
        at += cell.text.length + 1;
      }
      places[joined.length] = places[joined.length - 1] as number;
      regions.push({ language: as, text: joined, places });
    };
    collect('prose', 'markdown');
    collect('code', language);
    return { symbols: [], regions, chunks: [], problems: [] };
  },
};
