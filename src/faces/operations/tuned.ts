/** Where the word table lies that `winnow train --here` fitted to a repository: beside its index, outside of what a rebuilt index drops. */
import { join } from 'node:path';

export const tunedTableOf = (storeDir: string): string => join(storeDir, 'words.table');
