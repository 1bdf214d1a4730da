/** Module rules by language, one line per family. */
import type { ModuleRules } from '../modules.ts';
import { ecmascript } from './ecmascript.ts';
import { python } from './python.ts';

export const moduleRules: readonly ModuleRules[] = [python, ecmascript];
