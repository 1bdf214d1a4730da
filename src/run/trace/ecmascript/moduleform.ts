/** Which files of a job are ES modules: Node.js documentation, "Determining module system". */
import type { JobFile } from '../../types.ts';

export class ModuleForms {
  readonly #types = new Map<string, 'module' | 'commonjs' | null>();

  constructor(files: readonly JobFile[]) {
    for (const { path, bytes } of files) {
      if (!/(^|\/)package\.json$/.test(path)) continue;
      this.#types.set(path.slice(0, -'package.json'.length), typeIn(bytes));
    }
  }

  /** @param saysSo the source has syntax that only a module may have */
  isModule(path: string, saysSo: boolean): boolean {
    if (/\.m[jt]s$/.test(path)) return true;
    if (/\.c[jt]s$/.test(path)) return false;
    let directory = path.slice(0, path.lastIndexOf('/') + 1);
    for (;;) {
      const type = this.#types.get(directory);
      if (type !== undefined) return type === null ? saysSo : type === 'module';
      if (directory === '') return saysSo;
      directory = directory.slice(0, directory.lastIndexOf('/', directory.length - 2) + 1);
    }
  }
}

function typeIn(bytes: Uint8Array): 'module' | 'commonjs' | null {
  try {
    const { type } = JSON.parse(new TextDecoder().decode(bytes)) as { type?: unknown };
    return type === 'module' || type === 'commonjs' ? type : null;
  } catch {
    return null;
  }
}
