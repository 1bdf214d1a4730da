/** Module rules by language, one line per family. */
import type { ModuleRules } from '../modules.ts';
import { cfamily } from './cfamily.ts';
import { csharp } from './csharp.ts';
import { ecmascript } from './ecmascript.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';

export const moduleRules: readonly ModuleRules[] = [python, ecmascript, java, go, rust, ruby, cfamily, csharp, php];
