/** Which files of a job are ES modules: Node.js documentation, "Determining module system". */
import type { JobFile } from '../../types.ts';
export declare class ModuleForms {
  #private;
  constructor(files: readonly JobFile[]);
  /** @param saysSo the source has syntax that only a module may have */
  isModule(path: string, saysSo: boolean): boolean;
}
